import { type EntityName, entityOf } from '../entities/catalogue.ts';
import { isAccountingOutcome } from '../entities/entity.ts';
import type { Role } from '../entities/role.ts';
import { type RuleDraft, writtenFields } from './draft.ts';
import type { FieldDraft } from './mapping-file.ts';
import type { Policies } from './policies.ts';
import { type Placed, placeText, type Report } from './problem.ts';

type Said = readonly [message: string, suggestion: string];

/**
 * Checks that every field has one owner, that only the owner's systems bring it to others, that one rule brings it to
 * each role, and that nobody writes accounting outcomes to the erp.
 *
 * @returns the fields that were refused
 */
export function checkOwnership(
  rules: readonly RuleDraft[],
  policies: Policies,
  report: Report,
): ReadonlySet<FieldDraft> {
  const refused = new Set<FieldDraft>();
  const writers = new Map<string, Writer[]>();
  for (const rule of rules) {
    const { entity, from, to } = rule;
    if (entity === undefined || from === undefined || to === undefined) continue;
    if (to.value === 'erp' && entityOf(entity).accounting) {
      report(to.place, `a rule cannot write ${entity}s to the erp`, accountingAdvice);
      for (const field of writtenFields(rule)) refused.add(field);
      continue;
    }
    const way = { rule, entity, from: from.value, to: to.value };
    for (const field of writtenFields(rule)) {
      const writer = { ...way, field };
      const others = writers.get(`${entity} ${field.value}`) ?? [];
      writers.set(`${entity} ${field.value}`, [...others, writer]);
      const said =
        accountingProblem(writer) ?? ownerProblem(writer, policies) ?? conflict(writer, others, policies);
      if (said === undefined) continue;
      report(field.place, ...said);
      refused.add(field);
    }
    for (const field of rule.initial) {
      const writer = { ...way, field };
      const said = accountingProblem(writer) ?? strangerProblem(writer, policies);
      if (said !== undefined) report(field.place, ...said);
    }
  }
  return refused;
}

interface Writer {
  readonly rule: RuleDraft;
  readonly field: FieldDraft;
  readonly entity: EntityName;
  readonly from: Role;
  readonly to: Role;
}

const accountingAdvice = 'accounting outcomes are written by nobody but the erp';

/** Posted invoices, payments and what follows from them belong to the erp: nothing outside overwrites them. */
function accountingProblem({ entity, field, from, to }: Writer): Said | undefined {
  if (!isAccountingOutcome(entityOf(entity), field.value)) return undefined;
  if (to === 'erp') return [`a rule cannot write "${field.value}" to the erp`, accountingAdvice];
  if (from === 'erp') return undefined;
  const message = `"${field.value}" is an accounting outcome, which the erp owns, and comes from ${from} here`;
  return [message, 'bring it from the erp'];
}

function ownerProblem(writer: Writer, policies: Policies): Said | undefined {
  const { entity, field, from, to } = writer;
  // The books are the erp's, whoever owns the rest of the entity.
  if (isAccountingOutcome(entityOf(entity), field.value)) return undefined;
  const owner = declaredOwner(entity, field.value, policies);
  if (owner === undefined || owner.value === from) return undefined;
  const message = `"${field.value}" of ${entity} is owned by ${owner.value}, see ${placeText(owner.place)}, so ${from} cannot write it to ${to}`;
  return [message, `bring it from ${owner.value}, or write "${field.value}: ${from}" under "owners"`];
}

/** What an object gets when it is created is owned by where it comes from, or by where it goes to. */
function strangerProblem({ entity, field, from, to }: Writer, policies: Policies): Said | undefined {
  const owner = declaredOwner(entity, field.value, policies);
  if (owner === undefined || owner.value === from || owner.value === to) return undefined;
  const message = `"${field.value}" of ${entity} is owned by ${owner.value}, see ${placeText(owner.place)}, so ${from} cannot give it to what it creates in ${to}`;
  return [message, `bring it from ${owner.value}`];
}

const declaredOwner = (entity: EntityName, field: string, policies: Policies): Placed<Role> | undefined =>
  policies.get(entity)?.owners.get(field) ?? policies.get(entity)?.owner;

/** What another rule that writes the same field keeps this one from doing. */
function conflict(
  { rule, entity, field, from, to }: Writer,
  others: readonly Writer[],
  policies: Policies,
): Said | undefined {
  const what = `"${field.value}" of ${entity}`;
  // A rule and its overrides are one: they never bring the same object together.
  const twice = others.find((other) => other.to === to && other.rule !== rule);
  if (twice !== undefined) {
    const message = `${what} is written to ${to} by another rule too, see ${placeText(twice.field.place)}`;
    return [message, 'leave it to one of them'];
  }
  if (declaredOwner(entity, field.value, policies) !== undefined) return undefined;
  const strange = others.find((other) => other.from !== from);
  if (strange === undefined) return undefined;
  const message = `${what} comes from ${from} here and from ${strange.from} in ${placeText(strange.field.place)}`;
  return [message, 'a field has one owner'];
}
