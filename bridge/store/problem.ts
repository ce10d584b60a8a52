import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import { explainedDeliveries } from './flow-report.ts';

/** An object that does not get where it should be. */
export interface OpenProblem {
  /** The newest delivery of it; so are state, tries, error and cause. */
  readonly deliveryId: string;
  readonly state: string;
  /** False while it goes on by itself. */
  readonly needsPerson: boolean;
  readonly target: string;
  readonly source: string;
  readonly entity: string;
  readonly sourceId: string;
  /** What people call it; absent where it has no name, is not known, or goes on by itself. */
  readonly name?: string;
  /** When the oldest of these deliveries was made: UTC ISO. */
  readonly since: string;
  readonly tries: number;
  readonly error: string | null;
  readonly cause: string | null;
}

/** A system that turns away whole calls, for want of credentials or rights; what they carried waits. */
export interface Refusal {
  readonly target: string;
  /** How many deliveries wait, and when the oldest of them was made: UTC ISO. */
  readonly count: number;
  readonly since: string;
  readonly cause: string | null;
}

type Row = Omit<OpenProblem, 'needsPerson'>;

/** What waits longer for a link or a counterpart is unlikely to get it without help. */
const patienceMs = 60 * 60_000;

const needsPerson = (now: number) => {
  const impatientBefore = new Date(now - patienceMs).toISOString();
  return sql<boolean>`coalesce(state = 'dead' or (state = 'waiting' and error in ('unmet', 'proposed'))
    or ((state = 'waiting' or error = 'unmatched') and created_at < ${impatientBefore}), 0)`;
};

// Each of these has an index of its own, so that what is done and kept is not looked at.
const mayNeedPerson = sql<boolean>`seq in (select seq from delivery where state = 'dead'
  union all select seq from delivery where state = 'waiting'
  union all select seq from delivery where state = 'pending' and error = 'unmatched')`;
const mayPass = sql<boolean>`seq in (select seq from delivery where state = 'waiting'
  union all select seq from delivery where state = 'pending' and error is not null)`;

/** What a person has to decide about is shown as what has to be decided. */
const isProposed = sql<boolean>`coalesce(error, '') = 'proposed' and exists (
  select 1 from proposal where proposal.state = 'open' and proposal.entity = delivery.entity and (
    (proposal.source = delivery.source and proposal.source_id = delivery.source_id and proposal.target = delivery.target)
    or (proposal.target = delivery.source and proposal.target_id = delivery.source_id
      and proposal.source = delivery.target)))`;

/** A single one that is denied needs a person at once; what is still to be done was denied with all else of its call. */
const isRefused = sql<boolean>`state = 'pending' and coalesce(error, '') = 'denied'`;

/**
 * What needs a person, the longest first: one for each object and target, however often it was given up. Nothing that an
 * exception or a proposal speaks of.
 */
export async function readProblemsForPeople(
  { kysely }: Pick<OpenDatabase, 'kysely'>,
  now: number,
  limit: number,
): Promise<{ problems: OpenProblem[]; count: number }> {
  const { rows } = await sql<Row & { count: number }>`
    with needed as (
      select *, row_number() over (object order by seq desc) as place, min(created_at) over (object) as since,
        max(seq in ${explainedDeliveries}) over (object) as explained
      from delivery where ${mayNeedPerson} and ${needsPerson(now)} and not (${isProposed})
      window object as (partition by target, source, entity, source_id))
    select id as deliveryId, state, target, source, entity, source_id as sourceId, since, tries, error, cause,
      count(*) over () as count
    from needed where place = 1 and explained = 0 order by since, seq limit ${limit}`.execute(kysely);
  return {
    problems: rows.map(({ count: _, ...row }) => ({ ...row, needsPerson: true })),
    count: rows[0]?.count ?? 0,
  };
}

/** What waits or fails and goes on by itself, the longest first. */
export async function readProblemsThatPass(
  { kysely }: Pick<OpenDatabase, 'kysely'>,
  now: number,
  limit: number,
): Promise<OpenProblem[]> {
  const { rows } = await sql<Row>`
    select id as deliveryId, state, target, source, entity, source_id as sourceId, created_at as since, tries, error, cause
    from delivery
    where ${mayPass} and not ${needsPerson(now)}
      and not (${isRefused}) and seq not in ${explainedDeliveries}
    order by created_at, seq limit ${limit}`.execute(kysely);
  return rows.map((row) => ({ ...row, needsPerson: false }));
}

/** The systems that turn away what is brought there. */
export async function readRefusals({ kysely }: Pick<OpenDatabase, 'kysely'>): Promise<Refusal[]> {
  const { rows } = await sql<Refusal>`
    select target, count(*) as count, min(created_at) as since, cause from delivery
    where ${isRefused} group by target order by target`.execute(kysely);
  return rows;
}
