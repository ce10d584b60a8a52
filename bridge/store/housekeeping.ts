import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import { prepare, slot } from './statement.ts';

const rowsPerRound = 2000;

/**
 * Removes what is settled and older than a day count: worked-off events, changes, done deliveries with their attempts.
 * Records, links, the ledger and whatever is open or dead stay. In small rounds, so that nothing waits long.
 */
export function createHousekeeping({ connection, kysely }: OpenDatabase) {
  const events = prepare<{ before: string }>(
    connection,
    kysely
      .deleteFrom('event')
      .where(
        'seq',
        'in',
        sql<number>`(select seq from event where done_at < @before limit ${sql.lit(rowsPerRound)})`,
      ),
  );
  const changes = prepare<{ before: string }>(
    connection,
    kysely
      .deleteFrom('change')
      .where(
        'seq',
        'in',
        sql<number>`(select seq from change where at < @before limit ${sql.lit(rowsPerRound)})`,
      ),
  );
  const deliveries = prepare<{ before: string }, { id: string }>(
    connection,
    kysely
      .deleteFrom('delivery')
      .where(
        'id',
        'in',
        sql<string>`(select id from delivery where state in ('done', 'superseded') and settled_at < @before
          limit ${sql.lit(rowsPerRound)})`,
      )
      .returning('id'),
  );
  const attempts = prepare<{ id: string }>(
    connection,
    kysely.deleteFrom('attempt').where('delivery_id', '=', slot<string>('id')),
  );

  /** Removes one round; answers how many rows went. Runs inside a transaction. */
  return function removeRound(before: string): number {
    const gone = deliveries.all({ before });
    for (const { id } of gone) attempts.run({ id });
    return gone.length + events.run({ before }).changes + changes.run({ before }).changes;
  };
}
