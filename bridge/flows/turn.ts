import type { EntityName } from '../entities/catalogue.ts';
import type { KeptChange } from '../store/flow-change.ts';
import type { FlowDesk } from '../store/flow-desk.ts';
import type { WatchedObject } from '../store/flow-instance.ts';
import type { SystemObject } from '../store/record.ts';
import { referredIds } from '../store/relation.ts';
import { endFor, lookAtSubject, lookOnceMore } from './begin.ts';
import type { FlowContext } from './context.ts';
import { concerns } from './fields.ts';
import { type Consequence, goOn, noConsequence } from './keep.ts';
import { beginWhereKnown, membersOf } from './linked.ts';

/** Instances that are looked at in one transaction: so few that nobody who writes meanwhile waits long. */
const instancesPerTurn = 200;
const changesPerTurn = 200;

/** An object whose instances have to be looked at, those behind `after`. */
export interface Wake {
  readonly object: WatchedObject;
  /** The fields that changed; absent: all may have. */
  readonly changed?: ReadonlySet<string>;
  /** Of those who look at the same fields, from these fields on. */
  readonly from?: string;
  readonly after: number;
  /** It has changed, so what was refused is tried again. */
  readonly fresh: boolean;
  /** Also those that run for the object. */
  readonly asSubject: boolean;
}

export interface Turn {
  readonly consequence: Consequence;
  /** What this turn did not come to. */
  readonly left: readonly Wake[];
  /** False when there was nothing to do. */
  readonly worked: boolean;
}

const keyOf = ({ system, entity, id }: WatchedObject): string => `${system} ${entity} ${id}`;

/** Takes in what changed since the last time: keeps who refers to whom, begins and ends flows, and lets them go on. */
export function takeInChanges(desk: FlowDesk, context: FlowContext): Turn {
  const consequence = noConsequence();
  const changes = desk.changes.after(Number(desk.progress.get('change') ?? 0), changesPerTurn);
  const last = changes.at(-1);
  if (last === undefined) return { consequence, left: [], worked: false };
  const wakes = new Map<string, Wake>();
  // What runs for the objects themselves is looked at first, whatever is left for later.
  const wake = (object: WatchedObject, changed: ReadonlySet<string> | undefined) => {
    const key = keyOf(object);
    const known = wakes.get(key);
    const all = known === undefined ? changed : joined(known.changed, changed);
    const fields = all === undefined ? {} : { changed: all };
    wakes.set(key, { object, ...fields, after: 0, fresh: true, asSubject: false });
  };
  for (const change of changes) {
    const { system, entity, id } = change;
    const changed = changedFields(change);
    if (context.isWatched(system, entity)) wake({ system, entity, id }, changed);
    for (const { anchor, moved } of relate(desk, context, change)) wake(anchor, moved ? undefined : changed);
  }
  for (const group of Map.groupBy(changes, keyOf).values()) {
    const [first] = group as [KeptChange, ...KeptChange[]];
    const { system, entity, id } = first;
    const correlation = (group.at(-1) as KeptChange).correlation;
    for (const flow of context.about(system, entity))
      lookAtSubject(
        desk,
        context,
        flow,
        { system, entity, id },
        { changes: group, correlation },
        consequence,
      );
  }
  const left = wakeAll(desk, context, [...wakes.values()], consequence);
  desk.progress.put('change', String(last.seq));
  if (left.length > 0) desk.progress.put('unfinished', 'yes');
  return { consequence, left, worked: true };
}

/** `undefined` where the object came or went: then all of it is news. */
function changedFields({ differences }: KeptChange): ReadonlySet<string> | undefined {
  const all = Object.entries(differences);
  const cameOrWent = all.some(([, { before, after }]) => before === undefined || after === undefined);
  return cameOrWent || all.length === 0 ? undefined : new Set(all.map(([field]) => field));
}

const joined = (left: ReadonlySet<string> | undefined, right: ReadonlySet<string> | undefined) =>
  left === undefined || right === undefined ? undefined : new Set([...left, ...right]);

interface Anchor {
  readonly anchor: WatchedObject;
  /** True when who refers to it has changed, not only what that says. */
  readonly moved: boolean;
}

/** Keeps which objects a changed one refers to. Answers those that are looked at for what refers to them. */
function relate(desk: FlowDesk, context: FlowContext, change: KeptChange): Anchor[] {
  const { system, entity, id } = change;
  const anchors: Anchor[] = [];
  for (const relation of context.relationsOf(system, entity)) {
    const { field } = relation;
    const difference = change.differences[field];
    const record = desk.record({ system, entity, id });
    // The record may be ahead of this change; what it says now is what holds.
    const now = record === undefined || record.gone ? [] : referredIds(record.state[field]);
    const past = [...referredIds(difference?.before), ...referredIds(difference?.after)];
    const moved = difference !== undefined || record === undefined || record.gone;
    const anchor = (value: string) =>
      anchors.push({ anchor: { system, entity: `${entity}.${field}`, id: value }, moved });
    for (const value of past)
      if (!now.includes(value)) {
        desk.relations.remove(relation, value, id);
        anchor(value);
      }
    for (const value of now) {
      if (difference !== undefined) desk.relations.add(relation, value, id);
      anchor(value);
    }
  }
  return anchors;
}

/**
 * Looks at the instances of what was woken.
 *
 * @param settled objects that may be linked to others since
 */
export function wakeUp(
  desk: FlowDesk,
  context: FlowContext,
  wakes: readonly Wake[],
  settled: readonly SystemObject[] = [],
): Turn {
  const consequence = noConsequence();
  const left = wakeAll(desk, context, wakes, consequence);
  for (const object of settled) beginWhereKnown(desk, context, object, consequence);
  return { consequence, left, worked: wakes.length > 0 };
}

function wakeAll(
  desk: FlowDesk,
  context: FlowContext,
  wakes: readonly Wake[],
  consequence: Consequence,
): Wake[] {
  const fresh = new Map<number, boolean>();
  const left: Wake[] = [];
  for (const wake of wakes) {
    const room = instancesPerTurn - fresh.size;
    if (room <= 0) {
      left.push(wake);
      continue;
    }
    const { object, changed, from, after } = wake;
    const add = (seq: number) => fresh.set(seq, wake.fresh || fresh.get(seq) === true);
    if (wake.asSubject && from === undefined) for (const seq of desk.instances.runningOf(object)) add(seq);
    for (const fields of desk.instances.watchedFields(object)) {
      if ((from !== undefined && fields < from) || !concerns(fields, changed)) continue;
      const limit = Math.max(instancesPerTurn - fresh.size, 1);
      const found = desk.instances.watching({ ...object, fields }, fields === from ? after : 0, limit);
      for (const seq of found) add(seq);
      if (found.length < limit) continue;
      left.push({ ...wake, from: fields, after: found.at(-1) as number });
      break;
    }
  }
  for (const [seq, isFresh] of fresh) look(desk, context, seq, isFresh, consequence);
  return left;
}

function look(
  desk: FlowDesk,
  context: FlowContext,
  seq: number,
  fresh: boolean,
  consequence: Consequence,
): void {
  const instance = desk.instances.get(seq);
  if (instance === undefined) return;
  const flow = context.flows.get(instance.flow);
  if (instance.state !== 'running') {
    if (instance.dueMs !== undefined) lookOnceMore(desk, context, flow, instance, consequence);
  } else if (flow === undefined) endFor(desk, instance, notInRules);
  else goOn(desk, context, flow, instance, instance, fresh, consequence);
}

const notInRules = 'The flow is not in the rules any more.';

/** Everything that is watched where an object was settled: itself, its counterparts, and what they refer to. */
export function watchedBy(desk: FlowDesk, context: FlowContext, object: SystemObject): WatchedObject[] {
  return membersOf(desk, context, object).flatMap((one): WatchedObject[] => {
    const { system, entity } = one;
    const state = desk.record(one)?.state;
    const anchors = context
      .relationsOf(system, entity)
      .flatMap(({ field }) =>
        referredIds(state?.[field]).map((id) => ({ system, entity: `${entity}.${field}`, id })),
      );
    return [one, ...anchors];
  });
}

/** The subject that a call was made for; nothing where that is over, and then nobody waits for what it came to. */
export function calledFor(desk: FlowDesk, call: string): WatchedObject[] {
  const seq = desk.calls.instanceOf(call);
  const instance = seq === undefined ? undefined : desk.instances.get(seq);
  if (instance === undefined) return [];
  if (instance.state === 'running') return [instance.subject];
  desk.letGo(instance.seq);
  return [];
}

/** Looks at instances whose time has come. */
export function lookAtDue(desk: FlowDesk, context: FlowContext): Turn {
  const consequence = noConsequence();
  const due = desk.instances.due(desk.nowMs, instancesPerTurn);
  for (const seq of due) look(desk, context, seq, false, consequence);
  return { consequence, left: [], worked: due.length > 0 };
}

/**
 * Looks at running instances of a flow behind `after`, whatever happened. Answers the last; `undefined` at the end.
 *
 * @param fresh what was refused is tried again
 */
export function lookAtRunning(
  desk: FlowDesk,
  context: FlowContext,
  flow: string,
  after: number,
  fresh: boolean,
) {
  const consequence = noConsequence();
  const seqs = desk.instances.running(flow, after, instancesPerTurn);
  for (const seq of seqs) look(desk, context, seq, fresh, consequence);
  return { consequence, last: seqs.length < instancesPerTurn ? undefined : seqs.at(-1) };
}

/** Looks at records that a flow may be about, behind `after`. Answers the last; `undefined` at the end. */
export function lookAtRecords(desk: FlowDesk, context: FlowContext, id: string, after: string) {
  const consequence = noConsequence();
  const flow = context.flows.get(id);
  const system = flow === undefined ? undefined : context.landscape.systemIn(flow.from);
  if (flow === undefined || system === undefined) return { consequence, last: undefined };
  const { entity } = flow;
  const ids = desk.relations.recordsAfter({ system, entity }, after, instancesPerTurn);
  const occasion = { changes: [], correlation: `flow:${flow.id}` };
  for (const one of ids)
    lookAtSubject(desk, context, flow, { system, entity, id: one }, occasion, consequence);
  return { consequence, last: ids.length < instancesPerTurn ? undefined : ids.at(-1) };
}

/** Keeps who refers to whom of records of one kind, behind `after`. Answers the last; `undefined` at the end. */
export function relateRecords(
  desk: FlowDesk,
  context: FlowContext,
  kind: { readonly system: string; readonly entity: EntityName },
  after: string,
): string | undefined {
  const ids = desk.relations.recordsAfter(kind, after, recordsPerTurn);
  for (const id of ids) {
    const record = desk.record({ ...kind, id });
    if (record === undefined || record.gone) continue;
    for (const relation of context.relationsOf(kind.system, kind.entity))
      for (const value of referredIds(record.state[relation.field])) desk.relations.add(relation, value, id);
  }
  return ids.length < recordsPerTurn ? undefined : ids.at(-1);
}

const recordsPerTurn = 500;
