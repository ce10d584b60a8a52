import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import { explainedDeliveries, readExceptions, type ShownException } from './flow-report.ts';
import { type Proposal, readOpenProposals } from './proposal.ts';
import { createQueueCounts, type QueueCount } from './queue.ts';

export interface OpenProblem {
  readonly deliveryId: string;
  readonly state: string;
  /** False while it goes on by itself. */
  readonly needsPerson: boolean;
  readonly target: string;
  readonly source: string;
  readonly entity: string;
  readonly sourceId: string;
  readonly since: string;
  readonly tries: number;
  readonly error: string | null;
  readonly cause: string | null;
}

export interface Status {
  /** Events that are not worked off, by system. */
  readonly events: readonly { system: string; open: number; oldestAt: string }[];
  /** Events whose object could not be read, by system. */
  readonly unreadable: readonly { system: string; count: number }[];
  /** Deliveries that are not done, by target and state. */
  readonly queues: readonly QueueCount[];
  readonly delivered: readonly { target: string; count: number; lastAt: string }[];
  readonly cursors: readonly { system: string; stream: string; movedAt: string }[];
  /** What needs a person for a process to go on, one root cause each; the oldest first. */
  readonly exceptions: readonly ShownException[];
  /** How many exceptions there are. */
  readonly exceptionCount: number;
  /** What needs a person, and what waits or fails, the longest first. Nothing that an exception speaks of. */
  readonly problems: readonly OpenProblem[];
  /** What may be the same, for a person to decide; the oldest first. */
  readonly proposals: readonly Proposal[];
}

const mostProblems = 50;
/** What waits longer for a link or a counterpart is unlikely to get it without help. */
const patienceMs = 60 * 60_000;

/** A summary of where everything stands. Reads only; may stand beside a running bridge. */
export async function readStatus(database: OpenDatabase, now: number = Date.now()): Promise<Status> {
  const { kysely } = database;
  const impatientBefore = new Date(now - patienceMs).toISOString();
  const needsPerson = sql<0 | 1>`state = 'dead' or (state = 'waiting' and error in ('unmet', 'proposed'))
    or ((state = 'waiting' or error = 'unmatched') and created_at < ${impatientBefore})`;
  const queues = createQueueCounts(database)();
  const proposals = await readOpenProposals(database, mostProblems);
  const exceptions = await readExceptions(database, { limit: mostProblems });
  const { exceptionCount } = await kysely
    .selectFrom('exception')
    .select(sql<number>`count(*)`.as('exceptionCount'))
    .where('closed_at', 'is', null)
    .executeTakeFirstOrThrow();
  const [events, unreadable, delivered, cursors, problems] = await Promise.all([
    kysely
      .selectFrom('event')
      .select(['system', sql<number>`count(*)`.as('open'), sql<string>`min(received_at)`.as('oldestAt')])
      .where('done_at', 'is', null)
      .groupBy('system')
      .execute(),
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
    kysely
      .selectFrom('cursor')
      .select(['system', 'stream', 'moved_at as movedAt'])
      .orderBy('system')
      .execute(),
    kysely
      .selectFrom('delivery')
      .select(['id as deliveryId', 'state', 'target', 'source', 'entity', 'source_id as sourceId'])
      .select([
        'created_at as since',
        'tries',
        'error',
        'cause',
        sql<0 | 1>`coalesce(${needsPerson}, 0)`.as('needsPerson'),
      ])
      .where((where) =>
        where.or([
          where('state', 'in', ['dead', 'waiting']),
          where.and([where('state', '=', 'pending'), where('error', 'is not', null)]),
        ]),
      )
      .where('seq', 'not in', explainedDeliveries)
      .orderBy('needsPerson', 'desc')
      .orderBy('created_at')
      .limit(mostProblems)
      .execute(),
  ]);
  return {
    events,
    unreadable,
    queues,
    delivered,
    cursors,
    proposals,
    exceptions,
    exceptionCount,
    problems: problems.map((problem) => ({ ...problem, needsPerson: problem.needsPerson === 1 })),
  };
}
