import type { EntityName } from '../../entities/catalogue.ts';
import { SystemError } from '../error.ts';
import type { Capability, Connector, PollPage } from '../system.ts';
import { createApi } from './api.ts';
import { check } from './check.ts';
import { find, findable } from './find.ts';
import { customerState, projectState, taskState, workerState } from './mapping.ts';
import { lists } from './objects.ts';
import { type HarvestOptions, settingsOf } from './options.ts';
import { type ListStream, pollList } from './poll-list.ts';
import { pollTime } from './poll-time.ts';
import { createReader, readLimit } from './read.ts';
import { createWriter, writable, writeLimit } from './write.ts';

/** A write takes one request to three, and reading and polling have their part of the limit: what is taken up gets through. */
const requestsPerDelivery = 3;

const listStreams: Readonly<Record<string, ListStream>> = {
  clients: { entity: 'customer', list: lists.clients, state: customerState },
  projects: { entity: 'project', list: lists.projects, state: projectState },
  tasks: { entity: 'task', list: lists.taskAssignments, state: taskState },
  users: { entity: 'worker', list: lists.users, state: workerState },
};

const entitiesByType: Readonly<Record<string, EntityName>> = {
  clients: 'customer',
  projects: 'project',
  task_assignments: 'task',
  users: 'worker',
  time_entries: 'timesheet',
};

/**
 * Harvest: clients are customers, task assignments are tasks, users are workers, time entries are timesheets.
 * @example createHarvest({ accountId: '1234567', token: () => process.env.HARVEST_TOKEN ?? '' })
 */
export function createHarvest(options: HarvestOptions): Connector {
  const settings = settingsOf(options);
  const api = createApi(settings);
  const read = createReader(api);

  function poll(stream: string, cursor: string | undefined, signal: AbortSignal): AsyncIterable<PollPage> {
    if (stream === 'time') return pollTime(api, read, settings, cursor, signal);
    const list = listStreams[stream];
    if (list === undefined) throw new TypeError(`Harvest has no stream "${stream}"`);
    return pollList(api, read, list, cursor, signal);
  }

  return {
    system: settings.system,
    entities: {
      customer: capabilityOf('customer'),
      project: capabilityOf('project'),
      task: capabilityOf('task'),
      worker: capabilityOf('worker'),
      timesheet: capabilityOf('timesheet'),
    },
    claimLimit: Math.max(1, Math.floor(settings.limit.requests / requestsPerDelivery)),
    streams: ['time', ...Object.keys(listStreams)],
    entitiesOf(type) {
      const entity = entitiesByType[type];
      return entity === undefined ? [] : [entity];
    },
    read,
    find: (entity, field, values, signal) => find(api, entity, field, values, signal),
    write: createWriter(api, settings),
    remove(entity) {
      const message = `The bridge does not delete ${entity} in Harvest: people close or archive it there.`;
      return Promise.reject(new SystemError('invalid', message, { system: settings.system }));
    },
    poll,
    async setup() {
      return [{ level: 'ok', message: 'Harvest needs no set-up.' }];
    },
    check: (signal) => check(api, settings, signal),
    close: api.close,
  };
}

function capabilityOf(entity: EntityName): Capability {
  const fields = writable[entity];
  const find = findable(entity);
  return {
    read: { batch: readLimit },
    ...(fields === undefined ? {} : { write: { batch: writeLimit, fields } }),
    ...(find.length === 0 ? {} : { find }),
  };
}
