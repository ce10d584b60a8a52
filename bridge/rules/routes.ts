import { type EntityName, entityOf } from '../entities/catalogue.ts';
import type { State, Value } from '../entities/field.ts';
import type { Role } from '../entities/role.ts';
import { sameValue } from '../entities/state.ts';
import { compute } from './mapping.ts';
import type { Conditions } from './part.ts';
import type { Override, Rule, RuleSet, WrittenFields } from './rule.ts';

// Everything here runs for every change that comes in. What can be worked out once per rule is kept beside the rule;
// the maps are weak, so that rules which were replaced go away.

const rulesBySource = new WeakMap<RuleSet, ReadonlyMap<string, readonly Rule[]>>();
const referencesByFields = new WeakMap<WrittenFields, readonly ReferenceField[]>();
const readsByFields = new WeakMap<WrittenFields, readonly string[]>();
const overriddenRules = new WeakMap<Rule, Map<Override, Rule>>();
const noRules: readonly Rule[] = [];
const noReferences: readonly ReferenceField[] = [];

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

/**
 * True when the rule brings objects with this state: its conditions hold, and its expression, where it has one.
 *
 * @throws MappingError when the expression cannot be computed
 */
export function applies(rule: Rule, state: State): boolean {
  return meets(rule, rule, state);
}

/** An expression that reads an unknown field is not true. */
const meets = ({ when, where }: Pick<Rule, 'when' | 'where'>, rule: Rule, state: State): boolean =>
  holds(when, state) && (where === undefined || compute(where, state, '"where"', rule) === true);

/**
 * The rule as it is for this object: with what the first override whose conditions hold says instead. `undefined` when
 * that says that such objects are not brought. Whether the rule brings the object at all is another matter.
 *
 * @throws MappingError when an override's expression cannot be computed
 */
export function effective(rule: Rule, state: State): Rule | undefined {
  for (const override of rule.overrides) {
    if (!meets(override, rule, state)) continue;
    return override.skip ? undefined : overridden(rule, override);
  }
  return rule;
}

function overridden(rule: Rule, override: Override): Rule {
  let byOverride = overriddenRules.get(rule);
  if (byOverride === undefined) {
    byOverride = new Map();
    overriddenRules.set(rule, byOverride);
  }
  let result = byOverride.get(override);
  if (result === undefined) {
    const { when: _when, where: _where, skip: _skip, ...instead } = override;
    result = { ...rule, ...instead, overrides: [] };
    byOverride.set(override, result);
  }
  return result;
}

/**
 * The rule as it brings this object, or `undefined` when it does not.
 *
 * @throws MappingError when an expression cannot be computed
 */
export const activeRule = (rule: Rule, state: State): Rule | undefined =>
  applies(rule, state) ? effective(rule, state) : undefined;

/**
 * The rule as it stands for an object that it may not bring: what an override says about such objects also holds for their
 * withdrawal. As it is written where an override leaves them out.
 *
 * @throws MappingError when an override's expression cannot be computed
 */
export const standingRule = (rule: Rule, state: State): Rule => effective(rule, state) ?? rule;

/** The fields of the source that decide what the rule writes: `rule.initial` has those of an object that it creates. */
export function readsOf(written: WrittenFields): readonly string[] {
  let reads = readsByFields.get(written);
  if (reads === undefined) {
    reads = [...new Set(written.fields.flatMap((name) => sourcesOf(written, name)))];
    readsByFields.set(written, reads);
  }
  return reads;
}

function sourcesOf({ mappings }: WrittenFields, name: string): readonly string[] {
  const mapping = mappings[name];
  if (mapping === undefined) return [name];
  if (mapping.kind === 'field') return [mapping.field];
  return mapping.kind === 'expression' ? Object.keys(mapping.expression.fields) : [];
}

/** A field of a rule whose value is the id of another object, or a list of ids. */
export interface ReferenceField {
  readonly field: string;
  readonly entity: EntityName;
  readonly many: boolean;
}

/** The references among the fields of a rule. */
export const referencesOf = (rule: Rule): readonly ReferenceField[] => referencesIn(rule.entity, rule);

/** The references among what a rule gives to the objects that it creates. */
export const initialReferencesOf = ({ entity, initial }: Rule): readonly ReferenceField[] =>
  initial === undefined ? noReferences : referencesIn(entity, initial);

function referencesIn(entity: EntityName, written: WrittenFields): readonly ReferenceField[] {
  let references = referencesByFields.get(written);
  if (references === undefined) {
    references = written.fields.flatMap((name) => {
      const field = entityOf(entity).fields[name];
      if (field?.entity === undefined) return [];
      return [{ field: name, entity: field.entity as EntityName, many: field.kind === 'references' }];
    });
    referencesByFields.set(written, references);
  }
  return references;
}
