import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import type { NewDelivery, ObjectOfDelivery } from './delivery.ts';
import { pick, sameObject } from './delivery-row.ts';
import { prepare, slot } from './statement.ts';

/** Deliveries that may have had their effect without our knowing. */
export function deliveriesInDoubt({ connection, kysely }: OpenDatabase) {
  const carryDoubt = prepare<{ seq: number; dueMs: number }>(
    connection,
    kysely
      .updateTable('delivery')
      .set({ uncertain: sql.lit(1), due_ms: sql<number>`max(due_ms, @dueMs)` })
      .where('seq', '=', slot<number>('seq')),
  );
  const clearDoubt = prepare<ObjectOfDelivery>(
    connection,
    kysely
      .updateTable('delivery')
      .set({ uncertain: sql.lit(0) })
      .where(sameObject)
      .where('uncertain', '=', sql.lit(1))
      .where('state', 'in', sql<string>`('dead', 'done', 'shadowed', 'superseded')`),
  );
  // Whoever was seen first was not made by the other, so of two that are in doubt one always goes on.
  const creationInDoubt = prepare<ObjectOfDelivery & { id: string }>(
    connection,
    kysely
      .selectFrom('delivery')
      .select('seq')
      .where('target', '=', slot<string>('source'))
      .where('source', '=', slot<string>('target'))
      .where('entity', '=', slot<string>('entity'))
      .where('uncertain', '=', sql.lit(1))
      .where('state', 'in', sql<string>`('pending', 'leased', 'waiting')`)
      .where(
        sql<boolean>`exists (select 1 from delivery as first where first.target = delivery.target
          and first.source = delivery.source and first.entity = delivery.entity
          and first.source_id = delivery.source_id and first.uncertain = 1
          and first.id < min(@id, coalesce((select min(own.id) from delivery as own where own.target = @target
            and own.source = @source and own.entity = @entity and own.source_id = @sourceId and own.uncertain = 1), @id)))`,
      )
      .where(
        sql<boolean>`not exists (select 1 from link as here join link as there on there.object_id = here.object_id
          and there.system = delivery.target where here.system = delivery.source and here.entity = delivery.entity
          and here.external_id = delivery.source_id)`,
      )
      .limit(sql.lit(1)),
  );

  // Mostly there are none, and then nobody has to look for them.
  let any = connection.prepare('select 1 from delivery where uncertain = 1 limit 1').get() !== undefined;

  return {
    /** One of them has come into doubt. */
    notice(): void {
      any = true;
    },
    any: (): boolean => any,
    carryDoubt(seq: number, dueMs: number): void {
      any = true;
      carryDoubt.run({ seq, dueMs });
    },
    /** It is known now what became of the object: earlier deliveries that ended in doubt are in none any more. */
    clearDoubt(object: ObjectOfDelivery): void {
      clearDoubt.run(pick(object));
    },
    /**
     * True when the object may have been created by a delivery the other way round, one that is open, in doubt, and was
     * made before this object was seen.
     */
    creationInDoubt: (delivery: NewDelivery): boolean =>
      creationInDoubt.get({ ...pick(delivery), id: delivery.id }) !== undefined,
  };
}
