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
    if (latest?.holding === true) desk.put({ ...latest, holding: false }, latest, undefined);
    return;
  }
  if (latest?.holding === true && again === undefined) return;
  const role = flow.knownIn;
  if (
    role !== undefined &&
    latest === undefined &&
    !isKnownIn(desk, subject, context.landscape.systemIn(role))
  )
    return;
  if (latest?.state === 'running') endFor(desk, latest, `It begins again: ${again}.`);
  const standing: Standing = {
    flow: flow.id,
    subject,
    round: (latest?.round ?? 0) + 1,
    state: 'running',
    holding: true,
    steps: [],
    watched: [],
    correlation: occasion.correlation,
    startedAt: desk.at,
    startedBehind: desk.changes.last(),
    late: false,
  };
  goOn(desk, context, flow, standing, undefined, true, consequence);
}

function isMet(desk: FlowDesk, flow: Flow, subject: SystemObject): boolean {
  const record = desk.record(subject);
  if (record === undefined || record.gone) return false;
  return meets(flow.condition, new Map([[subjectName, record.state]]), subjectName, desk.at.slice(0, 10));
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
