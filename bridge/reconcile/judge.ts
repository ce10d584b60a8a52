import { deviationOf, fieldOf } from '../engine/deviation.ts';
import { referenceOf, type Terrain } from '../engine/landscape.ts';
import { type Plan, planDelivery, referredObjects, translateReferences } from '../engine/plan.ts';
import type { EntityName } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { canonicalJson, fingerprint } from '../entities/state.ts';
import { subject } from '../rules/flow.ts';
import { meets } from '../rules/flow-condition.ts';
import type { FieldDifference, FindingKind } from '../store/reconciliation-finding.ts';
import type { Pair } from '../store/reconciliation-pair.ts';
import type { SystemObject } from '../store/record.ts';
import type { Direction } from './direction.ts';

/** What the rules make of an object, before its references are known as ids of the target. */
export interface Sketch {
  readonly pair: Pair;
  readonly plan: Plan;
  /** Objects of the source that it refers to. */
  readonly referred: readonly SystemObject[];
}

/** How both sides of an object stand to each other. */
export interface Judgement {
  /**
   * `same`: both agree; `nothing`: there is nothing to compare; `unread`: the other side was never read; `held`: a process has
   * it brought when its time has come, unless it is past that or stuck, which `settleHeld` looks up. All else is a difference.
   */
  readonly kind: FindingKind | 'same' | 'nothing' | 'unread' | 'held';
  /** What should be there, by the rules, with all that is known here; absent: nothing. */
  readonly due?: State;
  /** What is there, and counts. */
  readonly there?: State;
  /** True when that was not read: it is what the bridge has written. */
  readonly assumed?: true;
  /** Fingerprint of what the rules bring. */
  readonly wanted?: string;
  readonly fields: Readonly<Record<string, FieldDifference>>;
  readonly cause?: string;
  /** Who decides about it: the rules say that it stays, or that a person does. */
  readonly left?: 'kept' | 'raised';
}

export type IdIn = (entity: EntityName, id: string) => string | undefined;

const nothing: Judgement = { kind: 'nothing', fields: {} };

/** Works out what the rules bring of an object. Pure. */
export function sketch({ source, target, entity }: Direction, pair: Pair, terrain: Terrain): Sketch {
  const { record, otherId } = pair;
  // Nothing of it leaves, so it needs no id, no lane and no cause of its own.
  const delivery = {
    id: '',
    target,
    source,
    entity,
    sourceId: pair.id,
    lane: 0,
    rulesVersion: '',
    correlation: '',
  };
  const plan: Plan =
    record === undefined
      ? { kind: 'nothing', reason: 'it was never read' }
      : planDelivery(
          delivery,
          { record, targetId: otherId, writtenFingerprint: pair.written, earlier: [] },
          terrain,
        );
  const referred = plan.kind === 'write' ? referredObjects(delivery, plan.fields, plan.references) : [];
  return { pair, plan, referred };
}

/**
 * Compares what the rules bring with what is on the other side. Pure.
 *
 * @param idIn the id in the target of each object that is referred to; `undefined` where it has none
 */
export function judge(direction: Direction, { pair, plan }: Sketch, terrain: Terrain, idIn: IdIn): Judgement {
  const { record, other, otherId } = pair;
  if (record === undefined) return otherId === undefined ? nothing : { kind: 'unread', fields: {} };
  if (plan.kind !== 'nothing' && plan.shadow) return nothing;
  const present = other !== undefined && !other.gone ? other.state : undefined;
  switch (plan.kind) {
    case 'nothing':
      // It stays there by the rules. Where totals are made it counts there, so it has to be told.
      return otherId === undefined || present === undefined
        ? nothing
        : { kind: withdrawn(record.gone), there: present, fields: {}, left: 'kept', cause: keptCause };
    case 'remove':
      return other?.gone === true
        ? nothing
        : { kind: withdrawn(record.gone), fields: {}, ...(present === undefined ? {} : { there: present }) };
    case 'raise':
      return raised(plan, record.gone, otherId, present);
    case 'write':
      return judgeWrite(direction, pair, plan, terrain, idIn);
  }
}

const withdrawn = (gone: boolean): FindingKind => (gone ? 'missing-here' : 'unwanted');

const keptCause = 'It is not to be brought, and the rules leave it there.';

function raised(
  plan: Extract<Plan, { kind: 'raise' }>,
  gone: boolean,
  otherId: string | undefined,
  present: State | undefined,
): Judgement {
  const there = present === undefined ? {} : { there: present };
  const { cause } = plan;
  if (plan.error === 'conflict')
    return present === undefined
      ? nothing
      : { kind: withdrawn(gone), fields: {}, cause, left: 'raised', ...there };
  const kind = otherId === undefined ? 'missing-there' : 'different';
  return { kind, fields: {}, cause, left: 'raised', ...there };
}

function judgeWrite(
  { source, entity, asked, today }: Direction,
  { record, other, otherId, written }: Pair,
  plan: Extract<Plan, { kind: 'write' }>,
  terrain: Terrain,
  idIn: IdIn,
): Judgement {
  const state = record?.state ?? {};
  const due = { ...state, ...plan.fields };
  const always = plan.rules.some((rule) => rule.create === 'always');
  const states = new Map([[subject, state]]);
  const isAsked = () => asked.some(({ condition }) => meets(condition, states, subject, today));
  if (otherId === undefined) {
    if (always) return { kind: 'missing-there', due, fields: {} };
    return plan.mayCreate && isAsked() ? { kind: 'held', due, fields: {} } : nothing;
  }
  const wanted = translateReferences(
    plan.fields,
    plan.references,
    (of, id) => idIn(of as EntityName, id) ?? referenceOf(source, of as EntityName, id),
  );
  if (other === undefined) {
    if (Object.keys(wanted).length === 0) return { kind: 'same', fields: {} };
    if (written === undefined) return { kind: 'unread', fields: {} };
    if (written === fingerprint(canonicalJson(wanted)))
      return { kind: 'same', due, there: due, assumed: true, fields: {} };
    return { kind: 'different', due, there: due, assumed: true, fields: {}, cause: unwrittenCause };
  }
  // What people deleted there, and nobody needs there, is left as they want it.
  if (other.gone)
    return always || isAsked() ? { kind: 'missing-there', due, fields: {}, wanted: markOf(wanted) } : nothing;
  const fields: Record<string, FieldDifference> = {};
  let differs = false;
  for (const field in wanted) {
    const ours = wanted[field] as State[string];
    const theirs = other.state[field];
    if (ours === theirs || theirs === undefined) continue;
    const deviation = deviationOf(fieldOf(terrain.rules, entity, field), ours, theirs);
    if (deviation === undefined) continue;
    fields[field] = { ours, theirs };
    differs = true;
  }
  return differs
    ? { kind: 'different', due, there: other.state, fields, wanted: markOf(wanted) }
    : { kind: 'same', due, there: other.state, fields };
}

const markOf = (wanted: State): string => fingerprint(canonicalJson(wanted));

const unwrittenCause = 'What was written there last is not what the rules bring now.';

/** True for what has to be looked at once more before it is told. */
export const isDifference = ({ kind }: Judgement): boolean => !agreeing.has(kind);

const agreeing: ReadonlySet<Judgement['kind']> = new Set(['same', 'nothing', 'unread', 'held']);
