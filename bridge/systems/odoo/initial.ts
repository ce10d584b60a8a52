import * as v from 'valibot';
import type { WriteChange } from '../system.ts';
import type { OdooClient } from './client.ts';
import { ask, id as recordId } from './facade.ts';

/**
 * The changes without what only a new record gets, where their references lead to a record already: an earlier try has made
 * it, or people have merged it into another. What stands in it is theirs. Asks Odoo only about what may be new.
 */
export async function withoutWhatIsGiven(
  client: OdooClient,
  model: string,
  changes: readonly WriteChange[],
  signal: AbortSignal,
): Promise<readonly WriteChange[]> {
  const mostlyNew = changes.filter(({ id, initial }) => id === undefined && initial !== undefined);
  if (mostlyNew.length === 0) return changes;
  const references = mostlyNew.map(({ reference }) => reference);
  const known = await knownReferences(client, model, references, signal);
  return changes.map((change) => {
    const { fields, initial } = change;
    if (initial === undefined || !known.has(change.reference)) return change;
    const kept = Object.entries(fields).filter(([name]) => !initial.includes(name));
    return { ...change, fields: Object.fromEntries(kept) };
  });
}

const lookupSchema = v.array(v.object({ reference: v.string(), id: v.union([recordId, v.literal(false)]) }));

/** Those of the references whose records are there. */
async function knownReferences(
  client: OdooClient,
  model: string,
  references: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const call = { signal, repeatable: true, action: `look up ${references.length} ${model}` };
  const found = await ask(client, 'lookup', { model, references }, lookupSchema, call);
  return new Set(found.flatMap(({ reference, id }) => (id === false ? [] : [reference])));
}
