import type { EntityName } from '../entities/catalogue.ts';
import { extensionPrefix } from '../entities/extension.ts';
import type { Role } from '../entities/role.ts';
import type { ActionCapability, Capability } from '../systems/system.ts';
import { withArticle } from './article.ts';
import { givenFields, mentionedFields, type RuleDraft } from './draft.ts';
import type { ExtensionDraft } from './field-set.ts';
import type { Placed, Report } from './problem.ts';
import { suggest } from './suggest.ts';
import type { SystemDraft } from './systems-file.ts';

/** A connector as the rules see it. A part that is absent is not checked. */
export interface ConnectorOffer {
  readonly name: string;
  readonly streams?: readonly string[];
  readonly options?: readonly string[];
  readonly entities?: Readonly<Partial<Record<EntityName, Capability>>>;
  /** What can be done with objects besides writing them, by name. */
  readonly actions?: Readonly<Record<string, ActionCapability>>;
}

/** Checks that the systems' connectors exist and can do what the rules ask of them. */
export function checkOffers(
  rules: readonly RuleDraft[],
  systems: readonly SystemDraft[],
  extensions: readonly ExtensionDraft[],
  offers: readonly ConnectorOffer[],
  report: Report,
): void {
  for (const system of systems) {
    if (system.connector === undefined) continue;
    const { value, place } = system.connector;
    const offer = offers.find((candidate) => candidate.name === value);
    if (offer === undefined) {
      const names = offers.map((candidate) => candidate.name);
      report(place, `there is no connector "${value}"`, suggest(value, names));
      continue;
    }
    checkSystem(system, offer, report);
    if (offer.entities === undefined || system.role === undefined) continue;
    const { role } = system;
    for (const extension of extensions)
      checkExtensible(extension, role.value, system, offer.entities, report);
    for (const rule of rules) {
      if (rule.entity === undefined) continue;
      if (rule.from?.value === system.role.value) {
        const capability = offer.entities[rule.entity];
        if (capability === undefined)
          report(rule.from.place, `${system.name.value} does not know the entity ${rule.entity}`);
        else
          for (const field of mentionedFields(rule))
            checkRead(field, rule.entity, system, capability, report);
      }
      if (rule.to?.value === system.role.value)
        checkTarget(rule, system, offer.entities[rule.entity], report);
    }
  }
}

/** What a system never tells is never known: a condition on it would never hold. */
function checkRead(
  field: Placed<string>,
  entity: EntityName,
  system: SystemDraft,
  { read }: Capability,
  report: Report,
): void {
  if (read?.fields === undefined || read.fields.includes(field.value)) return;
  if (field.value.startsWith(extensionPrefix)) return;
  const message = `${system.name.value} never has "${field.value}" of ${withArticle(entity)}`;
  report(field.place, message, suggest(field.value, read.fields));
}

function checkSystem(system: SystemDraft, offer: ConnectorOffer, report: Report): void {
  for (const { stream } of system.poll)
    if (offer.streams !== undefined && !offer.streams.includes(stream.value))
      report(
        stream.place,
        `${offer.name} has no stream "${stream.value}"`,
        suggest(stream.value, offer.streams),
      );
  for (const { option } of system.options)
    if (offer.options !== undefined && !offer.options.includes(option.value))
      report(
        option.place,
        `${offer.name} has no option "${option.value}"`,
        suggest(option.value, offer.options),
      );
}

/** Extension fields can only be declared where the system can have them. */
function checkExtensible(
  { names, value }: ExtensionDraft,
  role: Role,
  system: SystemDraft,
  entities: NonNullable<ConnectorOffer['entities']>,
  report: Report,
): void {
  const name = names[role];
  if (name === undefined || entities[value.entity]?.extensible === true) return;
  const message = `${system.name.value} cannot have fields of the firm's own for ${withArticle(value.entity)}`;
  report(name.place, message, `leave "${role}" out`);
}

function checkTarget(
  rule: RuleDraft,
  system: SystemDraft,
  capability: Capability | undefined,
  report: Report,
): void {
  const name = system.name.value;
  if (rule.to === undefined) return;
  if (capability === undefined) {
    report(rule.to.place, `${name} does not know the entity ${rule.entity}`);
    return;
  }
  const object = withArticle(rule.entity as EntityName);
  const writable = capability.write?.fields ?? [];
  // Extension fields are the connector's as soon as the rules declare them.
  for (const field of givenFields(rule))
    if (!writable.includes(field.value) && !field.value.startsWith(extensionPrefix))
      report(
        field.place,
        `"${field.value}" of ${rule.entity} cannot be written to ${name}`,
        suggest(field.value, writable),
      );
  const searchable = capability.find ?? [];
  for (const field of rule.match)
    if (!searchable.includes(field.value))
      report(
        field.place,
        `${name} cannot find ${object} by "${field.value}"`,
        suggest(field.value, searchable),
      );
  if (capability.remove !== undefined) return;
  for (const { otherwise, deleted } of [rule, ...rule.overrides]) {
    if (otherwise?.value === 'remove')
      report(otherwise.place, `${name} cannot remove ${object}`, 'write "otherwise: keep"');
    else if (deleted?.value === 'remove')
      report(deleted.place, `${name} cannot remove ${object}`, 'write "deleted: keep"');
  }
}
