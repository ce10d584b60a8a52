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
  /** Pages of all objects that are not deleted, each object once. */
  list(entity: EntityName, signal: AbortSignal): AsyncGenerator<Snapshot[]>;
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
    const states = await statesOf(mapping, answer.results, signal);
    return ids.map((id) => ({ entity, id, state: states.get(id) ?? null }));
  }

  async function statesOf(
    mapping: EntityMapping,
    objects: readonly HubspotObject[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, State>> {
    const deals = mapping.type === 'deals' ? objects.map(({ id }) => id) : [];
    const companies = await readCompanies(api, deals, signal);
    const emails = deals.length > 0 ? await owners.emails(signal) : undefined;
    return new Map(
      objects.map((object) => {
        const own = stateOf(mapping, object.properties, settings.timeZone);
        const more = mapping.type === 'deals' ? dealState(object, companies, emails) : companyState;
        return [object.id, { ...own, ...more }];
      }),
    );
  }

  async function* list(entity: EntityName, signal: AbortSignal): AsyncGenerator<Snapshot[]> {
    const mapping = mappingOf(mappings, entity);
    let after: string | undefined;
    do {
      const { type, properties } = mapping;
      const page = await api.list(type, { archived: false, properties, after }, signal);
      const states = await statesOf(mapping, page.results, signal);
      yield [...states].map(([id, state]) => ({ entity, id, state }));
      after = page.paging?.next?.after;
    } while (after !== undefined);
  }

  return {
    list,
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
