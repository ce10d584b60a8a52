import type { EntityName } from '../../entities/catalogue.ts';
import { SystemError } from '../error.ts';
import type { Snapshot } from '../system.ts';
import type { OdooClient } from './client.ts';
import { entityInOdoo } from './entities.ts';
import type { FoundRecord, ReadOptions } from './entity.ts';
import { findHidden } from './facade.ts';
import { integerOf } from './value.ts';

/** Of what Odoo keeps ids in: no record has a larger one. */
const largestId = 2 ** 31 - 1;

/** One snapshot per distinct id; `state` is `null` for what is gone, is something else, or is hidden. */
export async function readRecords(
  client: OdooClient,
  entity: EntityName,
  ids: readonly string[],
  options: ReadOptions,
): Promise<Snapshot[]> {
  const distinct = [...new Set(ids)];
  const known = distinct.map(integerOf).filter((id) => id !== undefined);
  const records = known.length === 0 ? [] : await readKnown(client, entity, known, options);
  const recordById = new Map(records.map((record) => [String(record.id), record]));
  // Rare: asked for separately, so that the usual read stays one call.
  const absent = known.filter((id) => id <= largestId && !recordById.has(String(id)));
  const { model } = entityInOdoo(entity);
  const hidden = new Set(absent.length === 0 ? [] : await findHidden(client, model, absent, options.signal));
  return distinct.map((id) => {
    const record = recordById.get(id);
    if (record === undefined)
      return { entity, id, state: null, ...(hidden.has(Number(id)) ? { hidden: true } : {}) };
    const { state, touches } = record;
    return { entity, id, state, ...(touches === undefined || touches.length === 0 ? {} : { touches }) };
  });
}

/** A field of the firm's that is gone is no fault of the records: nothing is read until somebody has seen to it. */
export async function readKnown(
  client: OdooClient,
  entity: EntityName,
  ids: readonly number[],
  options: ReadOptions,
): Promise<FoundRecord[]> {
  const inOdoo = entityInOdoo(entity);
  try {
    return await inOdoo.read(client, ids, options);
  } catch (error) {
    if (!(error instanceof SystemError) || error.kind !== 'invalid') throw error;
    const gone = options.own.names.find((name) => error.message.includes(name));
    if (gone === undefined) throw error;
    const { system, action, status } = error;
    throw new SystemError(
      'denied',
      `Odoo's ${inOdoo.model} has no field "${gone}" that the rules could read`,
      {
        system,
        cause: error,
        ...(action === undefined ? {} : { action }),
        ...(status === undefined ? {} : { status }),
      },
    );
  }
}
