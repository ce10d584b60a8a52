import type { OpenDatabase } from './database.ts';
import type { SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';

/** What the bridge itself wrote last into one object of one system. */
export interface LedgerEntry extends SystemObject {
  /** Fingerprint of the canonical fields that were written. */
  readonly fingerprint: string;
  readonly deliveryId: string;
  readonly writtenAt: string;
}

export function ledgerTable({ connection, kysely }: OpenDatabase) {
  const get = prepare<SystemObject, { fingerprint: string }>(
    connection,
    kysely
      .selectFrom('ledger')
      .select('fingerprint')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id')),
  );
  const lastDelivery = prepare<SystemObject, { delivery_id: string }>(
    connection,
    kysely
      .selectFrom('ledger')
      .select('delivery_id')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id')),
  );
  const put = prepare<LedgerEntry>(
    connection,
    kysely
      .insertInto('ledger')
      .values({
        system: slot('system'),
        entity: slot('entity'),
        external_id: slot('id'),
        fingerprint: slot('fingerprint'),
        delivery_id: slot('deliveryId'),
        written_at: slot('writtenAt'),
      })
      .onConflict((conflict) =>
        conflict.columns(['system', 'entity', 'external_id']).doUpdateSet((excluded) => ({
          fingerprint: excluded.ref('excluded.fingerprint'),
          delivery_id: excluded.ref('excluded.delivery_id'),
          written_at: excluded.ref('excluded.written_at'),
        })),
      ),
  );
  const remove = prepare<SystemObject>(
    connection,
    kysely
      .deleteFrom('ledger')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id')),
  );

  return {
    /** The delivery that wrote the object last. */
    deliveryOf: ({ system, entity, id }: SystemObject): string | undefined =>
      lastDelivery.get({ system, entity, id })?.delivery_id,
    fingerprintOf: (object: SystemObject): string | undefined => get.get(object)?.fingerprint,
    put(entry: LedgerEntry): void {
      put.run(entry);
    },
    remove(object: SystemObject): void {
      remove.run(object);
    },
  };
}
