import type { EntityName } from '../../entities/catalogue.ts';
import { SystemError } from '../error.ts';
import { failedBy } from '../failed.ts';
import type { WriteChange, WriteResult } from '../system.ts';
import type { BatchAnswer, BatchError, BatchInput, HubspotApi, HubspotObject } from './api.ts';
import { connectCompanies } from './connect.ts';
import { type Item, itemFailed, itemOf, leftUndone } from './item.ts';
import { type EntityMapping, type Mappings, mappingOf } from './mapping.ts';
import type { HubspotSettings } from './options.ts';
import { referenceProperty } from './properties.ts';
import { stagesToSet } from './stage.ts';

export const writeLimit = 100;

type Send = (inputs: readonly BatchInput[]) => Promise<BatchAnswer>;

export interface Writer {
  write(entity: EntityName, changes: readonly WriteChange[], signal: AbortSignal): Promise<WriteResult[]>;
}

/**
 * Objects whose id is known are changed by id, all others are upserted by the reference property: both can be repeated,
 * so a lost answer needs no look-up.
 */
export function createWriter(api: HubspotApi, mappings: Mappings, settings: HubspotSettings): Writer {
  async function writeSome(
    mapping: EntityMapping,
    changes: readonly WriteChange[],
    signal: AbortSignal,
  ): Promise<WriteResult[]> {
    const results: WriteResult[] = new Array(changes.length);
    const known: Item[] = [];
    const unknown: Item[] = [];
    for (let index = 0; index < changes.length; index++) {
      const item = itemOf(mapping, changes[index] as WriteChange, index);
      if ('ok' in item) results[index] = item;
      else (item.change.id === undefined ? unknown : known).push(item);
    }
    const areDeals = mapping.type === 'deals';
    if (areDeals) await stagesToSet(api, settings, [...known, ...unknown], signal);
    const update: Send = (inputs) => api.updateBatch(mapping.type, inputs, signal);
    if (known.length > 0) await submitGroup(known, results, update);
    if (unknown.length > 0) {
      await submitGroup(unknown, results, (inputs) => api.upsertBatch(mapping.type, inputs, signal));
      const present = await ownConflicts(mapping, unknown, results, signal);
      if (present.length > 0) await submitGroup(present, results, update);
    }
    if (areDeals) await connectCompanies(api, [...known, ...unknown], results, signal);
    return results;
  }

  /**
   * Two upserts of one reference at the same time can make the second fail as a duplicate of the first. The items this
   * happened to, with the id that the first one got, and without their result.
   */
  async function ownConflicts(
    mapping: EntityMapping,
    items: readonly Item[],
    results: WriteResult[],
    signal: AbortSignal,
  ): Promise<Item[]> {
    const conflicts = items.filter(({ index }) => {
      const result = results[index];
      return result?.ok === false && result.error === 'conflict';
    });
    if (conflicts.length === 0) return [];
    const ids = [...new Set(conflicts.map(({ change }) => change.reference))];
    const by = { ids, idProperty: referenceProperty };
    const answer = await api.readBatch(mapping.type, by, [referenceProperty], signal);
    const idOf = new Map(answer.results.map(({ id, properties }) => [properties[referenceProperty], id]));
    return conflicts.flatMap((item) => {
      const id = idOf.get(item.change.reference);
      if (id === undefined) return [];
      delete results[item.index];
      return [{ ...item, change: { ...item.change, id } }];
    });
  }

  return {
    async write(entity, changes, signal) {
      const mapping = mappingOf(mappings, entity);
      if (changes.length <= writeLimit) return writeSome(mapping, changes, signal);
      const results: WriteResult[] = [];
      for (let start = 0; start < changes.length; start += writeLimit)
        results.push(...(await writeSome(mapping, changes.slice(start, start + writeLimit), signal)));
      return results;
    },
  };
}

/** Sends items; a call that fails as a whole is thrown only while nothing has been written yet. */
async function submitGroup(items: readonly Item[], results: WriteResult[], send: Send): Promise<void> {
  try {
    await submit(items, results, send);
  } catch (error) {
    if (!(error instanceof SystemError) || !results.some((result) => result?.ok)) throw error;
    for (const { index } of items) results[index] ??= leftUndone(error);
  }
}

async function submit(items: readonly Item[], results: WriteResult[], send: Send): Promise<void> {
  let answer: BatchAnswer;
  try {
    answer = await send(items.map(inputOf));
  } catch (error) {
    if (!(error instanceof SystemError) || !concernsOneItem(error)) throw error;
    const [only] = items;
    if (items.length === 1 && only !== undefined) {
      results[only.index] = failedBy(error);
      return;
    }
    await submitHalves(items, results, send);
    return;
  }
  assign(items, answer, results);
  const open = items.filter(({ index }) => results[index] === undefined);
  // HubSpot did not say which of its errors belongs to which of these: alone, they cannot be mistaken.
  for (const item of open)
    if (items.length > 1) await submit([item], results, send);
    else results[item.index] = itemFailed(answer.errors?.[0]);
}

/** HubSpot refuses a whole batch for one wrong value or one duplicate: halves of it find the culprit. */
async function submitHalves(items: readonly Item[], results: WriteResult[], send: Send): Promise<void> {
  const middle = Math.ceil(items.length / 2);
  await submit(items.slice(0, middle), results, send);
  await submit(items.slice(middle), results, send);
}

/** What is not in HubSpot's own words is sorted otherwise: halves of a batch would meet the same. */
const concernsOneItem = (error: SystemError): boolean =>
  error.kind === 'invalid' || error.kind === 'missing' || error.kind === 'conflict';

function inputOf({ index, change, properties }: Item): BatchInput {
  const by =
    change.id === undefined ? { id: change.reference, idProperty: referenceProperty } : { id: change.id };
  return { ...by, properties, objectWriteTraceId: String(index) };
}

function assign(items: readonly Item[], answer: BatchAnswer, results: WriteResult[]): void {
  const traced = new Map<string, HubspotObject>();
  const untraced: HubspotObject[] = [];
  for (const object of answer.results)
    if (object.objectWriteTraceId === undefined) untraced.push(object);
    else traced.set(object.objectWriteTraceId, object);
  for (const item of items) {
    const object = traced.get(String(item.index)) ?? untraced.find((result) => isOf(item, result));
    if (object !== undefined)
      results[item.index] = { ok: true, id: object.id, result: object.new === true ? 'created' : 'updated' };
  }
  for (const error of answer.errors ?? [])
    for (const item of items)
      if (results[item.index] === undefined && concerns(error, item)) results[item.index] = itemFailed(error);
}

const isOf = ({ change }: Item, object: HubspotObject): boolean =>
  change.id === undefined
    ? object.properties[referenceProperty] === change.reference
    : object.id === change.id;

function concerns({ context = {} }: BatchError, { index, change }: Item): boolean {
  if (context.objectWriteTraceId?.includes(String(index))) return true;
  const ids = [...(context.ids ?? []), ...(context.id ?? [])];
  return ids.includes(change.id ?? change.reference);
}
