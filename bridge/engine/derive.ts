import type { BusinessEventDefinition } from '../entities/business-event.ts';
import type { BusinessEventName } from '../entities/business-event-name.ts';
import { businessEvents } from '../entities/business-events.ts';
import { type EntityName, entityOf } from '../entities/catalogue.ts';
import { newId } from '../entities/id.ts';
import type { Role } from '../entities/role.ts';
import { ownerOf } from '../rules/ownership.ts';
import { type Lane, lanes, type RuleSet } from '../rules/rule.ts';
import type { Derive, Origin, RecordChange } from '../store/apply.ts';
import { eventEntity, eventSource, type NewBusinessEvent } from '../store/business-event.ts';
import type { Landscape } from './landscape.ts';

const nothing: readonly NewBusinessEvent[] = [];

/** Tells which business events a change is, and makes the deliveries to those who subscribed to them. */
export function createDerive(landscape: Landscape): Derive {
  const bySource = Map.groupBy(Object.values(businessEvents), (definition) => {
    const system = systemThatTells(definition, landscape);
    return system === undefined ? undefined : sourceKey(system, definition.entity);
  });
  const subscribers = new Map(
    Object.values(businessEvents).map(({ name }) => [name, subscribersOf(name, landscape.rules)]),
  );

  function named(definition: BusinessEventDefinition, change: RecordChange, origin: Origin) {
    const before = stateBefore(definition, change, origin);
    const data = before === undefined ? undefined : definition.derive(before, change.after);
    if (data === undefined) return nothing;
    const { name, version, entity } = definition;
    const id = newId();
    const lane = lanes.indexOf(laneOf(entity));
    const deliveries = (subscribers.get(name) ?? []).map((target) => ({
      id: newId(),
      target,
      source: eventSource,
      entity: eventEntity,
      sourceId: id,
      lane,
      rulesVersion: landscape.rules.version,
      correlation: change.correlation,
    }));
    return [{ id, name, version, data, deliveries }];
  }

  return (change, origin) => {
    const definitions = bySource.get(sourceKey(change.system, change.entity));
    return definitions === undefined
      ? nothing
      : definitions
          .filter((definition) => isTouched(definition, change))
          .flatMap((definition) => named(definition, change, origin));
  };
}

const sourceKey = (system: string, entity: EntityName): string => `${system} ${entity}`;

const isTouched = ({ watched }: BusinessEventDefinition, change: RecordChange): boolean =>
  change.before === null ||
  change.after === null ||
  watched.some((field) => Object.hasOwn(change.differences, field));

/**
 * The state that a transition starts from; `undefined` where nobody knows. An old object that is seen for the first time
 * because something else about it changed has come into its state at some time before; only of one that has just been
 * created is it known that it was in no other.
 */
function stateBefore(definition: BusinessEventDefinition, change: RecordChange, origin: Origin) {
  if (change.before !== null) return change.before;
  if (origin.last !== undefined) return definition.endsWithObject ? null : origin.last;
  return origin.created ? null : undefined;
}

/**
 * An object may exist in several systems, and what happens to it is told once: by the system that owns the field which
 * decides; where the rules name no owner, by the one whose rules ask for the field; else by its usual owner.
 */
function systemThatTells(definition: BusinessEventDefinition, landscape: Landscape): string | undefined {
  const { entity, field } = definition;
  const owner =
    ownerOf(landscape.rules, entity, field) ??
    askingRole(definition, landscape.rules) ??
    entityOf(entity).fields[field]?.owner;
  return owner === undefined ? undefined : landscape.systemIn(owner);
}

const askingRole = ({ entity, field }: BusinessEventDefinition, { rules }: RuleSet): Role | undefined =>
  rules.find((rule) => rule.entity === entity && Object.hasOwn(rule.when, field))?.from;

const subscribersOf = (name: BusinessEventName, { subscribers }: RuleSet): readonly string[] =>
  subscribers.filter(({ events }) => events.includes(name)).map((subscriber) => subscriber.name);

const financeEntities: ReadonlySet<EntityName> = new Set(['invoice', 'payment', 'timesheet', 'expense']);
const laneOf = (entity: EntityName): Lane => (financeEntities.has(entity) ? 'finance' : 'operations');
