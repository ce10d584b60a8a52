import { entityOf } from '../entities/catalogue.ts';
import type { State, Value } from '../entities/field.ts';
import type { Flow, FlowStep } from '../rules/flow.ts';
import { inputOf } from '../rules/flow-condition.ts';
import { MappingError } from '../rules/mapping.ts';
import { dueAt, nextRun } from '../rules/timing.ts';
import type { CallStand } from '../store/flow-call.ts';
import type { StoredRecord, SystemObject } from '../store/record.ts';
import { type Finder, type Found, flowObject, named } from './find.ts';
import { askAgainMs, type Outcome, type Request } from './outcome.ts';

type CallStep = Extract<FlowStep, { kind: 'call' }>;

export interface CallWorld {
  idIn(object: SystemObject, system: string): string | undefined;
  record(object: SystemObject): StoredRecord | undefined;
  /** The calls that a step asked for, as they stand. */
  callsOf(step: string): readonly CallStand[];
  /** When an earlier round of a flow that repeats last did something at a step: milliseconds since 1970. */
  madeBefore(step: string): number | undefined;
  isInShadow(system: string): boolean;
}

export interface CallCircumstances {
  readonly flow: Flow;
  readonly subject: SystemObject;
  readonly round: number;
  readonly finder: Finder;
  readonly nowMs: number;
  readonly today: string;
  /** Something that the step looks at has changed. */
  readonly fresh: boolean;
}

/** True when it has been done, however long ago. */
export const isDone = ({ state }: CallStand): boolean =>
  state === 'done' || state === 'gone' || state === 'superseded';

/** Where a step does something with one object: with which one it stands or falls. */
export function chosenCall(
  step: CallStep,
  found: Found | undefined,
  world: CallWorld,
): { readonly found: Found | undefined; readonly done: boolean; readonly instead: readonly string[] } {
  const others = world.callsOf(step.id).filter(({ object }) => object.id !== found?.object?.id);
  const none = { done: false, instead: [] };
  if (others.length === 0) return { found, ...none };
  if (others.some(isDone)) return { found, done: true, instead: [] };
  const inDoubt = others.find(({ state, uncertain }) => state === 'leased' || uncertain);
  if (inDoubt === undefined) return { found, done: false, instead: others.map(({ id }) => id) };
  // It may have been done with the object that it was before, so that has to be found out first.
  const { object } = inDoubt;
  const record = world.record(object);
  return { found: { object, state: record?.state ?? {}, readAt: record?.readAt ?? '' }, ...none };
}

/** How doing something with an object stands; asks for it where that is due. */
export function judgeCall(
  step: CallStep,
  { object, state }: Extract<Found, { object: SystemObject }>,
  instead: readonly string[],
  circumstances: CallCircumstances,
  world: CallWorld,
): { readonly outcome: Outcome; readonly request?: Request } {
  const { nowMs, fresh } = circumstances;
  const stand = world.callsOf(step.id).find((one) => one.object.id === object.id);
  if (stand !== undefined && isDone(stand)) return { outcome: { kind: 'done' } };
  const text = `${step.action} of ${named(object)} is on its way.`;
  const waiting: Outcome = { kind: 'waiting', at: object, text: stand?.cause ?? text };
  if (stand?.state === 'shadowed') {
    if (world.isInShadow(object.system))
      return {
        outcome: {
          ...waiting,
          text: `${step.action} of ${named(object)} is only recorded, because of shadow.`,
        },
      };
  } else if (stand?.state === 'dead') {
    const lookMs = stand.askedMs + askAgainMs;
    if (!fresh && nowMs < lookMs) {
      const cause = stand.cause ?? `${object.system} refused it.`;
      return { outcome: { kind: 'stuck', at: object, text: cause, delivery: stand.delivery, lookMs } };
    }
  } else if (stand !== undefined) return { outcome: waiting };
  let input: State;
  try {
    input = inputFor(step, object, state, circumstances, world);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    return { outcome: { kind: 'stuck', at: object, text: error.message } };
  }
  const request: Request = {
    kind: 'call',
    ...(stand === undefined ? {} : { again: stand.id }),
    instead,
    step: step.id,
    object,
    action: step.action,
    reference: referenceFor(step, object, circumstances),
    input,
    dueMs: dueAt(step.timing, Math.max(nowMs + (step.pause ?? 0), windowEnd(step, world) ?? 0)),
  };
  return { outcome: { ...waiting, text }, request };
}

/** What was done in a window is done again in the next one at the earliest: what comes in meanwhile belongs together. */
function windowEnd({ id, timing }: CallStep, world: CallWorld): number | undefined {
  const madeMs = timing.kind === 'window' ? world.madeBefore(id) : undefined;
  if (timing.kind !== 'window' || madeMs === undefined) return undefined;
  const lengthMs = timing.minutes * 60_000;
  const openedMs = nextRun(timing.cron, madeMs - lengthMs);
  return openedMs !== undefined && openedMs <= madeMs ? openedMs + lengthMs : undefined;
}

/** The name of what is done, the same at every try: what a system makes bears it, and is made once. */
function referenceFor(
  step: CallStep,
  object: SystemObject,
  { flow, subject, round }: CallCircumstances,
): string {
  const whose = `${subject.system}:${subject.entity}:${subject.id}`;
  const own =
    object.system === subject.system && object.entity === subject.entity && object.id === subject.id;
  return `flow:${flow.id}:${step.id}:${whose}:${round}${own ? '' : `:${object.id}`}`;
}

/**
 * What the action gets, with every reference as an id of the system that it is done in.
 * @throws MappingError
 */
export function inputFor(
  step: CallStep,
  { system }: SystemObject,
  own: State,
  { flow, finder, today, subject }: Pick<CallCircumstances, 'flow' | 'finder' | 'today' | 'subject'>,
  world: Pick<CallWorld, 'idIn'>,
): State {
  const names = new Set<string>();
  for (const mapping of Object.values(step.input)) {
    const reads =
      mapping.kind === 'field'
        ? [mapping.field]
        : mapping.kind === 'expression'
          ? Object.keys(mapping.expression.fields)
          : [];
    for (const read of reads) if (read.includes('.')) names.add(read.slice(0, read.indexOf('.')));
  }
  const states = finder.states(names);
  states.set(step.on, own);
  const input: Record<string, Value> = { ...inputOf(step, states, today, flow.id) };
  for (const [name, mapping] of Object.entries(step.input)) {
    const value = input[name];
    if (mapping.kind !== 'field' || mapping.table !== undefined || typeof value !== 'string') continue;
    const [object, field] = splitPath(mapping.field, step.on);
    const definition = flowObject(flow, object);
    const referred = entityOf(definition?.entity ?? flow.entity).fields[field];
    const from = finder.all(object)[0]?.object?.system ?? subject.system;
    if (referred?.kind !== 'reference' || referred.entity === undefined || from === system) continue;
    const entity = referred.entity as SystemObject['entity'];
    input[name] = world.idIn({ system: from, entity, id: value }, system) ?? null;
  }
  return input;
}

export function splitPath(path: string, own: string): readonly [name: string, field: string] {
  const dot = path.indexOf('.');
  return dot < 0 ? [own, path] : [path.slice(0, dot), path.slice(dot + 1)];
}
