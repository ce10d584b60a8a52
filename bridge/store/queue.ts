import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import type { DeliveryState } from './delivery-state.ts';
import { prepare, slot } from './statement.ts';

/** Deliveries of one target that are in one state. */
export interface QueueCount {
  readonly target: string;
  readonly state: DeliveryState;
  readonly count: number;
  /** When the oldest of them was made: UTC ISO. */
  readonly oldestAt: string;
}

const unfinished: readonly DeliveryState[] = ['pending', 'leased', 'waiting', 'dead', 'shadowed'];

interface Row {
  target: string;
  count: number;
  oldest: number;
}

/** Counts the deliveries that are not done. Each state has an index of its own that is all this looks at. */
export function createQueueCounts({ connection, kysely }: OpenDatabase): () => QueueCount[] {
  const statements = unfinished.map((state) => ({
    state,
    statement: prepare<object, Row>(
      connection,
      kysely
        .selectFrom('delivery')
        .select(['target', sql<number>`count(*)`.as('count'), sql<number>`min(seq)`.as('oldest')])
        .where('state', '=', sql.lit(state))
        .groupBy('target'),
    ),
  }));
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
