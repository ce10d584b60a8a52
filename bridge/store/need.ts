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
        delivery: slot('delivery'),
        target: slot('target'),
        source: slot('system'),
        entity: slot('entity'),
        source_id: slot('id'),
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
  const waiting = prepare<SystemObject & { target: string }, { delivery: number }>(
    connection,
    kysely
      .selectFrom('need')
      .select('delivery')
      .where('target', '=', slot<string>('target'))
      .where('source', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('source_id', '=', slot<string>('id')),
  );
  const waitingAnywhere = prepare<SystemObject, { delivery: number; target: string }>(
    connection,
    kysely
      .selectFrom('need')
      .select(['delivery', 'target'])
      .where('source', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('source_id', '=', slot<string>('id')),
  );
  const clear = prepare<{ delivery: number }>(
    connection,
    kysely.deleteFrom('need').where('delivery', '=', slot<number>('delivery')),
  );
  const wake = prepare<{ delivery: number; nowMs: number }>(
    connection,
    kysely
      .updateTable('delivery')
      .set({
        state: sql.lit('pending'),
        due_ms: slot<number>('nowMs'),
        error: sql.lit(null),
        cause: sql.lit(null),
      })
      .where('seq', '=', slot<number>('delivery'))
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

  /** The object is known in the target now: what waited for it goes on at once. True when something did. */
  function satisfy(target: string, object: SystemObject, nowMs: number): boolean {
    if (!any) return false;
    const found = waiting.all({ target, ...object });
    for (const { delivery } of found) {
      clear.run({ delivery });
      wake.run({ delivery, nowMs });
    }
    return found.length > 0;
  }

  return {
    satisfy,
    /**
     * Every member of a business object is known now in the systems of all others. Answers the targets where something
     * was woken.
     */
    satisfyAmong(members: readonly SystemObject[], nowMs: number): string[] {
      const systems = members.map((member) => member.system);
      return systems.filter((system) =>
        members
          .filter((member) => member.system !== system)
          .map((member) => satisfy(system, member, nowMs))
          .includes(true),
      );
    },
    add(delivery: number, target: string, object: SystemObject): void {
      any = true;
      insert.run({ delivery, target, ...object });
    },
    exists: (target: string, object: SystemObject): boolean =>
      any && waiting.get({ target, ...object }) !== undefined,
    /**
     * Something about the object may keep it from ever coming to a target, or does so no longer: what waits for it is
     * planned anew. Leaves out the targets that it is on its way to. Answers the targets where something was woken.
     */
    lookAgain(object: SystemObject, nowMs: number, onTheWayTo: ReadonlySet<string> = nowhere): string[] {
      if (!any) return [];
      const found = waitingAnywhere.all({ ...object }).filter(({ target }) => !onTheWayTo.has(target));
      for (const { delivery } of found) wake.run({ delivery, nowMs });
      return found.map(({ target }) => target);
    },
    /** The rules may have changed: what they did not bring along before is looked at again. */
    wakeUnmet(target: string, nowMs: number): void {
      wakeUnmet.run({ target, nowMs });
    },
    clear(delivery: number): void {
      if (any) clear.run({ delivery });
    },
  };
}

const nowhere: ReadonlySet<string> = new Set();
