import type { EntityName } from '../../entities/catalogue.ts';
import type { Capability, Connector } from '../system.ts';
import { createApi } from './api.ts';
import { check, setup } from './check.ts';
import { find } from './find.ts';
import { list } from './list.ts';
import { readable } from './mapping.ts';
import { type HarvestOptions, settingsOf } from './options.ts';
import { pollDays } from './poll-days.ts';
import { pollList } from './poll-list.ts';
import { read, readLimit } from './read.ts';
import { createSources, type Source } from './sources.ts';
import { createRemover, createWriter, removable, writable, writeLimit } from './write.ts';

/** A write takes one request to three, and reading and polling have their part of the limit: what is taken up gets through. */
const requestsPerDelivery = 3;

/**
 * Harvest: clients are customers, task assignments are tasks, users are workers, user assignments are assignments, time
 * entries are timesheets. Its invoices show what the books say of the erp's.
 * @example createHarvest({ accountId: '1234567', token: () => process.env.HARVEST_TOKEN ?? '' })
 */
export function createHarvest(options: HarvestOptions): Connector {
  const settings = settingsOf(options);
  const api = createApi(settings);
  const sources = createSources(api, settings.now);

  function sourceOf(entity: EntityName): Source {
    const source = sources.find((candidate) => candidate.entity === entity);
    if (source === undefined) throw new TypeError(`Harvest has no ${entity}`);
    return source;
  }

  return {
    system: settings.system,
    entities: Object.fromEntries(sources.map((source) => [source.entity, capabilityOf(source)])),
    claimLimit: Math.max(1, Math.floor(settings.limit.requests / requestsPerDelivery)),
    streams: sources.map(({ stream }) => stream),
    entitiesOf: (type) => sources.filter((source) => source.list.name === type).map(({ entity }) => entity),
    read: async (entity, ids, signal) => read(api, sourceOf(entity), ids, signal),
    find: async (entity, field, values, signal) => find(api, sourceOf(entity), field, values, signal),
    write: createWriter(api, settings),
    remove: createRemover(api, settings),
    list: (entity, extent, signal) => list(api, settings, sourceOf(entity), extent, signal),
    poll(stream, cursor, signal) {
      const source = sources.find((candidate) => candidate.stream === stream);
      if (source === undefined) throw new TypeError(`Harvest has no stream "${stream}"`);
      return source.submitted
        ? pollDays(api, source, settings, cursor, signal)
        : pollList(api, source, cursor, signal);
    },
    setup: (signal) => setup(api, settings, signal),
    check: (signal) => check(api, settings, signal),
    close: api.close,
  };
}

function capabilityOf({ entity, findable }: Source): Capability {
  const fields = writable[entity];
  return {
    read: { batch: readLimit, fields: readable[entity] },
    ...(fields === undefined ? {} : { write: { batch: writeLimit, fields } }),
    ...(findable.length === 0 ? {} : { find: findable }),
    ...(removable.includes(entity) ? { remove: { batch: writeLimit } } : {}),
  };
}
