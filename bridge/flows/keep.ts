import { newId } from '../entities/id.ts';
import type { Flow, FlowStep } from '../rules/flow.ts';
import { isDatabaseFailure } from '../store/database.ts';
import type { FlowDesk } from '../store/flow-desk.ts';
import type { StoredInstance } from '../store/flow-instance.ts';
import { type Advance, advance, type Standing, type World } from './advance.ts';
import { actionsOf, type FlowContext } from './context.ts';
import type { Request } from './outcome.ts';
import { reading } from './reading.ts';
import { readOnceMore } from './repeat.ts';
import { exceptionOf } from './stuck.ts';

/** What a turn leads to outside of the store. */
export interface Consequence {
  /** Deliveries can go there. */
  readonly targets: Set<string>;
  /** Objects have to be read there. */
  readonly systems: Set<string>;
  /** Bugs that instances met. */
  readonly failures: unknown[];
  /** How many instances were looked at. */
  looked: number;
}

export const noConsequence = (): Consequence => ({
  targets: new Set(),
  systems: new Set(),
  failures: [],
  looked: 0,
});

/** Lets an instance go on and keeps what it came to. `before` is absent for a new one. */
export function goOn(
  desk: FlowDesk,
  context: FlowContext,
  flow: Flow,
  standing: Standing,
  before: StoredInstance | undefined,
  fresh: boolean,
  consequence: Consequence,
): void {
  const world: World = {
    record: desk.record,
    idIn: desk.idIn,
    relations: desk.relations,
    deliveries: desk.deliveries,
    madeBefore: (step) => (flow.repeats === true ? desk.calls.madeBefore(standing, step) : undefined),
    callsOf: (step) => (before === undefined ? [] : desk.calls.stands(before.seq, step)),
  };
  let result: Advance;
  try {
    result = advance(flow, standing, world, { terrain: context.landscape, nowMs: desk.nowMs, fresh });
  } catch (error) {
    // A bug that one of them meets must not hold up the others.
    if (isDatabaseFailure(error)) throw error;
    consequence.failures.push(error);
    result = failed(flow, standing, error, desk.nowMs);
  }
  if (flow.repeats === true && result.instance.state === 'done' && result.instance.holding) {
    const dueMs = readOnceMore(desk, result.instance, consequence);
    if (dueMs !== undefined) result = { ...result, instance: { ...result.instance, dueMs } };
  }
  consequence.looked++;
  const seq =
    before !== undefined && isSame(result, before)
      ? before.seq
      : desk.put(result.instance, before, result.stuck);
  for (const request of result.requests) fulfil(desk, context, request, seq, result.instance, consequence);
}

const afterBugMs = 60 * 60_000;

/** It is looked at again later; meanwhile a person knows of it. */
function failed(flow: Flow, standing: Standing, error: unknown, nowMs: number): Advance {
  const text = `The bridge failed at this: ${error}`;
  const ended = new Set(
    standing.steps.flatMap(({ id, state }) => (state === 'done' || state === 'skipped' ? [id] : [])),
  );
  const step = flow.steps.find(({ id }) => !ended.has(id)) as FlowStep;
  const past = standing.steps.find(({ id }) => id === step.id);
  const at = new Date(nowMs).toISOString();
  const mine = { id: step.id, since: past?.since ?? at, state: 'stuck' as const, stuckSince: at };
  return {
    instance: {
      ...standing,
      steps: [...standing.steps.filter(({ id }) => id !== step.id), mine],
      waitsFor: text,
      dueMs: nowMs + afterBugMs,
    },
    stuck: exceptionOf(flow, step, standing.subject, text, undefined),
    requests: [],
  };
}

/** Most looks change nothing, and then nothing has to be written. */
function isSame({ instance, stuck }: Advance, before: StoredInstance): boolean {
  if (stuck !== undefined || before.exception !== undefined) return false;
  return (
    instance.state === before.state &&
    instance.holding === before.holding &&
    instance.dueMs === before.dueMs &&
    instance.waitsFor === before.waitsFor &&
    instance.late === before.late &&
    instance.delivery === before.delivery &&
    JSON.stringify(instance.steps) === JSON.stringify(before.steps) &&
    JSON.stringify(instance.watched) === JSON.stringify(before.watched)
  );
}

function fulfil(
  desk: FlowDesk,
  context: FlowContext,
  request: Request,
  instance: number,
  { correlation }: Standing,
  { targets, systems }: Consequence,
): void {
  const { object } = request;
  const { landscape } = context;
  if (request.kind === 'read') {
    const { system, entity, id } = object;
    // It is asked for once: what a system does not tell of then is not there.
    const event = reading(`flow-read:${system}:${entity}:${id}`, object, correlation, desk.at);
    if (desk.read(event)) systems.add(system);
  } else if (request.kind === 'bring') {
    const delivery = context.bring(object, request.target, correlation);
    if (delivery === undefined) return;
    desk.enqueue(delivery);
    targets.add(request.target);
  } else {
    const { again, instead, step, action, reference, input, dueMs } = request;
    const target = actionsOf(object.system);
    desk.ask({
      id: again ?? newId(),
      instance,
      step,
      object,
      action,
      reference,
      input,
      instead,
      delivery: {
        id: newId(),
        target,
        lane: context.laneOf(object.system, action),
        dueMs,
        rulesVersion: landscape.rules.version,
        correlation,
      },
    });
    targets.add(target);
  }
}
