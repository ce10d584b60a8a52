import type { EntityName } from '../../entities/catalogue.ts';
import { SystemError } from '../error.ts';
import { failedBy } from '../failed.ts';
import type { Capability, Connector, RemoveChange, WriteResult } from '../system.ts';
import { createApi, type ObjectType } from './api.ts';
import { check } from './check.ts';
import { find, findable } from './find.ts';
import { mappingOf, mappingsWith } from './mapping.ts';
import { type HubspotOptions, settingsOf } from './options.ts';
import { createOwners } from './owners.ts';
import { poll, streams } from './poll.ts';
import { createReader, readLimit } from './read.ts';
import { setup } from './setup.ts';
import { createWriter, writeLimit } from './write.ts';

/**
 * HubSpot: companies are customers, deals are opportunities.
 * @example createHubspot({ token: () => process.env.HUBSPOT_TOKEN ?? '' })
 */
export function createHubspot(options: HubspotOptions): Connector {
  const settings = settingsOf(options);
  const api = createApi(settings);
  const mappings = mappingsWith(settings.extensions);
  const reader = createReader(api, createOwners(api, settings.now), mappings, settings);
  const writer = createWriter(api, mappings, settings);

  async function remove(
    entity: EntityName,
    changes: readonly RemoveChange[],
    signal: AbortSignal,
  ): Promise<WriteResult[]> {
    const { type } = mappingOf(mappings, entity);
    const results: WriteResult[] = [];
    for (let start = 0; start < changes.length; start += writeLimit) {
      const some = changes.slice(start, start + writeLimit);
      try {
        const ids = [...new Set(some.map(({ id }) => id))];
        await api.archiveBatch(type, ids, signal);
        results.push(...some.map(({ id }): WriteResult => ({ ok: true, id, result: 'updated' })));
      } catch (error) {
        if (!(error instanceof SystemError) || results.length === 0) throw error;
        results.push(...some.map(() => failedBy(error)));
      }
    }
    return results;
  }

  const capabilityOf = (entity: EntityName): Capability => ({
    extensible: true,
    read: { batch: readLimit, fields: mappingOf(mappings, entity).readable },
    write: { batch: writeLimit, fields: mappingOf(mappings, entity).writable },
    find: findable[entity] ?? [],
    remove: { batch: writeLimit },
  });

  return {
    system: settings.system,
    entities: { customer: capabilityOf('customer'), opportunity: capabilityOf('opportunity') },
    streams: Object.keys(streams),
    entitiesOf: (type) => (type in streams ? [streams[type as ObjectType]] : []),
    read: reader.read,
    list: (entity, _extent, signal) => reader.list(entity, signal),
    find: (entity, field, values, signal) => find(api, mappings, entity, field, values, signal),
    write: writer.write,
    remove,
    poll(stream, cursor, signal) {
      if (!(stream in streams)) throw new TypeError(`HubSpot has no stream "${stream}"`);
      return poll(api, reader, settings, stream as ObjectType, cursor, signal);
    },
    setup: (signal) => setup(api, settings, signal),
    check: (signal) => check(api, settings, signal),
    close: api.close,
  };
}
