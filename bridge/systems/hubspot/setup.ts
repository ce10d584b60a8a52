import { SystemError } from '../error.ts';
import type { Finding, SystemExtension } from '../system.ts';
import { otherAccount, readAccount } from './account.ts';
import type { HubspotApi, ListAnswer, ObjectType } from './api.ts';
import type { HubspotSettings } from './options.ts';
import { ownOf, ownPropertyFindings } from './own-properties.ts';
import {
  customProperties,
  group,
  ownDefinition,
  type PresentProperty,
  type PropertyDefinition,
} from './properties.ts';

export const objectTypes: readonly ObjectType[] = ['companies', 'deals'];

/** Creates the property group and the properties that are missing, the firm's own too. Nothing in an account that is not its own. */
export async function setup(
  api: HubspotApi,
  settings: HubspotSettings,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { extensions } = settings;
  const findings = await otherAccount(await readAccount(api, signal), settings);
  if (findings.length > 0) return findings;
  for (const type of objectTypes) {
    await createUnlessThere(api, `/crm/v3/properties/${type}/groups`, group, signal);
    const present = await readProperties(api, type, signal);
    const missing = missingProperties(type, extensions, present);
    const refused: Finding[] = [];
    for (const definition of missing) {
      const finding = await createProperty(api, type, definition, signal);
      if (finding !== undefined) refused.push(finding);
    }
    findings.push({
      level: 'ok',
      message:
        missing.length === 0
          ? `The properties of HubSpot's ${type} were there already.`
          : `Created ${missing.length - refused.length} properties of HubSpot's ${type}.`,
    });
    findings.push(...refused, ...wrongProperties(type, extensions, present));
  }
  return findings;
}

export type PropertiesByName = ReadonlyMap<string, PresentProperty>;

export async function readProperties(
  api: HubspotApi,
  type: ObjectType,
  signal: AbortSignal,
): Promise<PropertiesByName> {
  const action = `read the properties of ${type}`;
  const answer = await api.get<ListAnswer<PresentProperty>>(`/crm/v3/properties/${type}`, action, signal);
  return new Map(answer.results.map((property) => [property.name, property]));
}

/** The properties that the bridge needs and that are not there, each once. */
export function missingProperties(
  type: ObjectType,
  extensions: readonly SystemExtension[],
  present: PropertiesByName,
): PropertyDefinition[] {
  const wanted = [...customProperties[type], ...ownOf(type, extensions).map(ownDefinition)];
  const byName = new Map(wanted.toReversed().map((definition) => [definition.name, definition]));
  return [...byName.values()].reverse().filter(({ name }) => !present.has(name));
}

/** Properties that are there, but not as the bridge needs them. */
export function wrongProperties(
  type: ObjectType,
  extensions: readonly SystemExtension[],
  present: PropertiesByName,
): Finding[] {
  const own = ownOf(type, extensions).flatMap((extension) =>
    ownPropertyFindings(type, extension, present.get(extension.name)),
  );
  return [...customProperties[type].flatMap((wanted) => customFindings(type, wanted, present)), ...own];
}

function customFindings(type: ObjectType, wanted: PropertyDefinition, present: PropertiesByName): Finding[] {
  const found = present.get(wanted.name);
  if (found === undefined) return [];
  const lacking = (wanted.options ?? []).filter(
    ({ value }) => !(found.options ?? []).some((option) => option.value === value),
  );
  const problem =
    found.type !== wanted.type
      ? `is of type ${found.type} instead of ${wanted.type}`
      : wanted.hasUniqueValue && !found.hasUniqueValue
        ? 'does not require unique values'
        : lacking.length > 0
          ? `lacks the options ${lacking.map(({ value }) => value).join(', ')}`
          : undefined;
  if (problem === undefined) return [];
  return [
    {
      level: 'error',
      message: `The property ${wanted.name} of HubSpot's ${type} ${problem}.`,
      remedy: 'Delete it in HubSpot (Settings, Properties): the bridge creates it anew when it starts.',
    },
  ];
}

/** What keeps HubSpot from creating it, where it refuses the definition itself: a name that it does not take. */
async function createProperty(
  api: HubspotApi,
  type: ObjectType,
  definition: PropertyDefinition,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  try {
    await createUnlessThere(api, `/crm/v3/properties/${type}`, definition, signal);
    return undefined;
  } catch (error) {
    if (!(error instanceof SystemError) || error.kind !== 'invalid') throw error;
    return {
      level: 'error',
      message: `HubSpot does not create the property ${definition.name} of ${type}: ${error.message}`,
      remedy:
        'Write a name in the rules that has only lower-case letters, digits and "_", and starts with a letter.',
    };
  }
}

async function createUnlessThere(
  api: HubspotApi,
  path: string,
  body: object & { readonly name: string },
  signal: AbortSignal,
): Promise<void> {
  try {
    await api.post(path, body, `create ${body.name}`, true, signal);
  } catch (error) {
    if (!(error instanceof SystemError) || error.kind !== 'conflict') throw error;
  }
}
