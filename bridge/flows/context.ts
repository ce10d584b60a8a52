import type { Landscape } from '../engine/landscape.ts';
import { createBring } from '../engine/route.ts';
import type { EntityName } from '../entities/catalogue.ts';
import { type Flow, subject as subjectName } from '../rules/flow.ts';
import { lanes } from '../rules/rule.ts';
import type { Relation } from '../store/relation.ts';
import type { Bring } from '../store/reunite.ts';

/** The flows of the rules, as they are looked up. */
export interface FlowContext {
  readonly landscape: Landscape;
  readonly flows: ReadonlyMap<string, Flow>;
  /** The flows about objects of this kind. */
  about(system: string, entity: string): readonly Flow[];
  /** True when flows look at objects of this kind besides their subjects. */
  isWatched(system: string, entity: string): boolean;
  /** The references of objects of this kind that flows follow backwards. */
  relationsOf(system: string, entity: string): readonly Relation[];
  readonly relations: readonly Relation[];
  readonly bring: Bring;
  /** Index of the lane in which an action is done. */
  laneOf(system: string, action: string): number;
}

export function createFlowContext(landscape: Landscape): FlowContext {
  const { flows } = landscape.rules;
  const bySubject = Map.groupBy(flows, ({ from, entity }) => `${landscape.systemIn(from)} ${entity}`);
  const relations = relationsIn(flows, landscape);
  const byEntity = Map.groupBy(relations, ({ system, entity }) => `${system} ${entity}`);
  const watched = watchedKinds(flows, landscape);
  return {
    landscape,
    isWatched: (system, entity) => watched.has(`${system} ${entity}`),
    flows: new Map(flows.map((flow) => [flow.id, flow])),
    about: (system, entity) => bySubject.get(`${system} ${entity}`) ?? [],
    relationsOf: (system, entity) => byEntity.get(`${system} ${entity}`) ?? [],
    relations,
    bring: createBring(landscape),
    laneOf(system, action) {
      const capability = landscape.connector(system).actions?.[action];
      const entity = capability?.makes ?? capability?.on;
      return lanes.indexOf(entity !== undefined && financeEntities.has(entity) ? 'finance' : 'operations');
    },
  };
}

const financeEntities: ReadonlySet<EntityName> = new Set(['invoice', 'payment', 'timesheet', 'expense']);

function relationsIn(flows: readonly Flow[], landscape: Landscape): Relation[] {
  const found = new Map<string, Relation>();
  for (const { entity, by, in: role } of flows.flatMap(({ objects }) => objects)) {
    const system = landscape.systemIn(role);
    if (by.kind !== 'back' || system === undefined) continue;
    found.set(`${system} ${entity} ${by.field}`, { system, entity, field: by.field });
  }
  return [...found.values()];
}

/** Objects are looked at in their own system, and where those that refer to them are. */
function watchedKinds(flows: readonly Flow[], landscape: Landscape): ReadonlySet<string> {
  const kinds = new Set<string>();
  for (const { from, objects } of flows) {
    const roles = new Map([[subjectName, from]]);
    for (const { name, entity, of, in: role } of objects) {
      roles.set(name, role);
      for (const one of [role, roles.get(of) ?? from]) kinds.add(`${landscape.systemIn(one)} ${entity}`);
    }
  }
  return kinds;
}

/** Stands for the target of what is done in a system besides writing. */
export const actionsOf = (system: string): string => `${system}:actions`;
