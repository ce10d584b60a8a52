import type { Terrain } from '../engine/landscape.ts';
import { rulesBetween } from '../engine/plan.ts';
import type { EntityName } from '../entities/catalogue.ts';
import { type FlowCondition, subject } from '../rules/flow.ts';
import { readsOf } from '../rules/routes.ts';
import type { Rule } from '../rules/rule.ts';
import type { RunScope } from '../store/reconciliation-run.ts';

/** One way that rules bring objects. */
export interface Direction {
  readonly source: string;
  readonly target: string;
  readonly entity: EntityName;
  /** Not empty. */
  readonly rules: readonly Rule[];
  /** True for the way that totals, strangers and twins are looked at along. */
  readonly main: boolean;
  /** What processes wait for before they have an object of the source brought. */
  readonly asked: readonly FlowCondition[];
  /** The day on which the run is (UTC), for these conditions. */
  readonly today: string;
}

/** The ways that are compared: the main one first, and the way back where rules have one. */
export function directionsOf(
  { source, target, entity }: RunScope,
  terrain: Terrain,
  nowMs: number,
): Direction[] {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const way = (from: string, to: string, main: boolean): Direction => ({
    source: from,
    target: to,
    entity,
    rules: rulesBetween({ source: from, target: to, entity }, terrain),
    main,
    today,
    asked: terrain.rules.flows.flatMap((flow) =>
      flow.entity === entity &&
      flow.from === terrain.roleOf(from) &&
      flow.steps.some(
        (step) => step.kind === 'deliver' && step.on === subject && step.to === terrain.roleOf(to),
      )
        ? [flow.condition]
        : [],
    ),
  });
  return [way(source, target, true), way(target, source, false)].filter(({ rules }) => rules.length > 0);
}

const readFields = new WeakMap<readonly Rule[], ReadonlySet<string>>();

/** The fields of the source that decide whether something is brought, and what. */
export function fieldsRead({ rules }: Direction): ReadonlySet<string> {
  let fields = readFields.get(rules);
  if (fields === undefined) {
    fields = new Set(rules.flatMap(fieldsOfRule));
    readFields.set(rules, fields);
  }
  return fields;
}

const fieldsOfRule = (rule: Rule): string[] => [
  ...readsOf(rule),
  ...[rule, ...rule.overrides].flatMap(({ when, where, fields, mappings }) => [
    ...Object.keys(when),
    ...Object.keys(where?.fields ?? {}),
    ...(fields === undefined ? [] : readsOf({ ...rule, fields, mappings: mappings ?? {} })),
  ]),
];

/** Every field that the rules write in the target. */
export const fieldsWritten = ({ rules }: Direction): string[] => [
  ...new Set(
    rules.flatMap(({ fields, overrides }) => [...fields, ...overrides.flatMap((each) => each.fields ?? [])]),
  ),
];
