import type { Terrain } from '../engine/landscape.ts';
import { isInShadow } from '../engine/plan.ts';
import { type Flow, type FlowStep, subject as subjectName } from '../rules/flow.ts';
import { meets } from '../rules/flow-condition.ts';
import type { NewException } from '../store/exception.ts';
import type { FlowInstance, StepProgress } from '../store/flow-instance.ts';
import type { SystemObject } from '../store/record.ts';
import { type CallWorld, chosenCall, isDone, judgeCall } from './call-step.ts';
import { judge, readsToday, type Verdict } from './condition.ts';
import { type DeliverWorld, judgeDelivery } from './deliver-step.ts';
import { type Absence, createFinder, type Finder, type FindWorld, type Found, named } from './find.ts';
import { type Outcome, type Request, worst } from './outcome.ts';
import { readsOf } from './reads.ts';
import { deadlineOf, exceptionOf, personOf } from './stuck.ts';
import { subjectState } from './subject.ts';

/** Everything that is known, as an instance sees it. */
export type World = FindWorld & DeliverWorld & Pick<CallWorld, 'callsOf' | 'madeBefore'>;

/** An instance before it is looked at. */
export type Standing = Omit<FlowInstance, 'exception'>;

export interface Circumstances {
  readonly terrain: Terrain;
  readonly nowMs: number;
  /** Something that it looks at has changed: what was refused is tried again. */
  readonly fresh: boolean;
}

/** What looking at an instance came to. */
export interface Advance {
  readonly instance: Standing;
  /** What needs a person for it to go on. */
  readonly stuck: NewException | 'as before' | undefined;
  readonly requests: readonly Request[];
}

/** An object that was never read is asked for after this, and given up after twice as long. */
const readAfterMs = 60_000;
const dayMs = 24 * 60 * 60_000;

/** Goes as far as an instance can go, by what is known now. Pure: it only looks at its arguments. */
export function advance(
  flow: Flow,
  instance: Standing,
  world: World,
  { terrain, nowMs, fresh }: Circumstances,
): Advance {
  const at = new Date(nowMs).toISOString();
  const today = at.slice(0, 10);
  const { subject } = instance;
  const finder = createFinder(flow, subject, asSeenBy(flow, subject, world), terrain);
  const optional = new Set(flow.objects.flatMap(({ name, optional }) => (optional === true ? [name] : [])));
  const requests: Request[] = [];
  const known = new Map(instance.steps.map((step) => [step.id, step]));
  const [found] = finder.all(subjectName);
  // What did not hold in between is over, whatever holds now.
  const stands =
    instance.holding &&
    found?.state !== undefined &&
    meets(flow.condition, finder.states([subjectName]), subjectName, today);

  const calls: CallWorld = {
    idIn: world.idIn,
    record: world.record,
    callsOf: world.callsOf,
    madeBefore: world.madeBefore,
    isInShadow: (name) => isInShadow(terrain, name),
  };

  function look(step: FlowStep, since: string, asked: Record<string, string>): Outcome {
    if (step.kind === 'require' || step.kind === 'await') {
      const verdict = judge(finder, optional, step, today);
      if (verdict.kind === 'holds') return { kind: 'done' };
      const { at, text } = verdict;
      if (verdict.kind === 'unread') return unread(at, text, since, step.kind === 'require');
      const stuck = step.kind === 'require' && step.within === undefined;
      return { kind: stuck ? 'stuck' : 'waiting', at, text };
    }
    if (step.kind === 'deliver')
      return worst(
        finder.all(step.on).map((one): Outcome => {
          // What is gone may have to be taken out where it was brought to.
          const object = one.absent?.kind === 'gone' ? one.absent.at : one.object;
          return object === undefined ? missing(one, since) : deliver(step, object, asked);
        }),
      );
    if (finder.several(step.on)) return worst(finder.all(step.on).map((one) => call(step, one, [], since)));
    const { found, done, instead } = chosenCall(step, finder.all(step.on)[0], calls);
    return done || found === undefined ? { kind: 'done' } : call(step, found, instead, since);
  }

  function missing({ absent }: Found, since: string): Outcome {
    const { kind, at, text } = absent as Absence;
    return kind === 'unread' ? unread(at, text, since, true) : { kind: 'stuck', at, text };
  }

  function call(
    step: Extract<FlowStep, { kind: 'call' }>,
    one: Found,
    instead: readonly string[],
    since: string,
  ) {
    if (one.object === undefined) return missing(one, since);
    const circumstances = { flow, subject, round: instance.round, finder, nowMs, today, fresh };
    const { outcome, request } = judgeCall(step, one, instead, circumstances, calls);
    if (request !== undefined) requests.push(request);
    return outcome;
  }

  function deliver(
    { to, on }: Extract<FlowStep, { kind: 'deliver' }>,
    object: SystemObject,
    asked: Record<string, string>,
  ): Outcome {
    const target = terrain.systemIn(to);
    if (target === undefined)
      return { kind: 'stuck', at: object, text: `No system has the role ${to} any more.` };
    const circumstances = { fresh, wasThere: flow.knownIn === to, oneOfSeveral: finder.several(on) };
    const judged = judgeDelivery(object, target, asked[object.id], circumstances, world, terrain, nowMs);
    if (judged !== 'ask') return judged;
    asked[object.id] = world.record(object)?.readAt ?? '';
    requests.push({ kind: 'bring', object, target });
    return { kind: 'waiting', at: object, text: `${named(object)} is on its way to ${target}.` };
  }

  /** It is most likely being read at this moment. */
  function unread(
    at: SystemObject,
    text: string,
    since: string,
    needed: boolean,
  ): Exclude<Outcome, { kind: 'done' }> {
    const askMs = Date.parse(since) + readAfterMs;
    const giveUpMs = askMs + readAfterMs;
    if (nowMs >= askMs) requests.push({ kind: 'read', object: at });
    if (nowMs >= giveUpMs) return { kind: needed ? 'stuck' : 'waiting', at, text };
    return { kind: 'waiting', at, text, lookMs: nowMs >= askMs ? giveUpMs : askMs };
  }

  const progress: StepProgress[] = [];
  const running = (
    step: FlowStep,
    mine: StepProgress,
    outcome: Exclude<Outcome, { kind: 'done' }>,
  ): Advance => {
    const deadline = deadlineOf(step, mine.since, finder);
    const late = deadline !== undefined && nowMs >= deadline;
    // What is tried again needs its person until it has worked.
    const triedAgain =
      !late &&
      (step.kind === 'deliver' || step.kind === 'call') &&
      mine.state === 'stuck' &&
      outcome.kind === 'waiting';
    const stuck = late || triedAgain || outcome.kind === 'stuck';
    const next: StepProgress = {
      ...mine,
      state: stuck ? 'stuck' : 'waiting',
      ...(stuck ? { stuckSince: mine.state === 'stuck' ? (mine.stuckSince ?? at) : at } : {}),
    };
    const lateText = late && outcome.kind !== 'stuck' ? `It is late. ${outcome.text}` : outcome.text;
    const text = triedAgain ? (instance.waitsFor ?? lateText) : lateText;
    const delivery = triedAgain ? instance.delivery : outcome.delivery;
    const midnight = nextMidnight(nowMs);
    const dates = [flow.condition, step.only, 'condition' in step ? step.condition : undefined].some(
      readsToday,
    );
    const dueMs = Math.min(
      late ? Number.POSITIVE_INFINITY : (deadline ?? Number.POSITIVE_INFINITY),
      outcome.lookMs ?? Number.POSITIVE_INFINITY,
      dates ? midnight : Number.POSITIVE_INFINITY,
    );
    // Steps that come later keep what was known of them, should the rules put them in another order again.
    const later = instance.steps.filter(({ id }) => id !== step.id && !progress.some((one) => one.id === id));
    const { delivery: _past, dueMs: _due, ...rest } = instance;
    return {
      instance: {
        ...rest,
        holding: stands,
        steps: [...progress, next, ...later.filter(({ state }) => state === 'done' || state === 'skipped')],
        watched: finder.watched(readsOf(flow, step)),
        waitsFor: text,
        late: late && outcome.kind !== 'stuck',
        ...(Number.isFinite(dueMs) ? { dueMs } : {}),
        ...(stuck && delivery !== undefined ? { delivery } : {}),
      },
      stuck: triedAgain
        ? 'as before'
        : stuck
          ? exceptionOf(flow, step, outcome.at, text, personOf(step, finder))
          : undefined,
      requests,
    };
  };
  const finished = (state: 'done' | 'ended', reason?: string): Advance => {
    const { delivery: _delivery, dueMs: _due, waitsFor: _waits, ...rest } = instance;
    return {
      instance: {
        ...rest,
        state,
        holding: stands,
        steps: state === 'done' ? progress : mergedSteps(progress, instance.steps),
        watched: [],
        late: false,
        endedAt: at,
        ...(reason === undefined ? {} : { reason }),
      },
      stuck: undefined,
      requests: [],
    };
  };

  for (const step of flow.steps) {
    const past = known.get(step.id);
    if (past !== undefined && (past.state === 'done' || past.state === 'skipped')) {
      progress.push(past);
      continue;
    }
    finder.forget();
    const mine: StepProgress = past ?? { id: step.id, state: 'waiting', since: at };
    const settle = (state: 'done' | 'skipped') => {
      const { asked: _asked, ...rest } = mine;
      progress.push({ ...rest, state, at });
    };
    const only = isCalled(step, world) ? undefined : judgeOnly(step, finder, optional, today);
    if (only?.kind === 'fails') {
      settle('skipped');
      continue;
    }
    if (!stands) {
      const called = past === undefined ? undefined : lastWord(step, world);
      if (called === 'done') {
        settle('done');
        continue;
      }
      if (called === 'under way')
        return running(step, mine, {
          kind: 'waiting',
          at: subject,
          text: 'It is being done at this moment.',
        });
      return finished('ended', endReason(found?.absent?.text, flow));
    }
    if (only?.kind === 'unread') return running(step, mine, unread(only.at, only.text, mine.since, true));
    const asked: Record<string, string> = { ...mine.asked };
    const outcome = look(step, mine.since, asked);
    if (outcome.kind !== 'done')
      return running(step, Object.keys(asked).length === 0 ? mine : { ...mine, asked }, outcome);
    settle('done');
  }
  return finished('done');
}

/** Where the flow also runs for a subject that is gone, its steps look at it as it was. */
const asSeenBy = (flow: Flow, subject: SystemObject, world: World): FindWorld => ({
  ...world,
  record(object) {
    const record = world.record(object);
    const isSubject =
      object.id === subject.id && object.entity === subject.entity && object.system === subject.system;
    if (record?.gone !== true || !isSubject) return record;
    const state = subjectState(flow, record);
    return state === undefined ? record : { ...record, gone: false, state };
  },
});

/** What a step that asked for something came to, although the condition of its flow ended meanwhile. */
function lastWord(step: FlowStep, world: World): 'done' | 'under way' | undefined {
  const stands = step.kind === 'call' ? world.callsOf(step.id) : [];
  // One whose answer was lost may have been what ended the condition.
  if (stands.some(({ state, uncertain }) => state === 'leased' || (state === 'pending' && uncertain)))
    return 'under way';
  return stands.length > 0 && stands.every(isDone) ? 'done' : undefined;
}

const isCalled = (step: FlowStep, world: World): boolean =>
  step.kind === 'call' && world.callsOf(step.id).length > 0;

/** Whether a step is left out: it is where its own condition fails. `undefined` where it has none. */
function judgeOnly(
  { only }: FlowStep,
  finder: Finder,
  optional: ReadonlySet<string>,
  today: string,
): Verdict | undefined {
  if (only === undefined) return undefined;
  return judge(finder, optional, { condition: only, quantity: 'all', on: subjectName }, today);
}

const endReason = (absence: string | undefined, flow: Flow): string =>
  absence ?? `The condition of the flow ${flow.id} does not hold any more.`;

/** Steps that came to an end stay so; of the others it is known how far they were. */
function mergedSteps(progress: readonly StepProgress[], before: readonly StepProgress[]): StepProgress[] {
  const ids = new Set(progress.map(({ id }) => id));
  return [...progress, ...before.filter(({ id }) => !ids.has(id))];
}

const nextMidnight = (nowMs: number): number => (Math.floor(nowMs / dayMs) + 1) * dayMs;
