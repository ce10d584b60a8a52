import { type EntityName, entityOf } from '../entities/catalogue.ts';
import { isAccountingOutcome } from '../entities/entity.ts';
import type { Role } from '../entities/role.ts';
import type { RuleDraft } from './entity-file.ts';
import { type Placed, placeText, type Report } from './problem.ts';
import type { SystemDraft } from './systems-file.ts';

/** Checks what can only be seen when all rules and systems lie side by side. */
export function checkAgreement(rules: readonly RuleDraft[], systems: readonly SystemDraft[], report: Report) {
  checkIds(rules, report);
  checkRoles(rules, systems, report);
  checkPlayers(systems, report);
  for (const rule of rules) checkAccounting(rule, report);
  checkWriters(rules, report);
  checkReferences(rules, report);
  checkNeeded(rules, report);
}

function checkIds(rules: readonly RuleDraft[], report: Report): void {
  const first = new Map<string, Placed<string>>();
  for (const { id } of rules) {
    if (id === undefined) continue;
    const earlier = first.get(id.value);
    if (earlier === undefined) first.set(id.value, id);
    else
      report(
        id.place,
        `the rule id "${id.value}" is taken, see ${placeText(earlier.place)}`,
        'choose another id',
      );
  }
}

function checkRoles(rules: readonly RuleDraft[], systems: readonly SystemDraft[], report: Report): void {
  // A system whose role could not be read was reported; it may be the one that is missed here.
  if (systems.length === 0 || systems.some((system) => system.role === undefined)) return;
  const played = new Set<Role | undefined>(systems.map((system) => system.role?.value));
  for (const { from, to } of rules)
    for (const role of [from, to])
      if (role !== undefined && !played.has(role.value))
        report(role.place, `no system has the role ${role.value}`, 'add one to systems.yaml');
}

/** A rule goes to a role, so it must be clear which system that is. */
function checkPlayers(systems: readonly SystemDraft[], report: Report): void {
  const players = new Map<Role, string>();
  for (const { name, role } of systems) {
    if (role === undefined) continue;
    const player = players.get(role.value);
    if (player === undefined) players.set(role.value, name.value);
    else
      report(
        role.place,
        `the role ${role.value} is taken by ${player}`,
        'give each system a role of its own',
      );
  }
}

/** Posted invoices, payments and what follows from them belong to the erp: nothing outside overwrites them. */
function checkAccounting(rule: RuleDraft, report: Report): void {
  if (rule.to?.value !== 'erp' || rule.entity === undefined) return;
  const entity = entityOf(rule.entity);
  const advice = 'accounting outcomes are written by nobody but the erp';
  if (entity.accounting) {
    report(rule.to.place, `a rule cannot write ${entity.name}s to the erp`, advice);
    return;
  }
  for (const field of rule.fields)
    if (isAccountingOutcome(entity, field.value))
      report(field.place, `a rule cannot write "${field.value}" to the erp`, advice);
}

interface Writer {
  readonly rule: RuleDraft;
  readonly field: Placed<string>;
}

/** A field has one owner, the role it comes from, and reaches every other role by one rule. */
function checkWriters(rules: readonly RuleDraft[], report: Report): void {
  const writers = new Map<string, Writer[]>();
  for (const rule of rules) {
    for (const field of rule.fields) {
      const key = `${rule.entity} ${field.value}`;
      const others = writers.get(key) ?? [];
      writers.set(key, [...others, { rule, field }]);
      const problem = others.map((other) => conflict(rule, field, other)).find((text) => text !== undefined);
      if (problem !== undefined) report(field.place, ...problem);
    }
  }
}

function conflict(rule: RuleDraft, field: Placed<string>, other: Writer): [string, string] | undefined {
  const { entity, from, to } = rule;
  if (entity === undefined || from === undefined || to === undefined) return undefined;
  const what = `"${field.value}" of ${entity}`;
  const where = placeText(other.field.place);
  if (other.rule.to?.value === to.value)
    return [`${what} is written to ${to.value} by another rule too, see ${where}`, 'leave it to one of them'];
  const owner = other.rule.from?.value;
  if (owner === undefined || owner === from.value) return undefined;
  return [`${what} comes from ${from.value} here and from ${owner} in ${where}`, 'a field has one owner'];
}

/** A delivery waits until what it refers to is linked; a reference that no rule ever links would wait for ever. */
function checkReferences(rules: readonly RuleDraft[], report: Report): void {
  const linked = new Set(
    rules.flatMap(({ entity, from, to }) => [
      `${entity} ${from?.value} ${to?.value}`,
      `${entity} ${to?.value} ${from?.value}`,
    ]),
  );
  // A rule that could not be read in full was reported; it may be the one that is missed here.
  if (rules.some((rule) => rule.entity === undefined || rule.from === undefined || rule.to === undefined))
    return;
  for (const rule of rules) {
    for (const field of rule.fields) {
      const target = targetOf(rule.entity, field.value);
      if (target === undefined || linked.has(`${target} ${rule.from?.value} ${rule.to?.value}`)) continue;
      const between = `between ${rule.from?.value} and ${rule.to?.value}`;
      const advice = `add a rule for ${target}, if only to match it ("create: never"), or leave the field out`;
      report(
        field.place,
        `"${field.value}" refers to a ${target}, and no rule links ${target} ${between}`,
        advice,
      );
    }
  }
}

/** `create: needed` waits for something that refers to the object and goes to the same role. */
function checkNeeded(rules: readonly RuleDraft[], report: Report): void {
  for (const { create, entity, to } of rules) {
    if (create.value !== 'needed' || entity === undefined || to === undefined) continue;
    const isNeeded = rules.some(
      (rule) =>
        rule.to?.value === to.value &&
        rule.fields.some((field) => targetOf(rule.entity, field.value) === entity),
    );
    if (isNeeded) continue;
    const message = `nothing that goes to ${to.value} refers to a ${entity}, so it would never be needed`;
    report(create.place, message, 'write "create: always" or "create: never"');
  }
}

const targetOf = (entity: EntityName | undefined, field: string): string | undefined =>
  entity === undefined ? undefined : entityOf(entity).fields[field]?.entity;
