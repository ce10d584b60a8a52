import type { State, Value } from '../entities/field.ts';
import { type Flow, subject as subjectName } from '../rules/flow.ts';
import { meets } from '../rules/flow-condition.ts';
import type { KeptChange } from '../store/flow-change.ts';
import type { FlowDesk } from '../store/flow-desk.ts';
import type { StoredInstance } from '../store/flow-instance.ts';
import type { SystemObject } from '../store/record.ts';
import type { Standing } from './advance.ts';
import type { FlowContext } from './context.ts';
import { type Consequence, goOn } from './keep.ts';
import { mayHaveMoreToDo, nextLook, readOnceMore } from './repeat.ts';
import { subjectState } from './subject.ts';

/** Why a flow is looked at for a subject. */
export interface Occasion {
  /** Changes of the subject that were not looked at before. */
  readonly changes: readonly KeptChange[];
  readonly correlation: string;
}

/** Begins, goes on with or ends a flow for a subject, as its record is now. */
export function lookAtSubject(
  desk: FlowDesk,
  context: FlowContext,
  flow: Flow,
  subject: SystemObject,
  occasion: Occasion,
  consequence: Consequence,
): void {
  const latest = desk.instances.latest(flow.id, subject);
  const stands = isMet(desk, flow, subject);
  const record = desk.record(subject);
  const news = latest === undefined ? [] : occasion.changes.filter(({ seq }) => seq > latest.startedBehind);
  const again =
    stands && record !== undefined && latest !== undefined
      ? (changedAgain(flow, news) ??
        (latest.holding ? brokenInBetween(flow, record.state, news, desk.at) : notHeld))
      : undefined;
  if (latest?.state === 'running' && again === undefined) {
    goOn(desk, context, flow, latest, latest, true, consequence);
    return;
  }
  if (!stands) {
    if (latest?.holding === true) desk.put({ ...withoutLook(latest), holding: false }, latest, undefined);
    return;
  }
  if (
    latest?.holding === true &&
    again === undefined &&
    !isDueAgain(desk, flow, latest, news.length > 0, consequence)
  )
    return;
  if (latest === undefined && isFromBefore(flow, record?.state, desk.beganOn)) return;
  const role = flow.knownIn;
  if (
    role !== undefined &&
    latest === undefined &&
    !isKnownIn(desk, subject, context.landscape.systemIn(role))
  )
    return;
  if (latest?.state === 'running') endFor(desk, latest, `It begins again: ${again}.`);
  else if (latest?.dueMs !== undefined) desk.put(withoutLook(latest), latest, undefined);
  begin(desk, context, flow, subject, { round: (latest?.round ?? 0) + 1, ...occasion }, consequence);
}

function begin(
  desk: FlowDesk,
  context: FlowContext,
  flow: Flow,
  subject: SystemObject,
  { round, correlation }: { readonly round: number; readonly correlation: string },
  consequence: Consequence,
): void {
  const standing: Standing = {
    flow: flow.id,
    subject,
    round,
    state: 'running',
    holding: true,
    steps: [],
    watched: [],
    correlation,
    startedAt: desk.at,
    startedBehind: desk.changes.last(),
    late: false,
  };
  goOn(desk, context, flow, standing, undefined, true, consequence);
}

/** Of a flow that repeats, true when an instance that is done is to be followed by another. */
function isDueAgain(
  desk: FlowDesk,
  flow: Flow,
  done: StoredInstance,
  changed: boolean,
  consequence: Consequence,
): boolean {
  // What was asked to be read tells more than what was read before.
  if (flow.repeats !== true || done.dueMs !== undefined) return false;
  if (changed) return true;
  // It was done before its flow said that it repeats.
  const dueMs = readOnceMore(desk, done, consequence);
  if (dueMs !== undefined) desk.put({ ...done, dueMs }, done, undefined);
  return false;
}

/** Looks at an instance that is done, for what its subject was to be read once more; a new round begins where that is due. */
export function lookOnceMore(
  desk: FlowDesk,
  context: FlowContext,
  flow: Flow | undefined,
  done: StoredInstance,
  consequence: Consequence,
): void {
  const repeats = flow?.repeats === true && done.holding;
  const dueMs = repeats ? nextLook(desk, done) : undefined;
  const rest = withoutLook(done);
  desk.put(dueMs === undefined ? rest : { ...rest, dueMs }, done, undefined);
  if (!repeats || dueMs !== undefined) return;
  if (!isMet(desk, flow, done.subject) || !mayHaveMoreToDo(desk, context, done)) return;
  const { subject, round, correlation } = done;
  begin(desk, context, flow, subject, { round: round + 1, correlation }, consequence);
}

function withoutLook({ dueMs: _due, ...instance }: StoredInstance): StoredInstance {
  return instance;
}

function isMet(desk: FlowDesk, flow: Flow, subject: SystemObject): boolean {
  const state = subjectState(flow, desk.record(subject));
  return meets(flow.condition, new Map([[subjectName, state]]), subjectName, desk.at.slice(0, 10));
}

/** What was decided before this bridge began was seen to by other means. */
function isFromBefore({ since }: Flow, state: State | undefined, beganOn: string): boolean {
  const day = since === undefined ? undefined : state?.[since];
  return typeof day === 'string' && day < beganOn;
}

const isKnownIn = (desk: FlowDesk, subject: SystemObject, system: string | undefined): boolean =>
  system !== undefined && desk.idIn(subject, system) !== undefined;

const notHeld = 'its condition did not hold in between';

/** Which fields that begin a new round have changed, for people. */
function changedAgain(flow: Flow, changes: readonly KeptChange[]): string | undefined {
  const changed = new Set<string>();
  // What only became known has not changed.
  for (const { differences } of changes)
    for (const field of flow.again ?? []) if (differences[field]?.before !== undefined) changed.add(field);
  return changed.size === 0 ? undefined : `${[...changed].join(', ')} changed`;
}

/**
 * Says, for people, that the condition did not hold at some time between changes although it does now: what it let be
 * done may have been taken back meanwhile.
 */
function brokenInBetween(
  flow: Flow,
  now: State,
  changes: readonly KeptChange[],
  at: string,
): string | undefined {
  const { when, where } = flow.condition;
  const fields = [...Object.keys(when), ...Object.keys(where?.fields ?? {})];
  let state: Record<string, Value> = { ...now };
  for (const { differences } of changes.toReversed()) {
    // The record may be ahead of these changes: what each of them says counts.
    state = withSide(state, differences, 'after');
    const touched = fields.some((field) => Object.hasOwn(differences, field));
    if (touched && !meets(flow.condition, new Map([[subjectName, state]]), subjectName, at.slice(0, 10)))
      return notHeld;
    state = withSide(state, differences, 'before');
  }
  return undefined;
}

function withSide(state: State, differences: KeptChange['differences'], side: 'before' | 'after') {
  const result: Record<string, Value> = { ...state };
  for (const [field, difference] of Object.entries(differences)) {
    const value = difference[side];
    if (value === undefined) delete result[field];
    else result[field] = value;
  }
  return result;
}

/** Ends a running instance, and with it the exception that hangs on it alone. */
export function endFor(desk: FlowDesk, instance: StoredInstance, reason: string): void {
  const {
    seq: _seq,
    exception: _exception,
    dueMs: _due,
    waitsFor: _waits,
    delivery: _delivery,
    ...rest
  } = instance;
  desk.put(
    { ...rest, state: 'ended', holding: false, watched: [], late: false, endedAt: desk.at, reason },
    instance,
    undefined,
  );
}
