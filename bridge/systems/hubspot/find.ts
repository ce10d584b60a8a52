import type { EntityName } from '../../entities/catalogue.ts';
import type { HubspotApi } from './api.ts';
import { type EntityMapping, fromProperty, type Mappings, mappingOf, toProperty } from './mapping.ts';

/** Groups of filters that HubSpot takes in one search. */
const groupLimit = 5;
const pageLimit = 200;

/** Fields that identify an object well enough to look for it. */
export const findable: Readonly<Partial<Record<EntityName, readonly string[]>>> = {
  customer: ['vat', 'domain', 'name'],
  opportunity: ['name'],
};

/**
 * Ids of the objects whose field equals each value. Search shows new states some seconds late, so an object that was
 * made a moment ago may be missing; objects that the bridge wrote are safe, because it upserts them by reference.
 */
export async function find(
  api: HubspotApi,
  mappings: Mappings,
  entity: EntityName,
  field: string,
  values: readonly string[],
  signal: AbortSignal,
): Promise<string[][]> {
  const mapping = mappingOf(mappings, entity);
  if (!findable[entity]?.includes(field)) throw new TypeError(`HubSpot cannot find ${entity} by ${field}`);
  const found: string[][] = [];
  for (let start = 0; start < values.length; start += groupLimit)
    found.push(...(await findSome(api, mapping, field, values.slice(start, start + groupLimit), signal)));
  return found;
}

async function findSome(
  api: HubspotApi,
  mapping: EntityMapping,
  field: string,
  values: readonly string[],
  signal: AbortSignal,
): Promise<string[][]> {
  const { property, kind } = mapping.fields[field] as EntityMapping['fields'][string];
  const answer = await api.search(
    mapping.type,
    {
      filterGroups: values.map((value) => ({
        filters: [{ propertyName: property, operator: 'EQ', value: toProperty(kind, value) }],
      })),
      sort: 'createdate',
      properties: [property],
      limit: pageLimit,
    },
    signal,
  );
  // HubSpot compares without regard to case; equal means equal here.
  return values.map((value) =>
    answer.results
      .filter(({ properties }) => fromProperty(kind, properties[property], 'UTC') === value)
      .map(({ id }) => id),
  );
}
