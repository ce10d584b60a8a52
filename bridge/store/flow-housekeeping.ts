import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import { prepare, slot } from './statement.ts';

const rowsPerRound = 500;

/**
 * Clears away what flows came to long ago. Of the last round of a subject its outcome stays: as long as its condition
 * holds it is not done again, and a later round has another number.
 */
export function createFlowHousekeeping({ connection, kysely }: OpenDatabase) {
  const ended = prepare<{ before: string }, { seq: number }>(
    connection,
    kysely
      .selectFrom('flow_instance')
      .select('seq')
      .where('ended_at', 'is not', null)
      .where(sql<boolean>`steps <> '[]'`)
      .where('ended_at', '<', slot<string>('before'))
      .orderBy('ended_at')
      .limit(sql.lit(rowsPerRound)),
  );
  const these = sql<number>`(select value from json_each(@keys))`;
  // Without its call nobody can find out any more what became of one in doubt. It came to its end long ago.
  const supersedeCalls = prepare<{ keys: string }>(
    connection,
    kysely
      .updateTable('delivery')
      .set({ state: sql.lit('superseded') })
      .where('seq', 'in', sql<number>`(select delivery from flow_call where instance in ${these})`)
      .where('state', 'in', sql<string>`('dead', 'shadowed')`),
  );
  const removeCalls = prepare<{ keys: string }>(
    connection,
    kysely.deleteFrom('flow_call').where('instance', 'in', these),
  );
  const removeEarlier = prepare<{ keys: string }>(
    connection,
    kysely
      .deleteFrom('flow_instance')
      .where('seq', 'in', these)
      .where(
        sql<boolean>`exists (select 1 from flow_instance as later where later.system = flow_instance.system
          and later.entity = flow_instance.entity and later.external_id = flow_instance.external_id
          and later.flow = flow_instance.flow and later.round > flow_instance.round)`,
      ),
  );
  const strip = prepare<{ keys: string }>(
    connection,
    kysely
      .updateTable('flow_instance')
      .set({ steps: sql.lit('[]'), waits_for: sql.lit(null) })
      .where('seq', 'in', these),
  );
  const removeExceptions = prepare<{ before: string }>(
    connection,
    kysely.deleteFrom('exception').where(
      'seq',
      'in',
      sql<number>`(select seq from exception where closed_at is not null and closed_at < @before
          order by closed_at limit ${sql.lit(rowsPerRound)})`,
    ),
  );

  /** Clears away one round; answers how many rows that were. Runs inside a transaction. */
  return function removeRound(before: string): number {
    const keys = JSON.stringify(ended.all({ before }).map(({ seq }) => seq));
    supersedeCalls.run({ keys });
    const calls = removeCalls.run({ keys }).changes;
    const earlier = removeEarlier.run({ keys }).changes;
    return calls + earlier + strip.run({ keys }).changes + removeExceptions.run({ before }).changes;
  };
}
