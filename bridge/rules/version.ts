import { hash } from 'node:crypto';
import type { Flow, FlowCondition } from './flow.ts';
import type { Conditions } from './part.ts';
import type { Override, Rule, RuleSet } from './rule.ts';

/**
 * The version of rules: a hash over what they say. Comments, layout, the order of files, rules and keys, and
 * defaults written out do not change it. The order of `match` does, because it is the order of the search, and that of
 * `overrides`, because the first that holds counts.
 */
export function versionOf(rules: Omit<RuleSet, 'version'>): string {
  const content = {
    ...rules,
    systems: [...rules.systems].sort((left, right) => compare(left.name, right.name)),
    rules: [...rules.rules].sort((left, right) => compare(left.id, right.id)).map(withSetsInOrder),
    subscribers: [...rules.subscribers]
      .sort((left, right) => compare(left.name, right.name))
      .map(({ name, events }) => ({ name, events: [...events].sort() })),
    reconciliations: [...rules.reconciliations].sort((left, right) => compare(left.id, right.id)),
    flows: [...rules.flows].sort((left, right) => compare(left.id, right.id)).map(flowInOrder),
  } satisfies Omit<RuleSet, 'version'>;
  return hash('sha256', JSON.stringify(sortKeys(content)), 'hex').slice(0, 32);
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

const withSetsInOrder = (rule: Rule): Rule => ({
  ...partInOrder(rule),
  ...(rule.initial === undefined
    ? {}
    : { initial: { ...rule.initial, fields: [...rule.initial.fields].sort() } }),
  overrides: rule.overrides.map(partInOrder),
});

function partInOrder<Part extends Pick<Override, 'fields' | 'when'>>(part: Part): Part {
  const fields = part.fields === undefined ? {} : { fields: [...part.fields].sort() };
  return { ...part, ...fields, when: conditionsInOrder(part.when) };
}

const conditionsInOrder = (conditions: Conditions): Conditions =>
  Object.fromEntries(
    Object.entries(conditions).map(([field, value]) => [
      field,
      Array.isArray(value) ? [...value].sort((left, right) => compare(String(left), String(right))) : value,
    ]),
  );

/** Steps and objects keep their order: it is that of the process. */
const flowInOrder = (flow: Flow): Flow => ({
  ...flow,
  condition: conditionInOrder(flow.condition),
  ...(flow.again === undefined ? {} : { again: [...flow.again].sort() }),
  steps: flow.steps.map((step) => ({
    ...step,
    ...(step.only === undefined ? {} : { only: conditionInOrder(step.only) }),
    ...('condition' in step ? { condition: conditionInOrder(step.condition) } : {}),
  })),
});

const conditionInOrder = (condition: FlowCondition): FlowCondition => ({
  ...condition,
  when: conditionsInOrder(condition.when),
});

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => compare(left, right));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}
