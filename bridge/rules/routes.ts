import { type EntityName, entityOf } from '../entities/catalogue.ts';
import type { State, Value } from '../entities/field.ts';
import { sameValue } from '../entities/state.ts';
import type { Conditions, Role, Rule, RuleSet } from './rule.ts';

// Everything here runs for every change that comes in. What can be worked out once per rule is kept beside the rule;
// the maps are weak, so that rules which were replaced go away.

const rulesBySource = new WeakMap<RuleSet, ReadonlyMap<string, readonly Rule[]>>();
const referencesByRule = new WeakMap<Rule, readonly ReferenceField[]>();
const noRules: readonly Rule[] = [];

/** The rules that carry `entity` away from the system with this role, in the order they are written in. */
export function rulesFrom(ruleSet: RuleSet, role: Role, entity: EntityName): readonly Rule[] {
  let index = rulesBySource.get(ruleSet);
  if (index === undefined) {
    index = Map.groupBy(ruleSet.rules, (rule) => sourceKey(rule.from, rule.entity));
    rulesBySource.set(ruleSet, index);
  }
  return index.get(sourceKey(role, entity)) ?? noRules;
}

const sourceKey = (role: Role, entity: EntityName): string => `${role} ${entity}`;

/**
 * True when the state meets every condition: the field has the value, or one of the values. A field that the state
 * does not have is unknown and meets none, not even `null`.
 */
export function holds(conditions: Conditions, state: State): boolean {
  for (const name in conditions) {
    const actual = state[name];
    if (actual === undefined) return false;
    const wanted = conditions[name] as Value | readonly Value[];
    if (
      Array.isArray(wanted)
        ? !wanted.some((choice) => sameValue(choice, actual))
        : !sameValue(wanted as Value, actual)
    )
      return false;
  }
  return true;
}

/** The part of the state that the rule carries: its fields as far as they are known. */
export function mapFields(rule: Rule, state: State): State {
  const mapped: Record<string, Value> = {};
  for (const name of rule.fields) {
    const value = state[name];
    if (value !== undefined) mapped[name] = value;
  }
  return mapped;
}

/** A field of a rule whose value is the id of another object, or a list of ids. */
export interface ReferenceField {
  readonly field: string;
  readonly entity: EntityName;
  readonly many: boolean;
}

/** The references among the fields of a rule. */
export function referencesOf(rule: Rule): readonly ReferenceField[] {
  let references = referencesByRule.get(rule);
  if (references === undefined) {
    references = rule.fields.flatMap((name) => {
      const field = entityOf(rule.entity).fields[name];
      if (field?.entity === undefined) return [];
      return [{ field: name, entity: field.entity as EntityName, many: field.kind === 'references' }];
    });
    referencesByRule.set(rule, references);
  }
  return references;
}
