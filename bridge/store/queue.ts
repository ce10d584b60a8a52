import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import type { DeliveryState } from './delivery-state.ts';
import { namedByLeases } from './lease.ts';
import { prepare, slot } from './statement.ts';

/** Deliveries of one target that are in one state. */
export interface QueueCount {
  readonly target: string;
  readonly state: DeliveryState;
  readonly count: number;
  /** When the oldest of them was made: UTC ISO. */
  readonly oldestAt: string;
}

/** Besides those under way, which the leases name. */
const unfinished: readonly DeliveryState[] = ['pending', 'waiting', 'dead', 'shadowed'];

interface Row {
  target: string;
  count: number;
  oldest: number;
}

/** Counts the deliveries that are not done. Each state has an index of its own that is all this looks at. */
export function createQueueCounts({ connection, kysely }: OpenDatabase): () => QueueCount[] {
  const underWay = prepare<object, Row>(
    connection,
    kysely
      .selectFrom(['lease', sql<{ value: number }>`json_each(lease.deliveries)`.as('named')])
      .select(['lease.target', sql<number>`count(*)`.as('count'), sql<number>`min(named.value)`.as('oldest')])
      .groupBy('lease.target'),
  );
  const statements: { state: DeliveryState; statement: typeof underWay }[] = unfinished.map((state) => ({
    state,
    statement: prepare<object, Row>(
      connection,
      kysely
        .selectFrom('delivery')
        .select(['target', sql<number>`count(*)`.as('count'), sql<number>`min(seq)`.as('oldest')])
        .where('state', '=', sql.lit(state))
        .$if(state === 'pending', (query) => query.where('seq', 'not in', namedByLeases))
        .groupBy('target'),
    ),
  }));
  statements.splice(1, 0, { state: 'leased', statement: underWay });
  const madeAt = prepare<{ seq: number }, { at: string }>(
    connection,
    kysely.selectFrom('delivery').select('created_at as at').where('seq', '=', slot<number>('seq')),
  );
  return () =>
    statements.flatMap(({ state, statement }) =>
      statement.all({}).map(({ target, count, oldest }) => ({
        target,
        state,
        count,
        oldestAt: madeAt.get({ seq: oldest })?.at ?? '',
      })),
    );
}
