import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { eventEntity, eventSource } from './business-event.ts';
import type { OpenDatabase } from './database.ts';
import type { DeliveryState } from './delivery-state.ts';
import { flowCallEnds } from './flow-call-end.ts';
import { leasesOf } from './lease.ts';
import type { SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';

/** One thing that a step asks a system to do with an object. */
export interface NewCall {
  /** The same at every try and every time it is asked again. */
  readonly id: string;
  readonly instance: number;
  readonly step: string;
  readonly object: SystemObject;
  readonly action: string;
  /** The bridge's own name for what is done, which the system keeps. */
  readonly reference: string;
  readonly input: State;
  /** Calls of the same step, with another object, that it takes the place of. */
  readonly instead: readonly string[];
  /** The delivery that does it. */
  readonly delivery: {
    readonly id: string;
    readonly target: string;
    /** Index in `lanes`. */
    readonly lane: number;
    readonly dueMs: number;
    readonly rulesVersion: string;
    readonly correlation: string;
  };
}

/** A call that was asked for, as it stands. */
export interface CallStand {
  readonly id: string;
  /** What it is done with. */
  readonly object: SystemObject;
  /** Number of its delivery. */
  readonly delivery: number;
  /** `gone`: its delivery was done so long ago that it was cleared away. */
  readonly state: DeliveryState | 'gone';
  readonly cause: string | undefined;
  /** True when an earlier try may have had its effect. */
  readonly uncertain: boolean;
  readonly askedMs: number;
}

/** A call as it has to be made. */
export interface StoredCall {
  readonly id: string;
  readonly instance: number;
  readonly step: string;
  readonly object: SystemObject;
  readonly action: string;
  readonly reference: string;
  readonly input: State;
  /** True when the step that asked for it still waits for it. */
  readonly wanted: boolean;
}

interface StandRow {
  id: string;
  system: string;
  entity: EntityName;
  external_id: string;
  delivery: number;
  state: DeliveryState | null;
  cause: string | null;
  uncertain: 0 | 1 | null;
  asked_ms: number;
}

interface CallRow {
  id: string;
  instance: number;
  system: string;
  entity: EntityName;
  external_id: string;
  action: string;
  reference: string;
  input: string;
  step: string;
  state: string;
  steps: string;
}

/** What steps ask systems to do. It leaves as deliveries of the bridge's own, one for each call. */
export function flowCallTable(database: OpenDatabase) {
  const { connection, kysely } = database;
  const leases = leasesOf(database);
  const enqueue = prepare<object>(
    connection,
    kysely.insertInto('delivery').values({
      id: slot('id'),
      target: slot('target'),
      source: sql.lit(eventSource),
      entity: slot('action'),
      source_id: slot('call'),
      state: sql.lit('pending'),
      lane: slot('lane'),
      due_ms: slot('dueMs'),
      tries: sql.lit(0),
      uncertain: slot('uncertain'),
      rules_version: slot('rulesVersion'),
      correlation: slot('correlation'),
      created_at: slot('at'),
    }),
  );
  const insert = prepare<object>(
    connection,
    kysely
      .insertInto('flow_call')
      .values({
        id: slot('call'),
        instance: slot('instance'),
        step: slot('step'),
        system: slot('system'),
        entity: slot('entity'),
        external_id: slot('externalId'),
        action: slot('action'),
        reference: slot('reference'),
        input: slot('input'),
        delivery: slot('delivery'),
        asked_ms: slot('askedMs'),
      })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((excluded) => ({
          input: excluded.ref('excluded.input'),
          delivery: excluded.ref('excluded.delivery'),
          asked_ms: excluded.ref('excluded.asked_ms'),
        })),
      ),
  );
  // The state is part of the index that each of them is found by.
  const supersedeFrom = (state: 'dead' | 'shadowed') =>
    prepare<{ call: string; action: string; target: string; at: string }, { uncertain: 0 | 1 }>(
      connection,
      kysely
        .updateTable('delivery')
        .set({ state: sql.lit('superseded'), settled_at: slot<string>('at') })
        .where('target', '=', slot<string>('target'))
        .where('source', '=', sql.lit(eventSource))
        .where('entity', '=', slot<string>('action'))
        .where('source_id', '=', slot<string>('call'))
        .where('state', '=', sql.lit(state))
        .returning('uncertain'),
    );
  const supersede = [supersedeFrom('dead'), supersedeFrom('shadowed')];
  // One in doubt may have been done, and a person has to find that out, whether anybody still waits for it or not.
  const lettingGo = (state: 'dead' | 'shadowed') =>
    kysely
      .updateTable('delivery')
      .set({ state: sql.lit('superseded'), settled_at: slot<string>('at') })
      .where('state', '=', sql.lit(state))
      .where('uncertain', '=', sql.lit(0));
  const letGoOne = (['dead', 'shadowed'] as const).map((state) =>
    prepare<{ delivery: number; at: string }>(
      connection,
      lettingGo(state).where('seq', '=', slot<number>('delivery')),
    ),
  );
  const letGoEnded = (['dead', 'shadowed'] as const).map((state) =>
    prepare<{ at: string }>(
      connection,
      lettingGo(state)
        .where('source', '=', sql.lit(eventSource))
        .where('entity', '<>', sql.lit(eventEntity))
        .where(
          sql<boolean>`not exists (select 1 from flow_call join flow_instance on flow_instance.seq = flow_call.instance
            where flow_call.id = delivery.source_id and flow_instance.state = 'running')`,
        ),
    ),
  );
  const deliveriesOf = prepare<{ instance: number }, { delivery: number }>(
    connection,
    kysely.selectFrom('flow_call').select('delivery').where('instance', '=', slot<number>('instance')),
  );
  const stands = prepare<{ instance: number; step: string }, StandRow>(
    connection,
    kysely
      .selectFrom('flow_call')
      .leftJoin('delivery', 'delivery.seq', 'flow_call.delivery')
      .select(['flow_call.id', 'flow_call.system', 'flow_call.entity', 'flow_call.external_id'])
      .select(['flow_call.delivery', 'flow_call.asked_ms'])
      .select(['delivery.state', 'delivery.cause', 'delivery.uncertain'])
      .where('flow_call.instance', '=', slot<number>('instance'))
      .where('flow_call.step', '=', slot<string>('step')),
  );
  const forget = prepare<{ call: string }>(
    connection,
    kysely.deleteFrom('flow_call').where('id', '=', slot<string>('call')),
  );
  const get = prepare<{ id: string }, CallRow>(
    connection,
    kysely
      .selectFrom('flow_call')
      .innerJoin('flow_instance', 'flow_instance.seq', 'flow_call.instance')
      .select(['flow_call.id', 'flow_call.system', 'flow_call.entity', 'flow_call.external_id', 'instance'])
      .select(['action', 'reference', 'input', 'step', 'flow_instance.state', 'flow_instance.steps'])
      .where('flow_call.id', '=', slot<string>('id')),
  );
  const setInput = prepare<{ call: string; input: string }>(
    connection,
    kysely
      .updateTable('flow_call')
      .set({ input: slot<string>('input') })
      .where('id', '=', slot<string>('call')),
  );
  const instanceOfCall = prepare<{ id: string }, { instance: number }>(
    connection,
    kysely.selectFrom('flow_call').select('instance').where('id', '=', slot<string>('id')),
  );

  return {
    /** Asks for a call; one that needed a person, or was only recorded, is asked for again. */
    ask(call: NewCall, nowMs: number, at: string): void {
      const { delivery, object, id, action } = call;
      for (const other of call.instead) {
        for (const statement of supersede)
          statement.all({ call: other, action, target: delivery.target, at });
        // One that has not left yet finds nothing to do.
        forget.run({ call: other });
      }
      const again = { call: id, action, target: delivery.target, at };
      const earlier = supersede.flatMap((statement) => statement.all(again));
      leases.makeRoom({ target: delivery.target, source: eventSource, entity: action, sourceId: id });
      const { lastInsertRowid } = enqueue.run({
        ...delivery,
        call: id,
        action,
        uncertain: earlier.some((row) => row.uncertain === 1) ? 1 : 0,
        at,
      });
      insert.run({
        call: id,
        instance: call.instance,
        step: call.step,
        system: object.system,
        entity: object.entity,
        externalId: object.id,
        action,
        reference: call.reference,
        input: JSON.stringify(call.input),
        delivery: Number(lastInsertRowid),
        askedMs: nowMs,
      });
    },
    /** The instance has ended: of its calls, those that were refused or only recorded need nobody any more. */
    letGo(instance: number, at: string): void {
      for (const { delivery } of deliveriesOf.all({ instance }))
        for (const statement of letGoOne) statement.run({ delivery, at });
    },
    /** The same for whatever instances that have ended left behind. */
    letGoEnded(at: string): void {
      for (const statement of letGoEnded) statement.run({ at });
    },
    /** The calls that a step asked for, as they stand. */
    stands: (instance: number, step: string): CallStand[] =>
      stands.all({ instance, step }).map((row) => ({
        id: row.id,
        object: { system: row.system, entity: row.entity, id: row.external_id },
        delivery: row.delivery,
        state: row.state === null ? 'gone' : leases.stateOf(row.delivery, row.state),
        cause: row.cause ?? undefined,
        uncertain: row.uncertain === 1,
        askedMs: row.asked_ms,
      })),
    /** A call by its id; `undefined` for one that was cleared away. */
    get(id: string): StoredCall | undefined {
      const row = get.get({ id });
      if (row === undefined) return undefined;
      const steps = JSON.parse(row.steps) as { id: string; state: string }[];
      const settled = steps.some(
        (step) => step.id === row.step && (step.state === 'done' || step.state === 'skipped'),
      );
      return {
        id: row.id,
        instance: row.instance,
        step: row.step,
        object: { system: row.system, entity: row.entity, id: row.external_id },
        action: row.action,
        reference: row.reference,
        input: JSON.parse(row.input),
        wanted: row.state === 'running' && !settled,
      };
    },
    /** What it gets has changed, and it was not made yet. */
    setInput(id: string, input: State): void {
      setInput.run({ call: id, input: JSON.stringify(input) });
    },
    ...flowCallEnds(database),
    instanceOf: (id: string): number | undefined => instanceOfCall.get({ id })?.instance,
  };
}
