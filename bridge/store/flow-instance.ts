import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import type { OpenDatabase } from './database.ts';
import type { SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';

/** How far a step of an instance is. Steps whose turn has not come have none. */
export interface StepProgress {
  readonly id: string;
  readonly state: 'waiting' | 'stuck' | 'done' | 'skipped';
  /** When its turn came: UTC ISO. */
  readonly since: string;
  /** When it was done or left out: UTC ISO. */
  readonly at?: string;
  /** Since when it is stuck, or was last: UTC ISO. */
  readonly stuckSince?: string;
  /** What was asked to be brought: when its record was read then, by its id. */
  readonly asked?: Readonly<Record<string, string>>;
}

/** What an instance looks at: an object, or with `entity.field` whatever refers to it by that field. */
export interface WatchedObject {
  readonly system: string;
  readonly entity: string;
  readonly id: string;
}

export interface Watched extends WatchedObject {
  /** Names of the fields that matter to it, in order, with commas between them; `*` for all, `-` where it only has to be there. */
  readonly fields: string;
}

/** One run of a flow for one subject. */
export interface FlowInstance {
  readonly flow: string;
  readonly subject: SystemObject;
  /** 1 for the first of its subject. */
  readonly round: number;
  readonly state: 'running' | 'done' | 'ended';
  /** True while the flow's condition has held since it began. */
  readonly holding: boolean;
  readonly steps: readonly StepProgress[];
  readonly watched: readonly Watched[];
  readonly correlation: string;
  readonly startedAt: string;
  /** Number of the last change that was there when it began. */
  readonly startedBehind: number;
  readonly endedAt?: string;
  /** Why it ended, for people. */
  readonly reason?: string;
  /** When it has to be looked at though nothing happened: milliseconds since 1970. */
  readonly dueMs?: number;
  /** What its step waits for, or is stuck by, for people. */
  readonly waitsFor?: string;
  /** True when its step is stuck because it is late. */
  readonly late: boolean;
  /** Number of the exception that its step is stuck by. */
  readonly exception?: number;
  /** Number of the delivery that its step is stuck by. */
  readonly delivery?: number;
}

export interface StoredInstance extends FlowInstance {
  readonly seq: number;
}

export interface InstanceRow {
  seq: number;
  flow: string;
  system: string;
  entity: string;
  external_id: string;
  round: number;
  state: string;
  holding: 0 | 1;
  steps: string;
  watched: string;
  correlation: string;
  started_at: string;
  started_behind: number;
  ended_at: string | null;
  reason: string | null;
  due_ms: number | null;
  waits_for: string | null;
  late: 0 | 1;
  exception: number | null;
  delivery: number | null;
}

export function flowInstanceTable({ connection, kysely }: OpenDatabase) {
  const all = kysely.selectFrom('flow_instance').selectAll();
  const ofSubject = all
    .where('system', '=', slot<string>('system'))
    .where('entity', '=', slot<string>('entity'))
    .where('external_id', '=', slot<string>('id'));
  const get = prepare<{ seq: number }, InstanceRow>(connection, all.where('seq', '=', slot<number>('seq')));
  const latest = prepare<SystemObject & { flow: string }, InstanceRow>(
    connection,
    ofSubject.where('flow', '=', slot<string>('flow')).orderBy('round', 'desc').limit(sql.lit(1)),
  );
  const runningOf = prepare<WatchedObject, { seq: number }>(
    connection,
    kysely
      .selectFrom('flow_instance')
      .select('seq')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id'))
      .where('state', '=', sql.lit('running')),
  );
  const running = prepare<{ flow: string; late: 0 | 1; after: number; limit: number }, { seq: number }>(
    connection,
    kysely
      .selectFrom('flow_instance')
      .select('seq')
      .where(sql<boolean>`seq > @after and state = 'running' and flow = @flow and late = @late`)
      .orderBy('seq')
      .limit(slot<number>('limit')),
  );
  const nextFlow = prepare<{ flow: string }, { flow: string | null }>(
    connection,
    kysely
      .selectFrom('flow_instance')
      .select(sql<string | null>`min(flow)`.as('flow'))
      .where('state', '=', sql.lit('running'))
      .where('flow', '>', slot<string>('flow')),
  );
  const due = prepare<{ nowMs: number; limit: number }, { seq: number }>(
    connection,
    kysely
      .selectFrom('flow_instance')
      .select('seq')
      .where('due_ms', 'is not', null)
      .where('due_ms', '<=', slot<number>('nowMs'))
      .orderBy('due_ms')
      .limit(slot<number>('limit')),
  );
  const nextDue = prepare<object, { due: number | null }>(
    connection,
    kysely
      .selectFrom('flow_instance')
      .select(sql<number | null>`min(due_ms)`.as('due'))
      .where('due_ms', 'is not', null),
  );
  const changing = {
    state: slot<string>('state'),
    holding: slot<0 | 1>('holding'),
    steps: slot<string>('steps'),
    watched: slot<string>('watched'),
    ended_at: slot<string | null>('endedAt'),
    reason: slot<string | null>('reason'),
    due_ms: slot<number | null>('dueMs'),
    waits_for: slot<string | null>('waitsFor'),
    late: slot<0 | 1>('late'),
    exception: slot<number | null>('exception'),
    delivery: slot<number | null>('delivery'),
  };
  const insert = prepare<object>(
    connection,
    kysely.insertInto('flow_instance').values({
      flow: slot('flow'),
      system: slot('system'),
      entity: slot('entity'),
      external_id: slot('id'),
      round: slot('round'),
      correlation: slot('correlation'),
      started_at: slot('startedAt'),
      started_behind: slot('startedBehind'),
      ...changing,
    }),
  );
  const update = prepare<object>(
    connection,
    kysely.updateTable('flow_instance').set(changing).where('seq', '=', slot<number>('seq')),
  );
  const watch = prepare<Watched & { instance: number }>(
    connection,
    kysely
      .insertInto('flow_object')
      .values({
        system: slot('system'),
        entity: slot('entity'),
        external_id: slot('id'),
        fields: slot('fields'),
        instance: slot('instance'),
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
  const unwatch = prepare<Watched & { instance: number }>(
    connection,
    kysely
      .deleteFrom('flow_object')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id'))
      .where('fields', '=', slot<string>('fields'))
      .where('instance', '=', slot<number>('instance')),
  );
  const watching = prepare<Watched & { after: number; limit: number }, { instance: number }>(
    connection,
    kysely
      .selectFrom('flow_object')
      .select('instance')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id'))
      .where('fields', '=', slot<string>('fields'))
      .where('instance', '>', slot<number>('after'))
      .orderBy('instance')
      .limit(slot<number>('limit')),
  );
  const nextFields = prepare<WatchedObject & { after: string }, { fields: string | null }>(
    connection,
    kysely
      .selectFrom('flow_object')
      .select(sql<string | null>`min(fields)`.as('fields'))
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id'))
      .where('fields', '>', slot<string>('after')),
  );
  const known = (row: InstanceRow | undefined) => (row === undefined ? undefined : instanceOf(row));

  return {
    get: (seq: number): StoredInstance | undefined => known(get.get({ seq })),
    /** The last round of a flow for a subject. */
    latest: (flow: string, subject: SystemObject): StoredInstance | undefined =>
      known(latest.get({ ...subject, flow })),
    /** Instances of any flow that run for a subject. */
    runningOf: (subject: WatchedObject): number[] => runningOf.all(subject).map(({ seq }) => seq),
    /** For which fields instances look at an object, each once, in order. */
    watchedFields(object: WatchedObject): string[] {
      const found: string[] = [];
      for (let after = ''; ; after = found.at(-1) as string) {
        const fields = nextFields.get({ ...object, after })?.fields ?? null;
        if (fields === null) return found;
        found.push(fields);
      }
    },
    /** Running instances that look at these fields of an object, behind `after`. */
    watching: (object: Watched, after: number, limit: number): number[] =>
      watching.all({ ...object, after, limit }).map(({ instance }) => instance),
    /** Running instances of a flow in the order of their numbers, behind `after`. */
    running(flow: string, after: number, limit: number): number[] {
      const page = (late: 0 | 1) => running.all({ flow, after, limit, late });
      return [...page(0), ...page(1)]
        .map(({ seq }) => seq)
        .sort((left, right) => left - right)
        .slice(0, limit);
    },
    /** Ids of flows that have running instances. */
    runningFlows(): string[] {
      const flows: string[] = [];
      for (let flow = nextFlow.get({ flow: '' })?.flow; flow; flow = nextFlow.get({ flow })?.flow)
        flows.push(flow);
      return flows;
    },
    /** Instances whose time has come. */
    due: (nowMs: number, limit: number): number[] => due.all({ nowMs, limit }).map(({ seq }) => seq),
    nextDueMs: (): number | undefined => nextDue.get({})?.due ?? undefined,
    /** Keeps a new instance, or how one that is kept has become. Answers its number. */
    put(instance: FlowInstance, before: StoredInstance | undefined): number {
      const watched = JSON.stringify(instance.watched);
      const values = {
        state: instance.state,
        holding: instance.holding ? 1 : 0,
        steps: JSON.stringify(instance.steps),
        watched,
        endedAt: instance.endedAt ?? null,
        reason: instance.reason ?? null,
        dueMs: instance.dueMs ?? null,
        waitsFor: instance.waitsFor ?? null,
        late: instance.late ? 1 : 0,
        exception: instance.exception ?? null,
        delivery: instance.delivery ?? null,
      };
      if (before === undefined) {
        const { flow, subject, round, correlation, startedAt, startedBehind } = instance;
        const { system, entity, id } = subject;
        const more = { flow, system, entity, id, round, correlation, startedAt, startedBehind };
        const seq = Number(insert.run({ ...values, ...more }).lastInsertRowid);
        for (const object of instance.watched) watch.run({ ...object, instance: seq });
        return seq;
      }
      const { seq } = before;
      update.run({ ...values, seq });
      if (watched !== JSON.stringify(before.watched)) {
        for (const object of before.watched) unwatch.run({ ...object, instance: seq });
        for (const object of instance.watched) watch.run({ ...object, instance: seq });
      }
      return seq;
    },
  };
}

export function instanceOf(row: InstanceRow): StoredInstance {
  return {
    seq: row.seq,
    flow: row.flow,
    subject: { system: row.system, entity: row.entity as EntityName, id: row.external_id },
    round: row.round,
    state: row.state as FlowInstance['state'],
    holding: row.holding === 1,
    steps: JSON.parse(row.steps),
    watched: JSON.parse(row.watched),
    correlation: row.correlation,
    startedAt: row.started_at,
    startedBehind: row.started_behind,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.due_ms === null ? {} : { dueMs: row.due_ms }),
    ...(row.waits_for === null ? {} : { waitsFor: row.waits_for }),
    late: row.late === 1,
    ...(row.exception === null ? {} : { exception: row.exception }),
    ...(row.delivery === null ? {} : { delivery: row.delivery }),
  };
}
