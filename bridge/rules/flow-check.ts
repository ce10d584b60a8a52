import type { EntityName } from '../entities/catalogue.ts';
import type { Role } from '../entities/role.ts';
import { withArticle } from './article.ts';
import type { RuleDraft } from './draft.ts';
import type { ExtensionDraft } from './field-set.ts';
import type { FlowDraft, FlowObjectDraft, FlowRequest } from './flow-draft.ts';
import { type Placed, placeText, type Report } from './problem.ts';
import type { SystemDraft } from './systems-file.ts';

/** Checks what can only be seen when flows, rules and systems lie side by side. */
export function checkFlows(
  flows: readonly FlowDraft[],
  rules: readonly RuleDraft[],
  systems: readonly SystemDraft[],
  extensions: readonly ExtensionDraft[],
  report: Report,
): void {
  checkIds(flows, report);
  const played = playedRoles(systems);
  checkRoles(flows, played, report);
  for (const flow of flows) checkExtensionNames(flow, extensions, report);
  // A rule that could not be read in full was reported; it may be the one that is missed here.
  if (rules.some((rule) => rule.entity === undefined || rule.from === undefined || rule.to === undefined))
    return;
  const linked = linksBy(rules);
  const isPlayed = (role: Placed<Role> | undefined) =>
    role !== undefined && played?.has(role.value) !== false;
  for (const { objects, knownIn, requests } of flows) {
    if (isPlayed(knownIn)) checkKnown(objects, knownIn, linked, report);
    for (const object of objects) if (isPlayed(object.role)) checkWay(object, linked, report);
    for (const request of requests)
      if (request.kind === 'deliver' && isPlayed(request.to)) checkDelivery(request, rules, report);
  }
}

function checkIds(flows: readonly FlowDraft[], report: Report): void {
  const first = new Map<string, Placed<string>>();
  for (const { id } of flows) {
    if (id === undefined) continue;
    const earlier = first.get(id.value);
    if (earlier === undefined) first.set(id.value, id);
    else {
      const message = `the flow "${id.value}" is there already, see ${placeText(earlier.place)}`;
      report(id.place, message, 'choose another name');
    }
  }
}

/** `undefined` where a system's role could not be read, which was reported: it may be any. */
function playedRoles(systems: readonly SystemDraft[]): ReadonlySet<Role> | undefined {
  const roles = systems.flatMap(({ role }) => (role === undefined ? [] : [role.value]));
  return systems.length === 0 || roles.length < systems.length ? undefined : new Set(roles);
}

function checkRoles(
  flows: readonly FlowDraft[],
  played: ReadonlySet<Role> | undefined,
  report: Report,
): void {
  if (played === undefined) return;
  const named = flows.flatMap(({ objects, knownIn, requests }) => [
    knownIn,
    ...objects.map(({ role }) => role),
    ...requests.map((request) => (request.kind === 'deliver' ? request.to : undefined)),
  ]);
  for (const role of named)
    if (role !== undefined && !played.has(role.value))
      report(
        role.place,
        `no system has the role ${role.value}`,
        'add one to systems.yaml, or leave this out',
      );
}

/** Fields of the firm's own can only be read where they are. */
function checkExtensionNames(
  { mentions }: FlowDraft,
  extensions: readonly ExtensionDraft[],
  report: Report,
): void {
  for (const { object, field } of mentions) {
    const extension = extensions.find(
      ({ value }) => value.field === field.value && value.entity === object.entity,
    );
    if (extension === undefined || object.role === undefined) continue;
    const role = object.role.value;
    if (extension.names[role] !== undefined) continue;
    const advice = `add "${role}: <its name there>" in ${placeText(extension.place)}`;
    report(field.place, `"${field.value}" of ${object.entity} has no name in the ${role}`, advice);
  }
}

/** By entity: whether the rules link its objects between two roles, be it by way of a third one. */
type Linked = (entity: EntityName, one: Role, other: Role) => boolean;

function linksBy(rules: readonly RuleDraft[]): Linked {
  const groups = new Map<EntityName | undefined, Set<Role>[]>();
  for (const { entity, from, to } of rules) {
    if (from === undefined || to === undefined) continue;
    const known = groups.get(entity) ?? [];
    const touched = known.filter((group) => group.has(from.value) || group.has(to.value));
    const joined = new Set([from.value, to.value, ...touched.flatMap((group) => [...group])]);
    groups.set(entity, [...known.filter((group) => !touched.includes(group)), joined]);
  }
  return (entity, one, other) =>
    (groups.get(entity) ?? []).some((group) => group.has(one) && group.has(other));
}

/** An object in another system is found by a link, which a rule has to make. */
function checkWay({ name, entity, role, way }: FlowObjectDraft, linked: Linked, report: Report): void {
  if (way === undefined || role === undefined) return;
  const { of, kind, place } = way;
  // What is followed back is linked first: its field refers to an object of its own system.
  const followed = kind === 'back' ? of.entity : entity;
  if (followed === undefined || of.role === undefined || of.role.value === role.value) return;
  if (linked(followed, of.role.value, role.value)) return;
  const message = `"${name.value}" could never be found: no rule links ${followed} between ${of.role.value} and ${role.value}`;
  report(place, message, `add a rule for ${followed}, if only to match it ("create: never")`);
}

/** A system knows only what a rule links. */
function checkKnown(
  [about]: readonly FlowObjectDraft[],
  knownIn: Placed<Role> | undefined,
  linked: Linked,
  report: Report,
): void {
  if (about?.entity === undefined || about.role === undefined || knownIn === undefined) return;
  const [from, to] = [about.role.value, knownIn.value];
  if (from === to || linked(about.entity, from, to)) return;
  const message = `the ${to} could never know the subject: no rule links ${about.entity} between ${from} and ${to}`;
  report(knownIn.place, message, `add a rule for ${about.entity}`);
}

/** The rules have to bring what a flow wants to have brought. */
function checkDelivery(
  { object, to }: Extract<FlowRequest, { kind: 'deliver' }>,
  rules: readonly RuleDraft[],
  report: Report,
): void {
  if (object.entity === undefined || object.role === undefined) return;
  const from = object.role.value;
  const isBrought = rules.some(
    (rule) => rule.entity === object.entity && rule.from?.value === from && rule.to?.value === to.value,
  );
  if (isBrought) return;
  const message = `no rule brings ${withArticle(object.entity)} from ${from} to ${to.value}`;
  report(to.place, message, 'add one, with "create: needed" where only the flow may bring it');
}
