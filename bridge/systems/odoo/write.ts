import { failed } from '../failed.ts';
import type { RemoveChange, WriteChange, WriteResult } from '../system.ts';
import type { OdooClient } from './client.ts';
import type { OdooEntity } from './entity.ts';
import { type ItemResult, remove, type UpsertItem, upsert } from './facade.ts';
import { plainText } from './fault.ts';
import { withoutWhatIsGiven } from './initial.ts';
import type { OwnFields } from './own-fields.ts';
import { integerOf } from './value.ts';
import type { ValuesResult } from './values.ts';

/** What the facade takes in one call. */
const batch = 100;

/** Creates or changes records through the facade. Changes that Odoo cannot take at all are answered here. */
export async function writeRecords(
  client: OdooClient,
  entity: OdooEntity,
  own: OwnFields,
  wanted: readonly WriteChange[],
  signal: AbortSignal,
): Promise<WriteResult[]> {
  if (entity.values === undefined) return wanted.map(() => notWritable(entity));
  const changes = await withoutWhatIsGiven(client, entity.model, wanted, signal);
  const results: WriteResult[] = new Array(changes.length);
  const pending: { readonly index: number; readonly item: UpsertItem }[] = [];
  const values = await entity.values(
    client,
    changes.map((change) => change.fields),
    signal,
  );
  for (const [index, change] of changes.entries()) {
    const result = withOwn(values[index], own.valuesOf(change.fields));
    if (!result.ok) {
      results[index] = result;
      continue;
    }
    const id = change.id === undefined ? undefined : integerOf(change.id);
    if (change.id !== undefined && id === undefined) {
      results[index] = failed('missing', `"${change.id}" is not the id of a record in Odoo`);
      continue;
    }
    const item = { reference: change.reference, values: result.values, ...(id === undefined ? {} : { id }) };
    pending.push({ index, item });
  }
  for (let begin = 0; begin < pending.length; begin += batch) {
    const part = pending.slice(begin, begin + batch);
    const answers = await upsert(
      client,
      entity.model,
      part.map(({ item }) => item),
      signal,
    );
    for (const [position, { index, item }] of part.entries())
      results[index] = resultOf(answers[position], item.id);
  }
  return results;
}

function withOwn(result: ValuesResult | undefined, own: ValuesResult): ValuesResult {
  if (result === undefined) throw new TypeError('Odoo has values for fewer states than it was given');
  if (!result.ok) return result;
  return own.ok ? { ok: true, values: { ...result.values, ...own.values } } : own;
}

/** Removes records by their references. A reference that Odoo does not know counts as removed. */
export async function removeRecords(
  client: OdooClient,
  entity: OdooEntity,
  changes: readonly RemoveChange[],
  signal: AbortSignal,
): Promise<WriteResult[]> {
  if (entity.capability.remove === undefined) return changes.map(() => notWritable(entity));
  const results: WriteResult[] = [];
  for (let begin = 0; begin < changes.length; begin += batch) {
    const part = changes.slice(begin, begin + batch);
    const answers = await remove(
      client,
      entity.model,
      part.map((change) => change.reference),
      signal,
    );
    for (const [position, change] of part.entries())
      results.push(resultOf(answers[position], integerOf(change.id)));
  }
  return results;
}

const notWritable = (entity: OdooEntity): WriteResult =>
  failed('denied', `the bridge does not write ${entity.model}: Odoo owns it`);

function resultOf(answer: ItemResult | undefined, id: number | undefined): WriteResult {
  if (answer === undefined) return failed('ambiguous', 'Odoo gave no answer for this item');
  switch (answer.result) {
    case 'error':
      return failed(answer.error, plainText(answer.message));
    case 'removed':
      return { ok: true, id: String(id ?? ''), result: 'updated' };
    case 'absent':
      return { ok: true, id: String(id ?? ''), result: 'unchanged' };
    default:
      return { ok: true, id: String(answer.id), result: answer.result };
  }
}
