import { type EntityName, entityOf } from '../entities/catalogue.ts';
import { isAccountingOutcome } from '../entities/entity.ts';
import type { Role } from '../entities/role.ts';
import type { RuleSet } from './rule.ts';

const bringersByRuleSet = new WeakMap<RuleSet, ReadonlyMap<string, ReadonlySet<Role>>>();

/**
 * The role whose systems decide what is in a field. Accounting outcomes are the erp's; else it is the field's own owner,
 * else the entity's, else the role that a rule brings it from. `undefined` when no rule brings the field anywhere and
 * nobody is named.
 */
export function ownerOf(ruleSet: RuleSet, entity: EntityName, field: string): Role | undefined {
  const [bringer] = bringersOf(ruleSet, entity, field);
  return declaredOwner(ruleSet, entity, field) ?? bringer;
}

/** @returns the owner as far as the files or the nature of the field name one */
function declaredOwner(ruleSet: RuleSet, entity: EntityName, field: string): Role | undefined {
  if (isAccountingOutcome(entityOf(entity), field)) return 'erp';
  const policy = ruleSet.entities[entity];
  if (policy === undefined) return undefined;
  return Object.hasOwn(policy.owners, field) ? policy.owners[field] : policy.owner;
}

function bringersOf(ruleSet: RuleSet, entity: EntityName, field: string): ReadonlySet<Role> {
  let bringers = bringersByRuleSet.get(ruleSet);
  if (bringers === undefined) {
    const all = new Map<string, Set<Role>>();
    for (const rule of ruleSet.rules)
      for (const part of [rule, ...rule.overrides])
        for (const name of part.fields ?? []) {
          const key = fieldKey(rule.entity, name);
          all.set(key, (all.get(key) ?? new Set()).add(rule.from));
        }
    bringers = all;
    bringersByRuleSet.set(ruleSet, bringers);
  }
  return bringers.get(fieldKey(entity, field)) ?? nobody;
}

const nobody: ReadonlySet<Role> = new Set();
const fieldKey = (entity: EntityName, field: string): string => `${entity} ${field}`;

/** Fields that a system must not write in another one. */
export interface Trespass {
  readonly field: string;
  /** Who owns it; `undefined` when no rule brings the field from anywhere. */
  readonly owner: Role | undefined;
}

/**
 * The fields that systems with the role `from` must not write in systems with the role `to`, because they do not own
 * them, or because they are accounting outcomes, which nobody writes to the erp. Empty when all is well.
 */
export function trespasses(
  ruleSet: RuleSet,
  write: {
    readonly entity: EntityName;
    readonly from: Role;
    readonly to: Role;
    readonly fields: Iterable<string>;
  },
): readonly Trespass[] {
  const { entity, from, to } = write;
  const allowed = allowedFields(ruleSet, entity, from, to);
  let found: Trespass[] | undefined;
  for (const field of write.fields) {
    if (mayWrite(allowed, field, () => isOwned(ruleSet, entity, field, from, to))) continue;
    found ??= [];
    found.push({ field, owner: ownerOf(ruleSet, entity, field) });
  }
  return found ?? none;
}

const none: readonly Trespass[] = [];

/**
 * The fields that systems with the role `from` must not even give to an object that they create in systems with the role
 * `to`: accounting outcomes in the erp, what a third role owns, and what no rule gives to such objects.
 */
export function initialTrespasses(
  ruleSet: RuleSet,
  write: {
    readonly entity: EntityName;
    readonly from: Role;
    readonly to: Role;
    readonly fields: Iterable<string>;
  },
): readonly Trespass[] {
  const { entity, from, to } = write;
  const given = ruleSet.rules.filter(
    (rule) => rule.entity === entity && rule.from === from && rule.to === to,
  );
  const found: Trespass[] = [];
  for (const field of write.fields) {
    const owner = declaredOwner(ruleSet, entity, field);
    const isOutcome = to === 'erp' && isAccountingOutcome(entityOf(entity), field);
    const isStrange = owner !== undefined && owner !== from && owner !== to;
    if (isOutcome || isStrange || !given.some(({ initial }) => initial?.fields.includes(field)))
      found.push({ field, owner });
  }
  return found;
}

function isOwned(ruleSet: RuleSet, entity: EntityName, field: string, from: Role, to: Role): boolean {
  if (to === 'erp' && isAccountingOutcome(entityOf(entity), field)) return false;
  const declared = declaredOwner(ruleSet, entity, field);
  return declared === undefined ? bringersOf(ruleSet, entity, field).has(from) : declared === from;
}

const allowedByRuleSet = new WeakMap<RuleSet, Map<string, Map<string, boolean>>>();

/** What was found out before about the fields of this entity on this way. */
function allowedFields(ruleSet: RuleSet, entity: EntityName, from: Role, to: Role): Map<string, boolean> {
  let ways = allowedByRuleSet.get(ruleSet);
  if (ways === undefined) {
    ways = new Map();
    allowedByRuleSet.set(ruleSet, ways);
  }
  const way = `${entity} ${from} ${to}`;
  let fields = ways.get(way);
  if (fields === undefined) {
    fields = new Map();
    ways.set(way, fields);
  }
  return fields;
}

function mayWrite(allowed: Map<string, boolean>, field: string, look: () => boolean): boolean {
  let may = allowed.get(field);
  if (may === undefined) {
    may = look();
    allowed.set(field, may);
  }
  return may;
}
