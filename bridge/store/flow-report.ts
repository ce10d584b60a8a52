import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import { type ExceptionRow, exceptionOf, type StoredException } from './exception.ts';
import { type InstanceRow, instanceOf, type StoredInstance } from './flow-instance.ts';
import { recordTable } from './record.ts';
import { shownName } from './shown-name.ts';

/** How the instances of one flow stand. */
export interface FlowCount {
  readonly flow: string;
  readonly running: number;
  /** Of those: their step needs a person. */
  readonly stuck: number;
  /** Of those: because it is late. */
  readonly late: number;
  /** Done since the instant that was asked for. */
  readonly done: number;
  /** When the oldest that runs began: UTC ISO. */
  readonly oldestAt: string | undefined;
}

/** Counts the instances of each flow that has any. Each count has an index of its own. */
export function countFlows({ connection }: Pick<OpenDatabase, 'connection'>, doneSince: string): FlowCount[] {
  const running = connection
    .prepare<[], { flow: string; late: number; count: number; oldest: number }>(
      `select flow, late, count(*) as count, min(seq) as oldest from flow_instance indexed by flow_instance_running
       where state = 'running' group by flow, late`,
    )
    .all();
  const stuck = connection
    .prepare<[], { flow: string; count: number }>(
      'select flow, count(*) as count from flow_instance where exception is not null group by flow',
    )
    .all();
  const done = connection
    .prepare<[string], { flow: string; count: number }>(
      `select flow, count(*) as count from flow_instance indexed by flow_instance_ended
       where ended_at is not null and steps <> '[]' and ended_at >= ? and state = 'done' group by flow`,
    )
    .all(doneSince);
  const startedAt = connection.prepare<[number], { at: string }>(
    'select started_at as at from flow_instance where seq = ?',
  );
  const flows = new Set([...running, ...stuck, ...done].map(({ flow }) => flow));
  return [...flows].sort().map((flow) => {
    const own = running.filter((row) => row.flow === flow);
    const oldest = own.length === 0 ? undefined : Math.min(...own.map((row) => row.oldest));
    return {
      flow,
      running: own.reduce((sum, { count }) => sum + count, 0),
      stuck: stuck.find((row) => row.flow === flow)?.count ?? 0,
      late: own.find(({ late }) => late === 1)?.count ?? 0,
      done: done.find((row) => row.flow === flow)?.count ?? 0,
      oldestAt: oldest === undefined ? undefined : startedAt.get(oldest)?.at,
    };
  });
}

/** Instances whose step needs a person, the oldest first. */
export async function readStuck({ kysely }: OpenDatabase, limit: number): Promise<StoredInstance[]> {
  const rows = await kysely
    .selectFrom('flow_instance')
    .selectAll()
    .where('exception', 'is not', null)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map((row) => instanceOf(row as InstanceRow));
}

/** An exception for people. */
export interface ShownException extends StoredException {
  /** What they call the object at fault; absent where it has no name, or was never read. */
  readonly name?: string;
}

/** Open exceptions, the oldest first. */
export async function readExceptions(database: OpenDatabase, limit: number): Promise<ShownException[]> {
  const rows = await database.kysely
    .selectFrom('exception')
    .selectAll()
    .where('closed_at', 'is', null)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return shown(
    database,
    rows.map((row) => exceptionOf(row as ExceptionRow)),
  );
}

function shown(database: OpenDatabase, exceptions: readonly StoredException[]): ShownException[] {
  const records = recordTable(database);
  return exceptions.map((exception) => {
    const { object } = exception;
    const name = shownName(records.get(object)?.state, object.entity);
    return { ...exception, ...(name === undefined ? {} : { name }) };
  });
}

/** What a step asked a system to do, as it stands. */
export interface CallReport {
  readonly step: string;
  readonly action: string;
  readonly object: string;
  readonly reference: string;
  /** State of its delivery; `null` once that is cleared away. */
  readonly state: string | null;
  readonly tries: number | null;
  readonly cause: string | null;
  /** Id of what came out of it. */
  readonly made: string | null;
}

/** One round of a flow, with what it asked for and what it is stuck by. */
export interface InstanceReport {
  readonly instance: StoredInstance;
  readonly calls: readonly CallReport[];
  readonly exception: ShownException | undefined;
}

/**
 * All rounds of all flows of an object, the oldest first; of the same business object in every system.
 *
 * @param id number of an instance, or `<system>:<entity>:<id>`
 */
export async function readInstances(database: OpenDatabase, id: string): Promise<InstanceReport[]> {
  const { connection } = database;
  const rows = /^\d+$/.test(id)
    ? connection.prepare<[number], InstanceRow>('select * from flow_instance where seq = ?').all(Number(id))
    : namesOf(database, id).flatMap(({ system, entity, externalId }) =>
        connection
          .prepare<[string, string, string], InstanceRow>(
            'select * from flow_instance where system = ? and entity = ? and external_id = ?',
          )
          .all(system, entity, externalId),
      );
  return rows
    .map((row) => instanceOf(row))
    .sort((left, right) => left.seq - right.seq)
    .map((instance) => ({
      instance,
      calls: callsOf(database, instance.seq),
      exception:
        instance.exception === undefined ? undefined : exceptionNumbered(database, instance.exception),
    }));
}

interface Name {
  readonly system: string;
  readonly entity: string;
  readonly externalId: string;
}

function namesOf({ connection }: OpenDatabase, id: string): Name[] {
  const [system = '', entity = '', ...rest] = id.split(':');
  const own: Name = { system, entity, externalId: rest.join(':') };
  const linked = connection
    .prepare<[string, string, string], Name>(
      `select there.system, there.entity, there.external_id as externalId from link as here
       join link as there on there.object_id = here.object_id
       where here.system = ? and here.entity = ? and here.external_id = ?`,
    )
    .all(own.system, own.entity, own.externalId);
  return linked.length === 0 ? [own] : linked;
}

function callsOf({ connection }: OpenDatabase, instance: number): CallReport[] {
  return connection
    .prepare<[number], CallReport>(
      `select step, action, system || ':' || flow_call.entity || ':' || external_id as object, reference,
        case when delivery.state = 'pending' and delivery.seq in (select value from lease, json_each(lease.deliveries))
          then 'leased' else delivery.state end as state, delivery.tries, delivery.cause,
        (select attempt.external_id from attempt where attempt.delivery = flow_call.delivery
          and attempt.external_id is not null order by number desc limit 1) as made
       from flow_call left join delivery on delivery.seq = flow_call.delivery
       where instance = ? order by asked_ms`,
    )
    .all(instance);
}

function exceptionNumbered(database: OpenDatabase, seq: number): ShownException | undefined {
  const rows = database.connection
    .prepare<[number], ExceptionRow>('select * from exception where seq = ?')
    .all(seq);
  return shown(database, rows.map(exceptionOf))[0];
}

/** Deliveries that an exception speaks of, so that nobody is told of them twice. */
export const explainedDeliveries = sql<number>`(select delivery from flow_instance
  where exception is not null and delivery is not null)`;
