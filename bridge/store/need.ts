import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import type { SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';

/** Which deliveries wait for which object to be known in their target. */
export function needTable({ connection, kysely }: OpenDatabase) {
  const insert = prepare<object>(
    connection,
    kysely
      .insertInto('need')
      .values({
        delivery_id: slot('deliveryId'),
        target: slot('target'),
        source: slot('system'),
        entity: slot('entity'),
        source_id: slot('id'),
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
  const waiting = prepare<SystemObject & { target: string }, { delivery_id: string }>(
    connection,
    kysely
      .selectFrom('need')
      .select('delivery_id')
      .where('target', '=', slot<string>('target'))
      .where('source', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('source_id', '=', slot<string>('id')),
  );
  const waitingAnywhere = prepare<SystemObject, { delivery_id: string; target: string }>(
    connection,
    kysely
      .selectFrom('need')
      .select(['delivery_id', 'target'])
      .where('source', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('source_id', '=', slot<string>('id')),
  );
  const clear = prepare<{ deliveryId: string }>(
    connection,
    kysely.deleteFrom('need').where('delivery_id', '=', slot<string>('deliveryId')),
  );
  const wake = prepare<{ deliveryId: string; nowMs: number }>(
    connection,
    kysely
      .updateTable('delivery')
      .set({
        state: sql.lit('pending'),
        due_ms: slot<number>('nowMs'),
        error: sql.lit(null),
        cause: sql.lit(null),
      })
      .where('id', '=', slot<string>('deliveryId'))
      .where('state', '=', sql.lit('waiting')),
  );

  const wakeUnmet = prepare<{ target: string; nowMs: number }>(
    connection,
    kysely
      .updateTable('delivery')
      .set({ state: sql.lit('pending'), due_ms: slot<number>('nowMs') })
      .where('target', '=', slot<string>('target'))
      .where('state', '=', sql.lit('waiting'))
      .where('error', '=', sql.lit('unmet')),
  );

  // Mostly nobody waits for anything, and then nothing has to be looked up for each delivery.
  let any = connection.prepare('select 1 from need limit 1').get() !== undefined;

  return {
    add(deliveryId: string, target: string, object: SystemObject): void {
      any = true;
      insert.run({ deliveryId, target, ...object });
    },
    exists: (target: string, object: SystemObject): boolean =>
      any && waiting.get({ target, ...object }) !== undefined,
    /** The object is known in the target now: what waited for it goes on at once. True when something did. */
    satisfy(target: string, object: SystemObject, nowMs: number): boolean {
      if (!any) return false;
      const found = waiting.all({ target, ...object });
      for (const { delivery_id: deliveryId } of found) {
        clear.run({ deliveryId });
        wake.run({ deliveryId, nowMs });
      }
      return found.length > 0;
    },
    /**
     * Something about the object may keep it from ever coming to a target, or does so no longer: what waits for it is
     * planned anew. Leaves out the targets that it is on its way to. Answers the targets where something was woken.
     */
    lookAgain(object: SystemObject, nowMs: number, onTheWayTo: ReadonlySet<string> = nowhere): string[] {
      if (!any) return [];
      const found = waitingAnywhere.all({ ...object }).filter(({ target }) => !onTheWayTo.has(target));
      for (const { delivery_id: deliveryId } of found) wake.run({ deliveryId, nowMs });
      return found.map(({ target }) => target);
    },
    /** The rules may have changed: what they did not bring along before is looked at again. */
    wakeUnmet(target: string, nowMs: number): void {
      wakeUnmet.run({ target, nowMs });
    },
    clear(deliveryId: string): void {
      if (any) clear.run({ deliveryId });
    },
  };
}

const nowhere: ReadonlySet<string> = new Set();
