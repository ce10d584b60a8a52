import { SystemError } from '../error.ts';
import type { OdooClient } from './client.ts';
import { anyOf, type OdooEntity } from './entity.ts';

/** Values per call: a search over more of them at once is slow in the database. */
const batch = 100;

const fold = (text: string): string => text.trim().toLowerCase();

/**
 * Ids of the records whose canonical `field` is each value, upper and lower case alike. Archived records count only where
 * no other has the value, so that somebody who left is still found.
 */
export async function findRecords(
  client: OdooClient,
  entity: OdooEntity,
  field: string,
  values: readonly string[],
  signal: AbortSignal,
): Promise<string[][]> {
  const finder = entity.finders?.[field];
  if (finder === undefined) {
    throw new SystemError('invalid', `Odoo's ${entity.model} cannot be looked up by "${field}"`, {
      system: client.system,
    });
  }
  const found = new Map<string, { active: string[]; archived: string[] }>();
  const wanted = [...new Set(values.map(fold))].filter((value) => value !== '');
  for (let begin = 0; begin < wanted.length; begin += batch) {
    const part = wanted.slice(begin, begin + batch);
    const rows = await client.searchRead(
      entity.model,
      [...anyOf(part.map((value) => finder.candidates(value))), ...entity.scope],
      [...finder.fields, ...(entity.archivable ? ['active'] : [])],
      { signal, action: `look up ${part.length} values of ${field} in ${entity.model}` },
    );
    for (const row of rows) {
      const value = fold(finder.valueOf(row) ?? '');
      const ids = found.get(value) ?? { active: [], archived: [] };
      ids[row.active === false ? 'archived' : 'active'].push(String(row.id));
      found.set(value, ids);
    }
  }
  return values.map((value) => {
    const ids = found.get(fold(value));
    return ids === undefined || fold(value) === '' ? [] : ids.active.length > 0 ? ids.active : ids.archived;
  });
}
