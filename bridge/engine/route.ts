import { newId } from '../entities/id.ts';
import { holds, rulesFrom } from '../rules/routes.ts';
import { lanes, type Rule } from '../rules/rule.ts';
import type { RecordChange, Route, RouteContext } from '../store/apply.ts';
import type { NewDelivery } from '../store/delivery.ts';
import type { Terrain } from './landscape.ts';

/** Decides by the rules which systems must know about a change: at most one delivery per target. */
export function createRoute(landscape: Terrain): Route {
  return (change, context) => {
    const byTarget = new Map<string, NewDelivery>();
    for (const rule of rulesFrom(landscape.rules, landscape.roleOf(change.system), change.entity)) {
      const target = landscape.systemIn(rule.to);
      if (target === undefined || !concerns(rule, change, target, context)) continue;
      const lane = lanes.indexOf(rule.lane);
      const delivery = byTarget.get(target);
      if (delivery === undefined || lane < delivery.lane) {
        byTarget.set(target, {
          id: newId(),
          target,
          source: change.system,
          entity: change.entity,
          sourceId: change.id,
          lane,
          rulesVersion: landscape.rules.version,
          correlation: change.correlation,
        });
      }
    }
    return [...byTarget.values()];
  };
}

function concerns(rule: Rule, change: RecordChange, target: string, context: RouteContext): boolean {
  const { before, after, differences } = change;
  const heldBefore = before !== null && holds(rule.when, before);
  if (after === null || !holds(rule.when, after)) {
    // A first delivery may still be under way, so the link says nothing yet; the try itself looks again.
    return rule.otherwise === 'remove' && (heldBefore || context.linkedIn(target));
  }
  const carriesNews = !heldBefore || rule.fields.some((field) => Object.hasOwn(differences, field));
  if (rule.create === 'always') return carriesNews;
  if (context.linkedIn(target)) return carriesNews;
  return context.neededIn(target) || (carriesNews && context.onTheWayTo(target));
}
