import type { Terrain } from '../engine/landscape.ts';
import { rulesBetween } from '../engine/plan.ts';
import type { EntityName } from '../entities/catalogue.ts';
import { type FlowCondition, subject } from '../rules/flow.ts';
import { readsOf } from '../rules/routes.ts';
import type { Rule } from '../rules/rule.ts';
import type { RunScope } from '../store/reconciliation-run.ts';

/** A process that has objects of the source brought when it comes to that. */
export interface AskingFlow {
  readonly id: string;
  readonly condition: FlowCondition;
  /** Ids of the steps that bring its subject there. */
  readonly steps: readonly string[];
  /** True when it begins only for what another system knows already. */
  readonly known: boolean;
}

/** One way that rules bring objects. */
export interface Direction {
  readonly source: string;
  readonly target: string;
  readonly entity: EntityName;
  /** Not empty. */
  readonly rules: readonly Rule[];
  /** True for the way that totals, strangers and twins are looked at along. */
  readonly main: boolean;
  /** Processes that have its objects brought. */
  readonly asked: readonly AskingFlow[];
  /** The day on which the run is (UTC), for their conditions. */
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
    asked: terrain.rules.flows.flatMap((flow) => {
      if (flow.entity !== entity || flow.from !== terrain.roleOf(from)) return [];
      const steps = flow.steps.filter(
        (step) => step.kind === 'deliver' && step.on === subject && step.to === terrain.roleOf(to),
      );
      const { id, condition, knownIn } = flow;
      return steps.length === 0
        ? []
        : [{ id, condition, steps: steps.map((step) => step.id), known: knownIn !== undefined }];
    }),
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
