import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import { prepare, slot } from './statement.ts';

/** Rows of one table that are looked at together, and so the most of it that one round removes. */
const rowsPerLook = 2000;
/** Where there is nothing but what has to stay, a round goes on this often. */
const looksPerRound = 10;

/** A row that is old. */
interface Row<Key> {
  readonly key: Key;
  readonly settled: 0 | 1;
}

/**
 * Removes what is settled and older than a day count: worked-off events, changes, done deliveries with their attempts,
 * business events that no delivery tells of any more.
 * Records, links, the ledger and whatever is open or dead stay. In small rounds, so that nothing waits long: they walk
 * along the primary keys, which are in the order of time, and start anew where they meet what is young.
 */
export function createHousekeeping({ connection, kysely }: OpenDatabase) {
  const limit = sql.lit(rowsPerLook);
  const oldEvents = prepare<{ after: number; before: string }, Row<number>>(
    connection,
    kysely
      .selectFrom((from) =>
        from
          .selectFrom('event')
          .select(['seq', 'received_at', 'done_at'])
          .where('seq', '>', slot<number>('after'))
          .orderBy('seq')
          .limit(limit)
          .as('next'),
      )
      .select(['seq as key', sql<0 | 1>`coalesce(done_at < @before, 0)`.as('settled')])
      .where('received_at', '<', slot<string>('before')),
  );
  const oldDeliveries = prepare<{ after: number; before: string }, Row<number>>(
    connection,
    kysely
      .selectFrom((from) =>
        from
          .selectFrom('delivery')
          .select(['seq', 'created_at', 'state', 'settled_at'])
          .where('seq', '>', slot<number>('after'))
          .orderBy('seq')
          .limit(limit)
          .as('next'),
      )
      .select('seq as key')
      .select(sql<0 | 1>`state in ('done', 'superseded') and settled_at < @before`.as('settled'))
      .where('created_at', '<', slot<string>('before')),
  );
  const oldBusinessEvents = prepare<{ after: number; before: string }, Row<number>>(
    connection,
    kysely
      .selectFrom((from) =>
        from
          .selectFrom('business_event')
          .select(['seq', 'id', 'recorded_at'])
          .where('seq', '>', slot<number>('after'))
          .orderBy('seq')
          .limit(limit)
          .as('next'),
      )
      .select('seq as key')
      .select(
        sql<0 | 1>`not exists (select 1 from delivery
          where delivery.entity = 'business_event' and delivery.source_id = next.id)`.as('settled'),
      )
      .where('recorded_at', '<', slot<string>('before')),
  );
  const removeBusinessEvents = prepare<{ keys: string }>(
    connection,
    kysely.deleteFrom('business_event').where('seq', 'in', sql<number>`(select value from json_each(@keys))`),
  );
  const removeEvents = prepare<{ keys: string }>(
    connection,
    kysely.deleteFrom('event').where('seq', 'in', sql<number>`(select value from json_each(@keys))`),
  );
  const removeDeliveries = prepare<{ keys: string }>(
    connection,
    kysely.deleteFrom('delivery').where('seq', 'in', sql<number>`(select value from json_each(@keys))`),
  );
  const removeAttempts = prepare<{ keys: string }>(
    connection,
    kysely.deleteFrom('attempt').where('delivery', 'in', sql<number>`(select value from json_each(@keys))`),
  );
  // Every change that is old goes, so the first ones of the table are always those to look at. Those that flows have not
  // taken in stay, and so does the last of all: numbers go on behind it.
  const removeChanges = prepare<{ before: string; after: number }>(
    connection,
    kysely.deleteFrom('change').where(
      'seq',
      'in',
      sql<number>`(select seq from (select seq, at from change where seq > @after order by seq limit ${limit})
        where at < @before and seq < (select max(seq) from change)
          and seq <= coalesce((select cast(value as integer) from flow_progress where name = 'change'), seq))`,
    ),
  );
  let lastEvent = beforeFirst.event;
  let lastDelivery = beforeFirst.delivery;
  let lastBusinessEvent = beforeFirst.businessEvent;

  function look(before: string): number {
    const events = oldEvents.all({ after: lastEvent, before });
    const deliveries = oldDeliveries.all({ after: lastDelivery, before });
    lastEvent = lastOf(events) ?? beforeFirst.event;
    lastDelivery = lastOf(deliveries) ?? beforeFirst.delivery;
    const keys = settledKeys(deliveries);
    removeAttempts.run({ keys });
    const removedDeliveries = removeDeliveries.run({ keys }).changes;
    const businessEvents = oldBusinessEvents.all({ after: lastBusinessEvent, before });
    lastBusinessEvent = lastOf(businessEvents) ?? beforeFirst.businessEvent;
    return (
      removedDeliveries +
      removeBusinessEvents.run({ keys: settledKeys(businessEvents) }).changes +
      removeEvents.run({ keys: settledKeys(events) }).changes +
      removeChanges.run({ before, after: 0 }).changes
    );
  }

  /** Removes one round; answers how many rows went. Runs inside a transaction. */
  return function removeRound(before: string): number {
    for (let left = looksPerRound; left > 0; left--) {
      const removed = look(before);
      if (removed > 0) return removed;
      if (
        lastEvent === beforeFirst.event &&
        lastDelivery === beforeFirst.delivery &&
        lastBusinessEvent === beforeFirst.businessEvent
      )
        return 0;
    }
    return 0;
  };
}

const beforeFirst = { event: 0, delivery: 0, businessEvent: 0 };

/** Where the next look goes on; `undefined` when this one came to the end or to what is young. */
const lastOf = <Key>(rows: readonly Row<Key>[]): Key | undefined =>
  rows.length < rowsPerLook ? undefined : rows.at(-1)?.key;

const settledKeys = (rows: readonly Row<unknown>[]): string =>
  JSON.stringify(rows.flatMap(({ key, settled }) => (settled === 1 ? [key] : [])));
