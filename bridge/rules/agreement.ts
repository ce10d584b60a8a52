import type { Role } from '../entities/role.ts';
import { checkDependencies } from './dependency-check.ts';
import type { RuleDraft } from './draft.ts';
import { checkEchoes } from './echo-check.ts';
import type { FlowDraft } from './flow-draft.ts';
import { checkOwnership } from './ownership-check.ts';
import type { Policies } from './policies.ts';
import { type Placed, placeText, type Report } from './problem.ts';
import type { SystemDraft } from './systems-file.ts';

/** Checks what can only be seen when all rules and systems lie side by side. */
export function checkAgreement(
  rules: readonly RuleDraft[],
  systems: readonly SystemDraft[],
  policies: Policies,
  flows: readonly FlowDraft[],
  report: Report,
) {
  checkIds(rules, report);
  checkRoles(rules, systems, policies, report);
  checkPlayers(systems, report);
  const refused = checkOwnership(rules, policies, report);
  checkEchoes(rules, refused, report);
  checkDependencies(rules, flows, report);
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

function checkRoles(
  rules: readonly RuleDraft[],
  systems: readonly SystemDraft[],
  policies: Policies,
  report: Report,
): void {
  // A system whose role could not be read was reported; it may be the one that is missed here.
  if (systems.length === 0 || systems.some((system) => system.role === undefined)) return;
  const played = new Set<Role | undefined>(systems.map((system) => system.role?.value));
  const owners = [...policies.values()].flatMap((policy) => [policy.owner, ...policy.owners.values()]);
  for (const role of [...owners, ...rules.flatMap(({ from, to }) => [from, to])])
    if (role !== undefined && !played.has(role.value))
      report(
        role.place,
        `no system has the role ${role.value}`,
        'add one to systems.yaml, or leave this out',
      );
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
