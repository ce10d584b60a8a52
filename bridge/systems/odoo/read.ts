import type { EntityName } from '../../entities/catalogue.ts';
import type { Snapshot } from '../system.ts';
import type { OdooClient } from './client.ts';
import { entitiesInOdoo } from './entities.ts';
import type { ReadOptions } from './entity.ts';
import { integerOf } from './value.ts';

/** One snapshot per distinct id; `state` is `null` for what is gone, may not be seen, or is something else. */
export async function readRecords(
  client: OdooClient,
  entity: EntityName,
  ids: readonly string[],
  options: ReadOptions,
): Promise<Snapshot[]> {
  const distinct = [...new Set(ids)];
  const known = distinct.map(integerOf).filter((id) => id !== undefined);
  const records = known.length === 0 ? [] : await entitiesInOdoo[entity].read(client, known, options);
  const recordById = new Map(records.map((record) => [String(record.id), record]));
  return distinct.map((id) => {
    const record = recordById.get(id);
    if (record === undefined) return { entity, id, state: null };
    const { state, touches } = record;
    return { entity, id, state, ...(touches === undefined || touches.length === 0 ? {} : { touches }) };
  });
}
