import { type EntityName, entityOf, isEntityName } from '../entities/catalogue.ts';
import { rulesFrom } from '../rules/routes.ts';
import { lanes } from '../rules/rule.ts';
import type { Landscape } from './landscape.ts';

/** Index in `lanes` of the events on a system's own type of object; lower is worked off first. */
export type EventLane = (system: string, type: string) => number;

/** Where it is not known what an event leads to. */
export const usualLane = lanes.indexOf('operations');

/**
 * An event goes with the most urgent of the deliveries that it can lead to, so that an invoice is not read behind a hundred
 * thousand imported customers. What the books decide is always urgent: it shows in other objects.
 */
export function createEventLane(landscape: Landscape): EventLane {
  const known = new Map<string, number>();

  function laneOf(system: string, entity: EntityName): number {
    if (entityOf(entity).accounting === true) return lanes.indexOf('finance');
    const rules = rulesFrom(landscape.rules, landscape.roleOf(system), entity);
    if (rules.length === 0) return usualLane;
    // Which override holds is only known when the object is read.
    const named = rules.flatMap(({ lane, overrides }) => [
      lane,
      ...overrides.map((override) => override.lane ?? lane),
    ]);
    return Math.min(...named.map((lane) => lanes.indexOf(lane)));
  }

  return (system, type) => {
    const key = `${system} ${type}`;
    let lane = known.get(key);
    if (lane === undefined) {
      const entities = isEntityName(type) ? [type] : landscape.connector(system).entitiesOf(type);
      lane =
        entities.length === 0 ? usualLane : Math.min(...entities.map((entity) => laneOf(system, entity)));
      known.set(key, lane);
    }
    return lane;
  };
}
