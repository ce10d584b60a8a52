import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import { createEventCounts, type EventCount } from './event-count.ts';
import { type NeedsPerson, readNeedsPerson } from './needs-person.ts';
import { readStreams, type StreamReport } from './poll.ts';
import { type OpenProblem, readProblemsThatPass } from './problem.ts';
import { createQueueCounts, type QueueCount } from './queue.ts';

export interface Status extends NeedsPerson {
  /** Events that are not worked off, by system. */
  readonly events: readonly EventCount[];
  /** Events whose object could not be read, by system. */
  readonly unreadable: readonly { system: string; count: number }[];
  /** How each stream is read that was ever polled. */
  readonly streams: readonly StreamReport[];
  /** Deliveries that are not done, by target and state. */
  readonly queues: readonly QueueCount[];
  readonly delivered: readonly { target: string; count: number; lastAt: string }[];
  /** What needs a person first, then what waits or fails and goes on by itself. */
  readonly problems: readonly OpenProblem[];
}

const mostProblems = 50;

/** A summary of where everything stands. Reads only; may stand beside a running bridge. */
export async function readStatus(database: OpenDatabase, now: number = Date.now()): Promise<Status> {
  const { kysely } = database;
  const queues = createQueueCounts(database)();
  const events = createEventCounts(database)();
  const [unreadable, delivered] = await Promise.all([
    kysely
      .selectFrom('event')
      .select(['system', sql<number>`count(*)`.as('count')])
      .where('error', 'is not', null)
      .groupBy('system')
      .execute(),
    kysely
      .selectFrom('delivery')
      .select(['target', sql<number>`count(*)`.as('count'), sql<string>`max(settled_at)`.as('lastAt')])
      .where('state', '=', 'done')
      .groupBy('target')
      .orderBy('target')
      .execute(),
  ]);
  const needs = await readNeedsPerson(database, { now, limit: mostProblems });
  const passing = await readProblemsThatPass(database, now, mostProblems);
  return {
    ...needs,
    problems: [...needs.problems, ...passing],
    events,
    unreadable,
    streams: await readStreams(database),
    queues,
    delivered,
  };
}
