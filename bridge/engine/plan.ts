import type { State, Value } from '../entities/field.ts';
import { isList } from '../entities/state.ts';
import { MappingError, mapFields } from '../rules/mapping.ts';
import {
  activeRule,
  initialReferencesOf,
  type ReferenceField,
  referencesOf,
  rulesFrom,
  standingRule,
} from '../rules/routes.ts';
import type { Rule } from '../rules/rule.ts';
import { dueAt } from '../rules/timing.ts';
import type { NewDelivery } from '../store/delivery.ts';
import type { DeliveryContext } from '../store/delivery-store.ts';
import type { SystemObject } from '../store/record.ts';
import type { Terrain } from './landscape.ts';

/** Mapped fields, and the references among them, which still are ids of the source. */
export interface Given {
  readonly fields: State;
  readonly references: readonly ReferenceField[];
}

/** What a delivery comes to, by the newest state of its object. */
export type Plan =
  | { readonly kind: 'nothing'; readonly reason: string }
  /** A person has to decide or to correct something. */
  | {
      readonly kind: 'raise';
      readonly error: 'conflict' | 'invalid';
      readonly cause: string;
      readonly shadow: boolean;
    }
  | {
      readonly kind: 'remove';
      readonly targetId: string;
      readonly rules: readonly Rule[];
      readonly shadow: boolean;
    }
  | {
      readonly kind: 'write';
      /** Those that bring it. */
      readonly rules: readonly Rule[];
      /** True when nobody may be called: it is only recorded. */
      readonly shadow: boolean;
      /** What rules in shadow would write besides. */
      readonly besides?: Pick<Extract<Plan, { kind: 'write' }>, 'rules' | 'fields' | 'references'>;
      /** What a person would have to see to because of rules in shadow. */
      readonly shadowCause?: string;
      /** Mapped fields; references still are ids of the source. */
      readonly fields: State;
      readonly references: readonly ReferenceField[];
      /** What the object gets besides if it is created now. Absent for one that is linked. */
      readonly initial?: Given;
      /** Fields to look for a counterpart by, in order. */
      readonly match: readonly string[];
      readonly mayCreate: boolean;
      /** True when it is only brought to learn its id: it has to be removed next. */
      readonly thenRemove: boolean;
    };

export function planDelivery(
  delivery: NewDelivery & { readonly uncertain?: boolean },
  context: DeliveryContext,
  landscape: Terrain,
): Plan {
  const rules = rulesBetween(delivery, landscape);
  if (rules.length === 0) return { kind: 'nothing', reason: 'no rule brings it there any more' };
  const stands = rules.map((rule) => standOf(rule, delivery, context));
  return isInShadow(landscape, delivery.target)
    ? planGroup(stands, true, delivery, context)
    : planApart(stands, delivery, context);
}

/** What a rule is for an object. */
interface Stand {
  /** As it is with its overrides. */
  readonly rule: Rule;
  readonly active: boolean;
  /** Why nobody can say whether it brings the object. */
  readonly failure?: MappingError;
}

function standOf(rule: Rule, delivery: PlannedDelivery, { record, targetId }: DeliveryContext): Stand {
  if (record === undefined) return { rule, active: false };
  try {
    const active = activeRule(rule, record.state);
    if (active !== undefined) return { rule: active, active: !record.gone };
    // Of an object that is not there nothing is taken back, whatever its overrides say.
    return { rule: mayBeThere(delivery, targetId) ? standingRule(rule, record.state) : rule, active: false };
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    return { rule: standingIfKnown(rule, record.state), active: false, failure: error };
  }
}

/** As it is written where an override cannot be computed: whether it is in shadow has to be known all the same. */
function standingIfKnown(rule: Rule, state: State): Rule {
  try {
    return standingRule(rule, state);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    return rule;
  }
}

const mayBeThere = (delivery: PlannedDelivery, targetId: string | undefined): boolean =>
  targetId !== undefined || delivery.uncertain === true;

/** Rules in shadow change nothing about what the others do. */
function planApart(stands: readonly Stand[], delivery: PlannedDelivery, context: DeliveryContext): Plan {
  const shadowed = stands.filter(({ rule }) => rule.shadow);
  if (shadowed.length === 0) return planGroup(stands, false, delivery, context);
  const live = stands.filter(({ rule }) => !rule.shadow);
  const plan = planGroup(live, false, delivery, context);
  const besides = planGroup(shadowed, true, delivery, context);
  if (plan.kind === 'nothing') return besides;
  if (plan.kind !== 'write') return plan;
  // Whoever is asked what becomes of an object there is not asked while others bring it.
  if (besides.kind === 'raise' && besides.error === 'invalid') return { ...plan, shadowCause: besides.cause };
  return besides.kind === 'write' ? { ...plan, besides: { ...besides, ...givenBy(besides) } } : plan;
}

/** What rules come to that are all in shadow, or all not. */
function planGroup(
  stands: readonly Stand[],
  shadow: boolean,
  delivery: PlannedDelivery,
  context: DeliveryContext,
): Plan {
  const failed = stands.find(({ failure }) => failure !== undefined)?.failure;
  if (failed !== undefined) return { kind: 'raise', error: 'invalid', cause: failed.message, shadow };
  try {
    return planBy(stands, shadow, delivery, context);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    return { kind: 'raise', error: 'invalid', cause: error.message, shadow };
  }
}

/** True when nothing may be called in the system for a delivery. */
export const isInShadow = (landscape: Terrain, system: string): boolean =>
  landscape.rules.systems.some(({ name, shadow }) => name === system && shadow);

type PlannedDelivery = Parameters<typeof planDelivery>[0];

function planBy(
  stands: readonly Stand[],
  shadow: boolean,
  delivery: PlannedDelivery,
  { record, targetId }: DeliveryContext,
): Plan {
  const active = stands.flatMap((stand) => (stand.active ? [stand.rule] : []));
  if (record !== undefined && active.length > 0) return planWrite(active, shadow, record.state, targetId);
  const gone = record?.gone === true;
  const withdrawnBy = (withdrawal: Rule['otherwise']) =>
    stands.map(({ rule }) => rule).filter((rule) => (gone ? rule.deleted : rule.otherwise) === withdrawal);
  const removing = withdrawnBy('remove');
  if (record === undefined || !mayBeThere(delivery, targetId))
    return { kind: 'nothing', reason: 'its conditions do not hold' };
  if (removing.length === 0) {
    const [raising] = withdrawnBy('raise');
    if (raising === undefined || targetId === undefined)
      return { kind: 'nothing', reason: 'its conditions do not hold' };
    return {
      kind: 'raise',
      error: 'conflict',
      cause: raisedCause(delivery, targetId, raising, gone),
      shadow,
    };
  }
  if (targetId !== undefined) return { kind: 'remove', targetId, rules: removing, shadow };
  // It was being created when the answer was lost. Nobody knows its id, so it is brought once more, which finds it.
  return {
    ...planWrite(removing, shadow, record.state, targetId),
    match: [],
    mayCreate: true,
    thenRemove: true,
  };
}

function raisedCause(
  { source, target, entity, sourceId }: PlannedDelivery,
  targetId: string,
  rule: Rule,
  gone: boolean,
): string {
  const what = gone ? 'was deleted' : `does not meet the conditions of the rule ${rule.id} any more`;
  return `${entity} ${sourceId} of ${source} ${what}, and it is ${entity} ${targetId} in ${target}. Decide what becomes of it there.`;
}

/** When what is planned may leave, milliseconds since 1970: at the earliest of the times that its rules give it. */
export const leavesAt = ({ rules }: { readonly rules: readonly Rule[] }, nowMs: number): number =>
  Math.min(...rules.map((rule) => dueAt(rule.timing, nowMs)));

function planWrite(
  rules: readonly Rule[],
  shadow: boolean,
  state: State,
  targetId: string | undefined,
): Extract<Plan, { kind: 'write' }> {
  const plan = planFields(rules, shadow, state);
  const creating = targetId === undefined ? rules.filter((rule) => rule.initial !== undefined) : [];
  return creating.length === 0 ? plan : { ...plan, initial: initialOf(creating, plan.fields, state) };
}

/** What is always written counts, where another rule gives it to new objects. */
function initialOf(rules: readonly Rule[], written: State, state: State): Given {
  const fields: Record<string, Value> = {};
  const references = new Map<string, ReferenceField>();
  for (const rule of rules) {
    if (rule.initial === undefined || rule.create === 'never') continue;
    const given = mapFields({ id: rule.id, ...rule.initial }, state);
    for (const [field, value] of Object.entries(given))
      if (!Object.hasOwn(written, field)) fields[field] = value;
    for (const reference of initialReferencesOf(rule))
      if (Object.hasOwn(fields, reference.field)) references.set(reference.field, reference);
  }
  return { fields, references: [...references.values()] };
}

/** Everything that would be written if nothing is there yet. */
export function givenBy(plan: Pick<WritePlan, 'fields' | 'references' | 'initial'>): Given {
  const { fields, references, initial } = plan;
  if (initial === undefined) return plan;
  return { fields: { ...initial.fields, ...fields }, references: [...initial.references, ...references] };
}

type WritePlan = Extract<Plan, { kind: 'write' }>;

function planFields(rules: readonly Rule[], shadow: boolean, state: State): WritePlan {
  const [first, ...others] = rules as [Rule, ...Rule[]];
  if (others.length === 0) {
    return {
      kind: 'write',
      rules,
      shadow,
      fields: mapFields(first, state),
      references: referencesOf(first),
      match: first.match,
      mayCreate: first.create !== 'never',
      thenRemove: false,
    };
  }
  const references = new Map(rules.flatMap(referencesOf).map((reference) => [reference.field, reference]));
  return {
    kind: 'write',
    rules,
    shadow,
    fields: Object.assign({}, ...rules.map((rule) => mapFields(rule, state))),
    references: [...references.values()],
    match: [...new Set(rules.flatMap((rule) => rule.match))],
    mayCreate: rules.some((rule) => rule.create !== 'never'),
    thenRemove: false,
  };
}

/** The rules that bring objects like this one from its source to its target. */
export function rulesBetween(
  delivery: Pick<NewDelivery, 'source' | 'target' | 'entity'>,
  landscape: Terrain,
): readonly Rule[] {
  const to = landscape.roleOf(delivery.target);
  return rulesFrom(landscape.rules, landscape.roleOf(delivery.source), delivery.entity).filter(
    (rule) => rule.to === to,
  );
}

/** The objects of the source that the fields refer to. */
export function referredObjects(
  delivery: Pick<NewDelivery, 'source'>,
  fields: State,
  references: readonly ReferenceField[],
): SystemObject[] {
  const objects: SystemObject[] = [];
  for (const { field, entity } of references) {
    const value = fields[field];
    const ids =
      typeof value === 'string' ? [value] : isList(value ?? null) ? (value as readonly string[]) : [];
    for (const id of ids) objects.push({ system: delivery.source, entity, id });
  }
  return objects;
}

/** The fields with every reference as an id of the target. `idIn` must know all of `referredObjects`. */
export function translateReferences(
  fields: State,
  references: readonly ReferenceField[],
  idIn: (entity: string, id: string) => string | undefined,
): State {
  if (references.length === 0) return fields;
  const translated: Record<string, Value> = { ...fields };
  for (const { field, entity } of references) {
    const value = fields[field];
    if (typeof value === 'string') translated[field] = idIn(entity, value) ?? null;
    else if (value !== undefined && isList(value)) {
      translated[field] = value.flatMap((id) => idIn(entity, id) ?? []);
    }
  }
  return translated;
}
