import type { EntityName } from '../../entities/catalogue.ts';
import type { State } from '../../entities/field.ts';
import type { Snapshot } from '../system.ts';
import type { HubspotApi, HubspotObject } from './api.ts';
import { readCompanies } from './associations.ts';
import { type EntityMapping, type Mappings, mappingOf, stateOf, statusOf } from './mapping.ts';
import type { HubspotSettings } from './options.ts';
import type { Owners } from './owners.ts';

export const readLimit = 100;

/** Reads one object's state after another from the store that is up to date, never from search. */
export interface Reader {
  read(entity: EntityName, ids: readonly string[], signal: AbortSignal): Promise<Snapshot[]>;
}

export function createReader(
  api: HubspotApi,
  owners: Owners,
  mappings: Mappings,
  settings: HubspotSettings,
): Reader {
  async function readSome(
    entity: EntityName,
    mapping: EntityMapping,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<Snapshot[]> {
    const answer = await api.readBatch(mapping.type, { ids }, mapping.properties, signal);
    const found = new Map(answer.results.map((object) => [object.id, object]));
    const companies =
      mapping.type === 'deals'
        ? await readCompanies(api, [...found.keys()], signal)
        : new Map<string, string>();
    const emails = mapping.type === 'deals' ? await owners.emails(signal) : undefined;
    return ids.map((id) => {
      const object = found.get(id);
      if (object === undefined) return { entity, id, state: null };
      const own = stateOf(mapping, object.properties, settings.timeZone);
      const more = mapping.type === 'deals' ? dealState(object, companies, emails) : companyState;
      return { entity, id, state: { ...own, ...more } };
    });
  }

  return {
    async read(entity, ids, signal) {
      const mapping = mappingOf(mappings, entity);
      const distinct = [...new Set(ids)];
      const snapshots: Snapshot[] = [];
      for (let start = 0; start < distinct.length; start += readLimit)
        snapshots.push(
          ...(await readSome(entity, mapping, distinct.slice(start, start + readLimit), signal)),
        );
      return snapshots;
    },
  };
}

/** Persons are contacts in HubSpot, never companies. */
const companyState: State = { is_company: true };

function dealState(
  { id, properties }: HubspotObject,
  companies: ReadonlyMap<string, string>,
  emails: ReadonlyMap<string, string> | undefined,
): State {
  const owner = properties.hubspot_owner_id;
  return {
    customer: companies.get(id) ?? null,
    status: statusOf(properties),
    ...(emails === undefined ? {} : { owner_email: owner ? (emails.get(owner) ?? null) : null }),
  };
}
