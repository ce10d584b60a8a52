import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import { prepare, slot } from './statement.ts';

/** Events of one system that are not worked off. */
export interface EventCount {
  readonly system: string;
  readonly open: number;
  /** When the oldest of them came in: UTC ISO. */
  readonly oldestAt: string;
}

/** Counts the events that are not worked off. Looks at nothing but their index. */
export function createEventCounts({ connection, kysely }: OpenDatabase): () => EventCount[] {
  const counts = prepare<object, { system: string; open: number; oldest: number }>(
    connection,
    kysely
      .selectFrom('event')
      .select(['system', sql<number>`count(*)`.as('open'), sql<number>`min(seq)`.as('oldest')])
      .where('done_at', 'is', null)
      .groupBy('system'),
  );
  const cameIn = prepare<{ seq: number }, { at: string }>(
    connection,
    kysely.selectFrom('event').select('received_at as at').where('seq', '=', slot<number>('seq')),
  );
  return () =>
    counts
      .all({})
      .map(({ system, open, oldest }) => ({ system, open, oldestAt: cameIn.get({ seq: oldest })?.at ?? '' }));
}
