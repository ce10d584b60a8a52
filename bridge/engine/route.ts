import { newId } from '../entities/id.ts';
import { MappingError } from '../rules/mapping.ts';
import { activeRule, readsOf, rulesFrom, standingRule } from '../rules/routes.ts';
import { lanes, type Rule, type WrittenFields } from '../rules/rule.ts';
import { dueAt } from '../rules/timing.ts';
import type { RecordChange, Route, RouteContext } from '../store/apply.ts';
import type { NewDelivery } from '../store/delivery.ts';
import type { DeliveryContext } from '../store/delivery-store.ts';
import type { Bring } from '../store/reunite.ts';
import type { Terrain } from './landscape.ts';
import { type Plan, planDelivery, rulesBetween } from './plan.ts';

/** Decides by the rules which systems must know about a change: at most one delivery per target. */
export function createRoute(landscape: Terrain, now: () => number = Date.now): Route {
  return (change, context) => {
    const byTarget = new Map<string, NewDelivery>();
    for (const rule of rulesFrom(landscape.rules, landscape.roleOf(change.system), change.entity)) {
      const target = landscape.systemIn(rule.to);
      if (target === undefined) continue;
      const concerned = concernedRule(rule, change, target, context, landscape);
      if (concerned === undefined) continue;
      const delivery = byTarget.get(target);
      byTarget.set(
        target,
        delivery === undefined
          ? newDelivery(concerned, target, change, landscape, now())
          : sooner(delivery, concerned, now()),
      );
    }
    return [...byTarget.values()];
  };
}

/** Brings objects to a system whenever rules do, whatever their state is; the try itself looks at that. */
export function createBring(landscape: Terrain): Bring {
  return (object, target, correlation) => {
    const { system: source, entity, id: sourceId } = object;
    const rules = rulesBetween({ source, target, entity }, landscape);
    if (rules.length === 0) return undefined;
    const lane = Math.min(...rules.map((rule) => lanes.indexOf(rule.lane)));
    const rulesVersion = landscape.rules.version;
    return { id: newId(), target, source, entity, sourceId, lane, rulesVersion, correlation };
  };
}

function newDelivery(
  rule: Rule,
  target: string,
  change: RecordChange,
  landscape: Terrain,
  nowMs: number,
): NewDelivery {
  const delivery = {
    id: newId(),
    target,
    source: change.system,
    entity: change.entity,
    sourceId: change.id,
    lane: lanes.indexOf(rule.lane),
    rulesVersion: landscape.rules.version,
    correlation: change.correlation,
  };
  return rule.timing.kind === 'real-time' ? delivery : { ...delivery, dueMs: dueAt(rule.timing, nowMs) };
}

/** One delivery carries what all rules bring to a target: with the first of their lanes, at the earliest of their times. */
function sooner(delivery: NewDelivery, rule: Rule, nowMs: number): NewDelivery {
  const { dueMs = nowMs, ...others } = delivery;
  const earliestMs = Math.min(dueMs, dueAt(rule.timing, nowMs));
  const lane = Math.min(delivery.lane, lanes.indexOf(rule.lane));
  return { ...others, lane, ...(earliestMs <= nowMs ? {} : { dueMs: earliestMs }) };
}

/** The rule as it is for this change, when it has something to bring or to take back, or to end what failed. */
function concernedRule(
  rule: Rule,
  change: RecordChange,
  target: string,
  context: RouteContext,
  landscape: Terrain,
): Rule | undefined {
  const { before, after, differences } = change;
  let ruleBefore: Rule | undefined;
  let ruleAfter: Rule | undefined;
  try {
    ruleBefore = before === null ? undefined : activeRule(rule, before);
    ruleAfter = after === null ? undefined : activeRule(rule, after);
    if (ruleAfter === undefined) {
      const broughtBefore = ruleBefore !== undefined;
      return (
        withdrawingRule(rule, change, broughtBefore, target, context) ??
        endingRule(rule, change, broughtBefore, target, context, landscape)
      );
    }
  } catch (error) {
    // The delivery meets the same, where a person is told of it.
    if (error instanceof MappingError) return rule;
    throw error;
  }
  const isNew = (written: WrittenFields) =>
    readsOf(written).some((field) => Object.hasOwn(differences, field));
  // What new objects get matters as long as there is none: it may be what keeps it from being made.
  const carriesNews =
    ruleAfter !== ruleBefore ||
    isNew(ruleAfter) ||
    (ruleAfter.initial !== undefined && isNew(ruleAfter.initial) && !context.linkedIn(target));
  if (ruleAfter.create === 'always') return carriesNews ? ruleAfter : undefined;
  if (context.linkedIn(target)) return carriesNews ? ruleAfter : undefined;
  if (context.neededIn(target)) return ruleAfter;
  return carriesNews && (context.onTheWayTo(target) || context.failedIn(target)) ? ruleAfter : undefined;
}

/**
 * The rule that takes back what it brought, or has a person asked.
 *
 * @throws MappingError when an expression cannot be computed
 */
function withdrawingRule(
  rule: Rule,
  { before, after }: RecordChange,
  broughtBefore: boolean,
  target: string,
  context: RouteContext,
): Rule | undefined {
  // A first delivery may still be under way, so the link says nothing yet; the try itself looks again.
  if (!broughtBefore && !context.linkedIn(target)) return undefined;
  const last = standingRule(rule, after ?? before ?? {});
  const withdrawal = after === null ? last.deleted : last.otherwise;
  // A person is asked once when the conditions end, and once when the object does.
  const returns = withdrawal === 'remove' || (withdrawal === 'raise' && (broughtBefore || after === null));
  return returns ? last : undefined;
}

/**
 * The rule that has nothing to bring, where a person is still asked about what it brought: the next delivery ends that. It
 * finds nothing to do, or brings what other rules still do, without what may have been refused.
 *
 * @throws MappingError when an expression cannot be computed
 */
function endingRule(
  rule: Rule,
  change: RecordChange,
  broughtBefore: boolean,
  target: string,
  context: RouteContext,
  landscape: Terrain,
): Rule | undefined {
  const failed = context.failedIn(target);
  // What is under way carries the state before, and may still fail.
  if (!failed && !(broughtBefore && context.onTheWayTo(target))) return undefined;
  const last = standingRule(rule, change.after ?? change.before ?? {});
  const { kind } = planAfter(change, newDelivery(last, target, change, landscape, 0), context, landscape);
  // Whatever a person was asked is not asked again, and what others bring is only tried again when it is less than before.
  return kind === 'nothing' || (kind === 'write' && failed && broughtBefore) ? last : undefined;
}

/** What a delivery comes to after the change, as far as that can be said of one that is not in doubt. */
function planAfter(
  { system, entity, id, before, after }: RecordChange,
  delivery: NewDelivery,
  { linkedIn }: RouteContext,
  landscape: Terrain,
): Plan {
  const state = after ?? before ?? {};
  const context: DeliveryContext = {
    record: { system, entity, id, state, gone: after === null, fingerprint: '', readAt: '' },
    // Which one it is makes no difference to the kind of the plan.
    targetId: linkedIn(delivery.target) ? '(linked)' : undefined,
    writtenFingerprint: undefined,
    earlier: [],
  };
  return planDelivery(delivery, context, landscape);
}
