import type { EntityName } from '../entities/catalogue.ts';
import type { Role } from '../entities/role.ts';
import type { RuleSet } from './rule.ts';

const writersByRuleSet = new WeakMap<RuleSet, ReadonlyMap<string, Role>>();

/**
 * The role whose systems decide what is in a field: its own owner, else the entity's, else the role that a rule brings
 * it from. `undefined` when no rule brings the field anywhere and nobody is named.
 */
export function ownerOf(ruleSet: RuleSet, entity: EntityName, field: string): Role | undefined {
  const policy = ruleSet.entities[entity];
  if (policy !== undefined) {
    if (Object.hasOwn(policy.owners, field)) return policy.owners[field];
    if (policy.owner !== undefined) return policy.owner;
  }
  let writers = writersByRuleSet.get(ruleSet);
  if (writers === undefined) {
    writers = new Map(
      ruleSet.rules.flatMap((rule) => rule.fields.map((name) => [fieldKey(rule.entity, name), rule.from])),
    );
    writersByRuleSet.set(ruleSet, writers);
  }
  return writers.get(fieldKey(entity, field));
}

const fieldKey = (entity: EntityName, field: string): string => `${entity} ${field}`;
