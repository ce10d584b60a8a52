import type { Hono } from 'hono';
import type { SandboxContext, SandboxEnvironment } from '../server.ts';
import { type ErrorBody, type ItemError, invalid, Refusal } from './errors.ts';
import {
  answerOf,
  archive,
  create,
  knownNames,
  objectType,
  present,
  requireUnique,
  requireValid,
  update,
  withUniqueValue,
} from './objects.ts';
import type { ObjectType } from './properties.ts';
import type { HubspotState, StoredObject } from './state.ts';

const batchLimit = 100;

interface Input {
  readonly id?: unknown;
  readonly idProperty?: unknown;
  readonly properties?: unknown;
  readonly objectWriteTraceId?: unknown;
}

interface Outcome {
  readonly results: object[];
  readonly errors: ItemError[];
}

export function addBatchRoutes(app: Hono<SandboxEnvironment>, state: HubspotState): void {
  const path = '/crm/v3/objects/:type/batch';

  app.post(`${path}/read`, async (c) => {
    const type = objectType(c.req.param('type'));
    const body = await bodyOf(c);
    const inputs = inputsOf(body);
    const names = knownNames(state, type, namesOf(body, 'properties'));
    namesOf(body, 'propertiesWithHistory');
    const idProperty = body.idProperty;
    if (typeof idProperty === 'string') requireUnique(state, type, idProperty);
    const found: object[] = [];
    const absent: string[] = [];
    for (const input of inputs) {
      const id = textOf(input, 'id');
      const object =
        typeof idProperty === 'string'
          ? withUniqueValue(state, type, idProperty, id)
          : present(state, type, id);
      if (object === undefined) absent.push(id);
      else found.push(answerOf(object, names));
    }
    return answer(c, state, 200, {
      results: found.reverse(),
      errors: absent.length > 0 ? [missing(type, absent)] : [],
    });
  });

  app.post(`${path}/create`, async (c) => {
    const type = objectType(c.req.param('type'));
    const inputs = inputsOf(await bodyOf(c));
    for (const input of inputs)
      if (!('associations' in input)) throw invalid('Some required fields were not set: [associations]');
    const outcome = perItem(state, type, inputs, (input) => {
      const properties = requireValid(state, type, input.properties);
      return answerOf(create(state, type, properties), Object.keys(properties));
    });
    return answer(c, state, 201, outcome);
  });

  app.post(`${path}/update`, async (c) => {
    const type = objectType(c.req.param('type'));
    const inputs = inputsOf(await bodyOf(c));
    for (const input of inputs) {
      if (input.idProperty === 'hs_object_id') requireUnique(state, type, 'hs_object_id');
      if (typeof input.idProperty === 'string') requireUnique(state, type, input.idProperty);
    }
    requireDistinct(inputs);
    const absent: string[] = [];
    const outcome = perItem(state, type, inputs, (input) => {
      const id = textOf(input, 'id');
      const object = lookUp(state, type, id, input.idProperty);
      if (object === undefined) {
        absent.push(id);
        return undefined;
      }
      const properties = requireValid(state, type, input.properties);
      return answerOf(update(state, type, object, properties), Object.keys(properties));
    });
    if (absent.length > 0) outcome.errors.push(missing(type, absent));
    return answer(c, state, 200, outcome);
  });

  app.post(`${path}/upsert`, async (c) => {
    const type = objectType(c.req.param('type'));
    const inputs = inputsOf(await bodyOf(c));
    for (const input of inputs) requireUnique(state, type, textOf(input, 'idProperty'));
    requireDistinct(inputs);
    const outcome = perItem(state, type, inputs, (input) => {
      const id = textOf(input, 'id');
      const idProperty = textOf(input, 'idProperty');
      const properties = { ...requireValid(state, type, input.properties), [idProperty]: id };
      const existing = withUniqueValue(state, type, idProperty, id);
      const object =
        existing === undefined ? create(state, type, properties) : update(state, type, existing, properties);
      return { ...answerOf(object, Object.keys(properties)), new: existing === undefined };
    });
    return answer(c, state, 200, outcome);
  });

  app.post(`${path}/archive`, async (c) => {
    const type = objectType(c.req.param('type'));
    for (const input of inputsOf(await bodyOf(c))) archive(state, type, textOf(input, 'id'));
    return c.body(null, 204);
  });
}

function lookUp(
  state: HubspotState,
  type: ObjectType,
  id: string,
  idProperty: unknown,
): StoredObject | undefined {
  return typeof idProperty === 'string'
    ? withUniqueValue(state, type, idProperty, id)
    : present(state, type, id);
}

/**
 * Runs `work` for each input. A refused item fails alone when every input has an own `objectWriteTraceId`; otherwise,
 * and always for a conflict of unique values, the whole batch fails and nothing of it is stored.
 */
function perItem(
  state: HubspotState,
  type: ObjectType,
  inputs: readonly Input[],
  work: (input: Input) => object | undefined,
): Outcome {
  return state.atomically(type, () => eachItem(inputs, work));
}

function eachItem(inputs: readonly Input[], work: (input: Input) => object | undefined): Outcome {
  const traceIds = inputs.map((input) => input.objectWriteTraceId);
  const traced = traceIds.every((id) => typeof id === 'string') && new Set(traceIds).size === inputs.length;
  const results: object[] = [];
  const errors: ItemError[] = [];
  for (const input of inputs) {
    try {
      const result = work(input);
      const trace = traced ? { objectWriteTraceId: input.objectWriteTraceId } : {};
      if (result !== undefined) results.push({ ...result, ...trace });
    } catch (error) {
      if (!(error instanceof Refusal) || !traced || error.status === 409) throw error;
      errors.push(itemError(error.body, String(input.objectWriteTraceId)));
    }
  }
  return { results, errors };
}

const itemError = (body: ErrorBody, traceId: string): ItemError => ({
  status: 'error',
  category: body.category,
  message: body.message,
  context: { objectWriteTraceId: [traceId] },
});

const missing = (type: ObjectType, ids: readonly string[]): ItemError => ({
  status: 'error',
  category: 'OBJECT_NOT_FOUND',
  message: `Could not get some ${type === 'deals' ? 'DEAL' : 'COMPANY'} objects, they may be deleted or not exist. Check that ids are valid.`,
  context: { ids },
});

function answer(
  c: SandboxContext,
  state: HubspotState,
  status: 200 | 201,
  { results, errors }: Outcome,
): Response {
  const time = new Date(state.clock.now()).toISOString();
  const body = { status: 'COMPLETE', results, startedAt: time, completedAt: time };
  if (errors.length === 0) return c.json(body, status);
  return c.json({ ...body, numErrors: errors.length, errors }, 207);
}

/** A JSON object, or a refusal. */
export async function bodyOf(c: SandboxContext): Promise<Record<string, unknown>> {
  const body: unknown = await c.req.json().catch(() => undefined);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw invalid('Invalid input JSON');
  return body as Record<string, unknown>;
}

export function inputsOf(body: Record<string, unknown>, limit = batchLimit): readonly Input[] {
  if (!Array.isArray(body.inputs)) throw invalid('Some required fields were not set: [inputs]');
  if (body.inputs.length === 0) throw invalid('Invalid request. Batch inputs must not be empty');
  if (body.inputs.length > limit)
    throw invalid(`The number of items in the batch exceeds the limit of ${limit}: ${body.inputs.length}`);
  return body.inputs as Input[];
}

function namesOf(body: Record<string, unknown>, field: string): readonly string[] {
  const names = body[field];
  if (!Array.isArray(names)) throw invalid(`Some required fields were not set: [${field}]`);
  return names as string[];
}

function textOf(input: Input, field: 'id' | 'idProperty'): string {
  const value = input[field];
  if (typeof value !== 'string' || value === '')
    throw invalid(`Some required fields were not set: [${field}]`);
  return value;
}

function requireDistinct(inputs: readonly Input[]): void {
  const ids = inputs.map((input) => textOf(input, 'id'));
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (twice.length > 0)
    throw invalid(`Duplicate IDs found in batch input: [${twice.join(', ')}]. IDs must be unique`);
}
