import type { State } from '../entities/field.ts';
import { newId } from '../entities/id.ts';
import { MappingError } from '../rules/mapping.ts';
import { activeRule } from '../rules/routes.ts';
import { lanes, type Rule } from '../rules/rule.ts';
import type { NewDelivery } from '../store/delivery.ts';
import type { NewEvent } from '../store/event.ts';
import type { StoredRecord, SystemObject } from '../store/record.ts';
import type { Need } from '../store/settlement.ts';
import type { Landscape } from './landscape.ts';
import { rulesBetween } from './plan.ts';

/** The delivery waits until the target knows what it refers to; where the rules can bring that there, they do. */
export function waitFor(
  missing: readonly SystemObject[],
  delivery: NewDelivery,
  landscape: Landscape,
  nowMs: number,
) {
  const needs = missing.map((object) => needOf(object, delivery, landscape, nowMs));
  const names = missing.map((object) => `${object.entity} ${object.id}`).join(', ');
  const cause = `Waits until ${delivery.target} knows ${names} of ${delivery.source}.`;
  return { outcome: 'waiting' as const, needs, cause };
}

function needOf(object: SystemObject, delivery: NewDelivery, landscape: Landscape, nowMs: number): Need {
  const { target, correlation } = delivery;
  const rules = rulesBetween({ source: object.system, target, entity: object.entity }, landscape);
  const need: Need = {
    object,
    read: readNeeded(object, delivery, nowMs),
    obstacle: (record) => obstacleOf(object, record, target, rules),
  };
  const [rule] = rules;
  if (rule === undefined) return need;
  const deliver: NewDelivery = {
    id: newId(),
    target,
    source: object.system,
    entity: object.entity,
    sourceId: object.id,
    lane: Math.min(delivery.lane, lanes.indexOf(rule.lane)),
    rulesVersion: landscape.rules.version,
    correlation,
  };
  return { ...need, deliver };
}

/** What keeps the rules from bringing an object to the target, with what to do about it. */
export function obstacleOf(
  { entity, id, system }: SystemObject,
  record: StoredRecord | undefined,
  target: string,
  rules: readonly Rule[],
): string | undefined {
  const name = `${entity} ${id}`;
  if (rules.length === 0)
    return `${name} of ${system} is not known in ${target} and no rule brings it there, so this cannot go there either. Refer to a ${entity} that both know, or add a rule.`;
  if (record === undefined) return undefined;
  if (record.gone)
    return `${name} is gone from ${system}, so what refers to it cannot go to ${target}. Refer to another ${entity} in ${system}.`;
  if (rules.some((rule) => mayBring(rule, record.state))) return undefined;
  const asked = rules.map((rule) => `${rule.id} asks for ${conditionsText(rule)}`).join('; ');
  return `${name} of ${system} does not go to ${target} by the rules (${asked}), so this cannot either. Correct the ${entity} in ${system}, refer to another one, or change the rules.`;
}

/** What the rules cannot say stands with the delivery itself. */
function mayBring(rule: Rule, state: State): boolean {
  try {
    return activeRule(rule, state) !== undefined;
  } catch (error) {
    if (error instanceof MappingError) return true;
    throw error;
  }
}

function conditionsText({ when, where }: Rule): string {
  const asked = Object.entries(when).map(
    ([field, wanted]) => `${field} ${Array.isArray(wanted) ? wanted.join(' or ') : wanted}`,
  );
  return [...asked, ...(where === undefined ? [] : [where.text])].join(', ') || 'other objects';
}

const readNeeded = (need: SystemObject, delivery: NewDelivery, nowMs: number): NewEvent => ({
  id: newId(),
  system: need.system,
  type: need.entity,
  objectId: need.id,
  operation: 'write',
  fields: [],
  correlation: delivery.correlation,
  occurredAt: new Date(nowMs).toISOString(),
  echo: false,
  lane: delivery.lane,
});
