import type { State, Value } from '../entities/field.ts';
import { sameValue } from '../entities/state.ts';
import type { Timing } from '../rules/part.ts';
import type { ReferenceField } from '../rules/routes.ts';
import type { Rule } from '../rules/rule.ts';
import type { RecordChange, RouteContext } from '../store/apply.ts';
import type { NewDelivery } from '../store/delivery.ts';
import type { DeliveryContext } from '../store/delivery-store.ts';
import type { StoredRecord, SystemObject } from '../store/record.ts';
import type { ObjectHistory } from '../store/simulation.ts';
import type { Terrain } from './landscape.ts';
import { type Given, givenBy, type Plan, planDelivery, rulesBetween } from './plan.ts';
import { createRoute } from './route.ts';

/** `raise`: a person would be asked; `match`: a counterpart would be looked for, and nothing else. */
export type SimulatedAction = 'create' | 'update' | 'remove' | 'raise' | 'match';

/** What a delivery would come to. References in the fields still are ids of the source. */
export interface Effect {
  readonly target: string;
  readonly action: SimulatedAction;
  readonly fields: State;
  readonly references: readonly ReferenceField[];
  /** Those of the fields that only rules in shadow write. */
  readonly shadowed: ReadonlySet<string>;
  readonly lane: number;
  /** `real time`, `window 0 2 * * * of 60 minutes`. */
  readonly timing: string;
  readonly rules: readonly string[];
  /** Why a person would be asked. */
  readonly cause?: string;
}

/** A delivery that would be made; without effect when what it brings is there already. */
export interface SimulatedDelivery {
  readonly target: string;
  readonly rules: readonly string[];
  readonly effect?: Effect;
}

/** One object on its way through a period under one set of rules. */
export interface Passage {
  /** What follows from its next change. */
  step(change: RecordChange, at: string): SimulatedDelivery[];
  /** What the target has by now, as far as the rules brought it; `undefined` where it is not there or was never written. */
  written(target: string): State | undefined;
  linked(target: string): boolean;
  /** True when a step of this passage brought it to the target. */
  brought(target: string): boolean;
}

export interface PassageOptions {
  readonly terrain: Terrain;
  readonly history: ObjectHistory;
  /** State before the first change; `null` when it was not there. */
  readonly before: State | null;
  readonly neededIn: (target: string) => boolean;
  /** Whether a link that came about within the period would have under these rules. */
  readonly adopts: (target: string) => boolean;
}

interface Place {
  linked: boolean;
  brought: boolean;
  sought: boolean;
  targetId: string | undefined;
  written: State | undefined;
}

const idToCome = '(new)';

export function createPassage({ terrain, history, before, neededIn, adopts }: PassageOptions): Passage {
  const { system, entity, id } = history;
  const object: SystemObject = { system, entity, id };
  let nowMs = 0;
  const route = createRoute(terrain, () => nowMs);
  const places = new Map<string, Place>();
  const first = history.changes[0]?.at ?? '';

  function place(target: string): Place {
    let found = places.get(target);
    if (found === undefined) {
      found = { linked: false, brought: false, sought: false, targetId: undefined, written: undefined };
      places.set(target, found);
    }
    return found;
  }

  function planFor(delivery: NewDelivery, record: StoredRecord, targetId: string | undefined): Plan {
    const context: DeliveryContext = { record, targetId, writtenFingerprint: undefined, earlier: [] };
    return planDelivery(delivery, context, terrain);
  }

  const recordOf = (state: State, gone: boolean, at: string): StoredRecord => ({
    ...object,
    state,
    gone,
    fingerprint: '',
    readAt: at,
  });

  /** It is in the target since it was linked: with what the rules made of it then. */
  function settleIn(target: string, targetId: string, state: State | null): void {
    const there = place(target);
    there.linked = true;
    there.targetId = targetId;
    if (state === null) return;
    const plan = planFor(deliveryOf(object, target), recordOf(state, false, ''), targetId);
    there.written = plan.kind === 'write' ? everything(plan) : undefined;
  }

  const takesPart = (target: string) => terrain.systems.includes(system) && terrain.systems.includes(target);

  for (const link of history.links)
    if (link.linkedAt < first && takesPart(link.system)) settleIn(link.system, link.id, before);

  function effectOf(delivery: NewDelivery, change: RecordChange, at: string): SimulatedDelivery | undefined {
    const { target, lane } = delivery;
    const there = place(target);
    const targetId = there.linked ? (there.targetId ?? idToCome) : undefined;
    const state = change.after ?? change.before ?? {};
    const plan = planFor(delivery, recordOf(state, change.after === null, at), targetId);
    if (plan.kind === 'nothing') return undefined;
    const by = plan.kind === 'raise' ? rulesBetween(delivery, terrain) : bringing(plan);
    const rules = by.map((rule) => rule.id);
    const base = { target, lane, timing: timingOf(by), rules, shadowed: none, references: [] };
    if (plan.kind === 'raise')
      return { target, rules, effect: { ...base, action: 'raise', fields: {}, cause: plan.cause } };
    if (plan.kind === 'remove') {
      Object.assign(there, { linked: false, written: undefined });
      return { target, rules, effect: { ...base, action: 'remove', fields: {} } };
    }
    const fields = everything(plan);
    const references =
      plan.besides === undefined ? plan.references : [...plan.references, ...plan.besides.references];
    const shadowed = shadowedIn(plan);
    if (!there.linked && !plan.mayCreate) {
      // Whether it has a counterpart only shows where it was found.
      const link = history.links.find((known) => known.system === target);
      if (link === undefined) {
        if (there.sought) return { target, rules };
        there.sought = true;
        return { target, rules, effect: { ...base, action: 'match', fields: {} } };
      }
      Object.assign(there, { linked: true, targetId: link.id });
    }
    if (there.linked && there.written !== undefined && sameState(there.written, fields))
      return { target, rules };
    const action = there.linked ? 'update' : 'create';
    Object.assign(there, { linked: true, written: fields, brought: there.brought || action === 'create' });
    const effect: Effect = { ...base, action, fields, references, shadowed };
    return {
      target,
      rules,
      effect: plan.initial === undefined ? effect : withInitial(effect, plan.initial, plan),
    };
  }

  return {
    step(change, at) {
      if (!terrain.systems.includes(system)) return [];
      nowMs = Date.parse(at);
      for (const link of history.links) {
        if (!takesPart(link.system) || link.linkedAt < first || link.linkedAt >= at) continue;
        if (!place(link.system).linked && adopts(link.system)) settleIn(link.system, link.id, change.before);
      }
      const context: RouteContext = {
        linkedIn: (target) => place(target).linked,
        neededIn,
        // Every delivery is done before the next change.
        onTheWayTo: () => false,
        failedIn: () => false,
      };
      return route(change, context).flatMap((delivery) => effectOf(delivery, change, at) ?? []);
    },
    written: (target) => places.get(target)?.written,
    linked: (target) => places.get(target)?.linked ?? false,
    brought: (target) => places.get(target)?.brought ?? false,
  };
}

const none: ReadonlySet<string> = new Set();

export const deliveryOf = (object: SystemObject, target: string): NewDelivery => ({
  id: '',
  target,
  source: object.system,
  entity: object.entity,
  sourceId: object.id,
  lane: 0,
  rulesVersion: '',
  correlation: '',
});

type WritePlan = Extract<Plan, { kind: 'write' }>;

/** With what rules in shadow would write: a simulation is there to show it. */
const everything = ({ fields, besides }: WritePlan): State =>
  besides === undefined ? fields : { ...fields, ...besides.fields };

const bringing = (plan: Extract<Plan, { readonly rules: readonly Rule[] }>): readonly Rule[] =>
  plan.kind === 'write' && plan.besides !== undefined ? [...plan.rules, ...plan.besides.rules] : plan.rules;

function shadowedIn({ shadow, fields, besides }: WritePlan): ReadonlySet<string> {
  if (shadow) return new Set(Object.keys(fields));
  return besides === undefined
    ? none
    : new Set(Object.keys(besides.fields).filter((name) => !Object.hasOwn(fields, name)));
}

/** What an object gets because it is created counts as written then, and never again. */
function withInitial(effect: Effect, initial: Given, { shadow }: WritePlan): Effect {
  const { fields, references } = givenBy({ ...effect, initial });
  const shadowed = shadow ? new Set(Object.keys(fields)) : effect.shadowed;
  return { ...effect, fields, references, shadowed };
}

function timingOf(rules: readonly Rule[]): string {
  const [first, ...others] = rules;
  if (first === undefined) return '';
  if (others.length === 0) return timingText(first.timing);
  return [...new Set(rules.map((rule) => timingText(rule.timing)))].sort().join(', ');
}

const timingText = (timing: Timing): string =>
  timing.kind === 'real-time' ? 'real time' : `window ${timing.cron} of ${timing.minutes} minutes`;

function sameState(left: State, right: State): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => sameValue(left[name] as Value, right[name]))
  );
}
