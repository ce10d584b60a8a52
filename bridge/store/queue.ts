import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import type { DeliveryState } from './delivery-state.ts';
import { prepare } from './statement.ts';

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
  oldest: string;
}

/** Counts the deliveries that are not done. Each state has an index of its own that is all this looks at. */
export function createQueueCounts({ connection, kysely }: OpenDatabase): () => QueueCount[] {
  const statements = unfinished.map((state) => ({
    state,
    statement: prepare<object, Row>(
      connection,
      kysely
        .selectFrom('delivery')
        .select(['target', sql<number>`count(*)`.as('count'), sql<string>`min(id)`.as('oldest')])
        .where('state', '=', sql.lit(state))
        .groupBy('target'),
    ),
  }));
  return () =>
    statements.flatMap(({ state, statement }) =>
      statement
        .all({})
        .map(({ target, count, oldest }) => ({ target, state, count, oldestAt: madeAt(oldest) })),
    );
}

/** A UUIDv7 begins with the milliseconds since 1970 at which it was made, so the smallest one is the oldest. */
function madeAt(uuid: string): string {
  return new Date(Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16)).toISOString();
}
