import { invalid, notFound, Refusal } from './errors.ts';
import { type ObjectType, objectTypeIds, objectTypes, storedValue, valueProblem } from './properties.ts';
import type { HubspotState, StoredObject } from './state.ts';

export function objectType(name: string): ObjectType {
  const type = objectTypes.find((known) => known === name);
  if (type === undefined) throw invalid(`Unable to infer object type from: ${name}`);
  return type;
}

/** An object that is there and not archived. */
export function present(state: HubspotState, type: ObjectType, id: string): StoredObject | undefined {
  const object = state.objects[type].get(id);
  return object?.archivedAt === undefined ? object : undefined;
}

/** The object that has `value` in a unique property. */
export function withUniqueValue(state: HubspotState, type: ObjectType, name: string, value: string) {
  for (const object of state.objects[type].values())
    if (object.archivedAt === undefined && object.properties[name] === value) return object;
  return undefined;
}

/** Refuses a property that cannot identify objects. */
export function requireUnique(state: HubspotState, type: ObjectType, name: string): void {
  if (state.properties[type].get(name)?.hasUniqueValue !== true)
    throw invalid(`Unable to perform update/upsert by non-unique ${objectTypeIds[type]} property ${name}`);
}

/** Refuses properties that are unknown, have wrong values, or are no texts. */
export function requireValid(
  state: HubspotState,
  type: ObjectType,
  properties: unknown,
): Record<string, string> {
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties))
    throw invalid('Invalid input JSON: properties must be an object');
  const problems: object[] = [];
  const stored: Record<string, string> = {};
  for (const [name, value] of Object.entries(properties)) {
    const property = state.properties[type].get(name);
    if (property === undefined) {
      const message = `Property "${name}" does not exist`;
      problems.push({ isValid: false, message, error: 'PROPERTY_DOESNT_EXIST', name });
      continue;
    }
    if (typeof value !== 'string')
      throw invalid(`Invalid input JSON: Cannot deserialize value of type \`java.lang.String\` (${name})`);
    const problem = valueProblem(property, value);
    if (problem !== undefined) problems.push({ isValid: false, ...problem, name });
    stored[name] = storedValue(property, value);
  }
  if (problems.length > 0) throw invalid(`Property values were not valid: ${JSON.stringify(problems)}`);
  if (type === 'deals') requireStage(state, stored);
  return stored;
}

function requireStage(state: HubspotState, properties: Record<string, string>): void {
  if (properties.dealstage === undefined) return;
  const pipeline = state.pipelines.find(({ id }) => id === (properties.pipeline ?? 'default'));
  if (pipeline === undefined) throw invalid(`${properties.pipeline} is not a valid pipeline ID.`);
  if (!pipeline.stages.some(({ id }) => id === properties.dealstage))
    throw invalid(`${properties.dealstage} is not a valid stage ID in pipeline ${pipeline.id}.`);
}

/** Refuses a value that another object has in a unique property: with 409, for the whole request. */
function requireFree(
  state: HubspotState,
  type: ObjectType,
  properties: Readonly<Record<string, string>>,
  own: string | undefined,
): void {
  for (const [name, value] of Object.entries(properties)) {
    if (value === '' || state.properties[type].get(name)?.hasUniqueValue !== true) continue;
    const other = withUniqueValue(state, type, name, value);
    if (other !== undefined && other.id !== own)
      throw new Refusal(
        409,
        'CONFLICT',
        `Cannot set value for property "${name}": object ${other.id} already has that value. Existing ID: ${other.id}`,
      );
  }
}

export function create(
  state: HubspotState,
  type: ObjectType,
  properties: Record<string, string>,
): StoredObject {
  if (type === 'companies' && !properties.name && !properties.domain)
    throw invalid('A company needs at least a name or a domain');
  if (type === 'deals' && (!properties.dealname || !properties.dealstage))
    throw invalid('Some required fields were not set: [dealname, dealstage]');
  requireFree(state, type, properties, undefined);
  const createdAt = state.clock.now();
  const id = state.nextId();
  const defaults = type === 'deals' ? { pipeline: 'default', ...properties } : properties;
  return store(
    state,
    type,
    { id, properties: {}, createdAt, updatedAt: createdAt, archivedAt: undefined },
    defaults,
  );
}

export function update(
  state: HubspotState,
  type: ObjectType,
  object: StoredObject,
  properties: Record<string, string>,
): StoredObject {
  requireFree(state, type, properties, object.id);
  return store(state, type, object, properties);
}

function store(
  state: HubspotState,
  type: ObjectType,
  before: StoredObject,
  changed: Record<string, string>,
): StoredObject {
  const updatedAt = state.clock.now();
  const properties = {
    ...before.properties,
    ...changed,
    hs_object_id: before.id,
    createdate: new Date(before.createdAt).toISOString(),
    hs_lastmodifieddate: new Date(updatedAt).toISOString(),
  };
  const closed = type === 'deals' ? closedState(state, properties) : {};
  const object = { ...before, updatedAt, properties: { ...properties, ...closed } };
  state.store(type, object);
  return object;
}

function closedState(
  state: HubspotState,
  properties: Readonly<Record<string, string>>,
): Record<string, string> {
  const stages = state.pipelines.flatMap((pipeline) => pipeline.stages);
  const stage = stages.find(({ id }) => id === properties.dealstage);
  return {
    hs_is_closed: String(stage?.closed === true),
    hs_is_closed_won: String(stage?.won === true),
    ...(stage === undefined ? {} : { hs_deal_stage_probability: String(Number(stage.probability)) }),
  };
}

export function archive(state: HubspotState, type: ObjectType, id: string): void {
  const object = present(state, type, id);
  if (object === undefined) return;
  state.store(type, { ...object, archivedAt: state.clock.now() });
  state.companiesOfDeal.delete(id);
  for (const [deal, companies] of state.companiesOfDeal)
    state.companiesOfDeal.set(
      deal,
      companies.filter(({ toId }) => toId !== id),
    );
}

/** Those of the asked properties that there are: HubSpot leaves the others out without a word. */
export const knownNames = (state: HubspotState, type: ObjectType, names: readonly string[]): string[] =>
  names.filter((name) => state.properties[type].get(name) !== undefined);

/** The object as HubSpot answers it: the asked properties, `null` where never set, and the standard three. */
export function answerOf(object: StoredObject, names: readonly string[]) {
  const wanted = new Set([...names, 'hs_object_id', 'createdate', 'hs_lastmodifieddate']);
  const properties: Record<string, string | null> = {};
  for (const name of wanted) properties[name] = object.properties[name] ?? null;
  return {
    id: object.id,
    properties,
    createdAt: new Date(object.createdAt).toISOString(),
    updatedAt: new Date(object.updatedAt).toISOString(),
    archived: object.archivedAt !== undefined,
    ...(object.archivedAt === undefined ? {} : { archivedAt: new Date(object.archivedAt).toISOString() }),
  };
}

export const requirePresent = (state: HubspotState, type: ObjectType, id: string): StoredObject => {
  const object = present(state, type, id);
  if (object === undefined) throw notFound(`Object not found. objectId are usually numeric. (${id})`);
  return object;
};
