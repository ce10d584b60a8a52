import type { EntityName } from '../entities/catalogue.ts';
import { initialReferencesOf, referencesOf } from '../rules/routes.ts';
import type { RuleSet } from '../rules/rule.ts';
import type { DeliveryContext } from '../store/delivery-store.ts';
import type { SystemObject } from '../store/record.ts';
import type { NeededObject, ObjectHistory, PastStore, Side } from '../store/simulation.ts';
import { createTerrain, referenceOf, type Terrain } from './landscape.ts';
import { givenBy, planDelivery, referredObjects, rulesBetween } from './plan.ts';
import { createComparison, type ObjectDifference, type Sides } from './simulate-compare.ts';
import { replay, stateBefore } from './simulate-history.ts';
import { type UnplayedDifference, unplayedDifferences } from './simulate-not-played.ts';
import {
  createPassage,
  deliveryOf,
  type Effect,
  type Passage,
  type SimulatedDelivery,
} from './simulate-world.ts';

export interface SimulateOptions {
  readonly past: PastStore;
  readonly rules: Sides<RuleSet>;
  /** Instant: changes from then on are looked at. */
  readonly since: string;
  /** Told of every object that something would be written differently for, in the order of systems, entities and ids. */
  readonly onDifference: (difference: ObjectDifference) => void;
}

export interface RuleCount extends Sides<number> {
  readonly rule: string;
  /** Objects that would be written differently, as far as this rule brings them. */
  readonly objects: number;
}

export interface SimulationSummary {
  readonly since: string;
  readonly versions: Sides<string>;
  /** Stored changes that were looked at. */
  readonly changes: number;
  /** When the first of them came in; housekeeping removes old ones. */
  readonly firstAt?: string;
  /** Objects that have changes. */
  readonly objects: number;
  /** Deliveries that follow from the changes. */
  readonly deliveries: Sides<number>;
  /** Those of them that bring something new to their target. */
  readonly writes: Sides<number>;
  /** Objects, counted once for each target, that would be written differently. */
  readonly different: number;
  readonly rules: readonly RuleCount[];
  /** What the rules say differently besides, and what is not played. */
  readonly notPlayed: readonly UnplayedDifference[];
}

const sides = ['present', 'changed'] as const satisfies readonly Side[];

/**
 * Runs two sets of rules over the stored changes since a moment, and tells what would be written differently. Calls
 * nobody and changes nothing. Both start from what was linked at that moment, and every delivery works at once.
 */
export function simulate(options: SimulateOptions): SimulationSummary {
  const { past, rules, since } = options;
  const terrains = { present: createTerrain(rules.present), changed: createTerrain(rules.changed) };
  const counts = new Map<string, { present: number; changed: number; objects: number }>();
  const deliveries = { present: 0, changed: 0 };
  const writes = { present: 0, changed: 0 };
  let changes = 0;
  let objects = 0;
  let different = 0;
  let firstAt: string | undefined;

  const countOf = (rule: string) => {
    let count = counts.get(rule);
    if (count === undefined) {
      count = { present: 0, changed: 0, objects: 0 };
      counts.set(rule, count);
    }
    return count;
  };
  for (const side of sides) for (const rule of rules[side].rules) countOf(rule.id);

  function count(side: Side, made: readonly SimulatedDelivery[]): void {
    deliveries[side] += made.length;
    for (const { effect, rules: by } of made) {
      if (effect !== undefined) writes[side]++;
      for (const rule of by) countOf(rule)[side]++;
    }
  }

  function tell(difference: ObjectDifference | undefined): void {
    if (difference === undefined) return;
    different++;
    for (const rule of difference.rules) countOf(rule).objects++;
    options.onDifference(difference);
  }

  findNeeds(past, terrains, since);
  for (const history of past.histories(since)) {
    objects++;
    changes += history.changes.length;
    const at = history.changes[0]?.at;
    if (at !== undefined && (firstAt === undefined || at < firstAt)) firstAt = at;
    past.needed.markChanged(history);
    for (const difference of compareObject(history, terrains, past, count)) tell(difference);
  }
  for (const need of past.needed.all()) tell(compareNeed(need, terrains, past, since));

  return {
    since,
    versions: { present: rules.present.version, changed: rules.changed.version },
    changes,
    ...(firstAt === undefined ? {} : { firstAt }),
    objects,
    deliveries,
    writes,
    different,
    rules: [...counts].map(([rule, count]) => ({ rule, ...count })),
    notPlayed: unplayedDifferences(rules),
  };
}

function compareObject(
  history: ObjectHistory,
  terrains: Sides<Terrain>,
  past: PastStore,
  count: (side: Side, made: readonly SimulatedDelivery[]) => void,
): ObjectDifference[] {
  const { system, entity, id } = history;
  const object: SystemObject = { system, entity, id };
  const passages = passagesOf(history, terrains, past);
  const comparisons = new Map<string, ReturnType<typeof createComparison>>();
  for (const { change, at } of replay(history, passages.before)) {
    const present = passages.present.step(change, at);
    const changed = passages.changed.step(change, at);
    count('present', present);
    count('changed', changed);
    for (const [target, effects] of byTarget(present, changed)) {
      let comparison = comparisons.get(target);
      if (comparison === undefined) {
        comparison = createComparison(target, object);
        comparisons.set(target, comparison);
      }
      comparison.add(at, effects, passages);
    }
  }
  return [...comparisons.values()].flatMap((comparison) => comparison.result() ?? []);
}

function passagesOf(history: ObjectHistory, terrains: Sides<Terrain>, past: PastStore) {
  const before = stateBefore(history);
  const needed = (side: Side) => (target: string) => past.needed.has(side, target, history);
  const cameLater = (target: string) => history.links.some((link) => link.system === target);
  const present: Passage = createPassage({
    terrain: terrains.present,
    history,
    before,
    neededIn: (target) => cameLater(target) || needed('present')(target),
    adopts: () => true,
  });
  const changed = createPassage({
    terrain: terrains.changed,
    history,
    before,
    // What brought it there stands before the period where nothing within it does: that counts for both.
    neededIn: (target) =>
      needed('changed')(target) ||
      (cameLater(target) && !needed('present')(target) && !goesByItself(history, target, terrains.present)),
    // What the present rules brought there is not there under others that do not.
    adopts: (target) => !present.brought(target),
  });
  return { before, present, changed };
}

const goesByItself = ({ system: source, entity }: SystemObject, target: string, terrain: Terrain): boolean =>
  [source, target].every((system) => terrain.systems.includes(system)) &&
  rulesBetween({ source, target, entity }, terrain).some((rule) => rule.create === 'always');

function byTarget(
  present: readonly SimulatedDelivery[],
  changed: readonly SimulatedDelivery[],
): Map<string, Sides<Effect | undefined>> {
  const found = new Map<string, Sides<Effect | undefined>>();
  for (const { target, effect } of present) found.set(target, { present: effect, changed: undefined });
  for (const { target, effect } of changed)
    found.set(target, { present: found.get(target)?.present, changed: effect });
  return found;
}

/** Finds out what the changes of the period need in their targets: `create: needed` looks at that. */
function findNeeds(past: PastStore, terrains: Sides<Terrain>, since: string): void {
  const entities = new Set(sides.flatMap((side) => needyEntities(terrains[side])));
  if (entities.size === 0) return;
  for (const history of past.histories(since, [...entities])) {
    const passages = passagesOf(history, terrains, past);
    for (const { change, at } of replay(history, passages.before))
      for (const side of sides)
        for (const { effect } of passages[side].step(change, at))
          if (effect !== undefined) need(side, effect, history);
  }

  function need(side: Side, effect: Pick<Effect, 'target' | 'fields' | 'references'>, by: SystemObject) {
    const { target, fields, references } = effect;
    if (references.length === 0) return;
    for (const object of referredObjects({ source: by.system }, fields, references)) {
      const isKnown = past.links(object).some((link) => link.system === target && link.linkedAt < since);
      if (isKnown || !past.needed.add(side, target, object, referenceOf(by.system, by.entity, by.id)))
        continue;
      // What is needed may need others.
      const plan = planNow(past, terrains[side], target, object);
      if (plan?.kind === 'write') need(side, { target, ...givenBy(plan) }, object);
    }
  }
}

/** The entities that refer to something which only goes where it is needed. */
function needyEntities({ rules: { rules } }: Terrain): EntityName[] {
  const needed = new Set(
    rules.flatMap((rule) => (rule.create === 'needed' ? [`${rule.entity} ${rule.to}`] : [])),
  );
  return rules
    .filter((rule) =>
      [...referencesOf(rule), ...initialReferencesOf(rule)].some(({ entity }) =>
        needed.has(`${entity} ${rule.to}`),
      ),
    )
    .map((rule) => rule.entity);
}

function planNow(past: PastStore, terrain: Terrain, target: string, object: SystemObject) {
  const record = past.record(object);
  if (record === undefined || !terrain.systems.includes(object.system)) return undefined;
  const context: DeliveryContext = {
    record,
    targetId: undefined,
    writtenFingerprint: undefined,
    earlier: [],
  };
  return planDelivery(deliveryOf(object, target), context, terrain);
}

/** An object without changes of its own that only one side brings, because something that goes there refers to it. */
function compareNeed(
  need: NeededObject,
  terrains: Sides<Terrain>,
  past: PastStore,
  since: string,
): ObjectDifference | undefined {
  const { target, object, by } = need;
  if (need.changed) return undefined;
  if (past.links(object).some((link) => link.system === target && link.linkedAt < since)) return undefined;
  const planOf = (side: Side) => {
    const plan = need.sides.includes(side) ? planNow(past, terrains[side], target, object) : undefined;
    return plan?.kind === 'write' && plan.mayCreate ? plan : undefined;
  };
  const plans = { present: planOf('present'), changed: planOf('changed') };
  const plan = plans.changed ?? plans.present;
  if (plan === undefined || (plans.present !== undefined && plans.changed !== undefined)) return undefined;
  const side: Side = plans.changed === undefined ? 'present' : 'changed';
  const actions = { present: 'nothing', changed: 'nothing', [side]: 'create' } as const;
  return {
    target,
    object,
    changes: 0,
    actions: [{ ...actions, cause: `${by} refers to it` }],
    fields: Object.entries(givenBy(plan).fields)
      .map(([field, value]) => ({ field, [side]: value }))
      .sort((left, right) => (left.field < right.field ? -1 : 1)),
    rules: plan.rules.map((rule) => rule.id).sort(),
  };
}
