import { SystemError } from '../error.ts';
import type { Finding } from '../system.ts';
import type { HubspotApi, ListAnswer, ObjectType } from './api.ts';
import { customProperties, group, type PropertyDefinition } from './properties.ts';

const objectTypes: readonly ObjectType[] = ['companies', 'deals'];

/** Creates the property group and the properties that are missing. */
export async function setup(api: HubspotApi, signal: AbortSignal): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const type of objectTypes) {
    await createUnlessThere(api, `/crm/v3/properties/${type}/groups`, group, signal);
    const present = await readProperties(api, type, signal);
    const missing = customProperties[type].filter(({ name }) => !present.has(name));
    for (const definition of missing)
      await createUnlessThere(api, `/crm/v3/properties/${type}`, definition, signal);
    findings.push({
      level: 'ok',
      message:
        missing.length === 0
          ? `The properties of HubSpot's ${type} were there already.`
          : `Created ${missing.length} properties of HubSpot's ${type}.`,
    });
    findings.push(...wrongProperties(type, present));
  }
  return findings;
}

export type PropertiesByName = ReadonlyMap<string, PropertyDefinition>;

export async function readProperties(
  api: HubspotApi,
  type: ObjectType,
  signal: AbortSignal,
): Promise<PropertiesByName> {
  const action = `read the properties of ${type}`;
  const answer = await api.get<ListAnswer<PropertyDefinition>>(`/crm/v3/properties/${type}`, action, signal);
  return new Map(answer.results.map((property) => [property.name, property]));
}

/** Properties that are there, but not as the bridge needs them. */
export function wrongProperties(type: ObjectType, present: PropertiesByName): Finding[] {
  return customProperties[type].flatMap((wanted): Finding[] => {
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
        remedy: 'Delete it in HubSpot (Settings, Properties), then run the set-up again.',
      },
    ];
  });
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
