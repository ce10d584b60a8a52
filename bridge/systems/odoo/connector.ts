import type { EntityName } from '../../entities/catalogue.ts';
import { SystemError } from '../error.ts';
import type { Capability, Connector, PollPage, SystemExtension } from '../system.ts';
import { actInOdoo, actionsInOdoo } from './act.ts';
import { checkDatabase, checkOdoo } from './check.ts';
import { createClient, type OdooClient } from './client.ts';
import { readDue } from './due.ts';
import { entitiesInOdoo, entitiesOfType, entityInOdoo } from './entities.ts';
import { parseBatch, toHint } from './event.ts';
import { readOutbox } from './facade.ts';
import { findRecords } from './find.ts';
import { listRecords } from './list.ts';
import { type OwnFields, ownFieldsOf } from './own-fields.ts';
import { readRecords } from './read.ts';
import type { TransportName } from './transport.ts';
import { removeRecords, writeRecords } from './write.ts';

export interface OdooOptions {
  /** Name of the system in the rules. */
  readonly system: string;
  /** Scheme, host and port: `https://firm.odoo.com`. */
  readonly url: string;
  readonly database: string;
  readonly login: string;
  readonly apiKey: string;
  /** Default `auto`: JSON-2 from Odoo 19 on, XML-RPC before. */
  readonly transport?: 'auto' | TransportName;
  /** How long one call may take. Default 60,000: a large write recomputes much. */
  readonly timeoutMilliseconds?: number;
  /** Calls at once, at most. Default 4; keep it below the number of Odoo's workers. */
  readonly connections?: number;
  /** When set, `setup` and `check` report a database with another UUID. */
  readonly databaseUuid?: string;
  /** Without `databaseUuid`: keeps the first database that ever answered, and answers which that is. */
  readonly pin?: (uuid: string) => Promise<string>;
  /** Fields of the firm's own. Default: none. */
  readonly extensions?: readonly SystemExtension[];
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Odoo's connector, and the client below it for calls that only Odoo has. */
export interface OdooConnector extends Connector {
  readonly client: OdooClient;
}

/**
 * - `outbox`: what changed in Odoo, to fill the gap after the bridge was away;
 * - `due`: invoices that became overdue and quotes that expired; once a day, soon after midnight UTC, is often enough.
 */
const streams = ['outbox', 'due'];
const eventsPerPage = 500;

/** Connects to nothing yet: the first call does. */
export function createOdoo(options: OdooOptions): OdooConnector {
  const { system, extensions = [], now = Date.now } = options;
  const client = createClient(
    {
      ...options,
      timeoutMilliseconds: options.timeoutMilliseconds ?? 60_000,
      connections: options.connections ?? 4,
    },
    options.transport ?? 'auto',
  );
  const today = () => new Date(now()).toISOString().slice(0, 10);
  const names = Object.keys(entitiesInOdoo) as EntityName[];
  const ownByEntity = new Map(names.map((name) => [name, ownFieldsOf(name, extensions)]));
  const ownOf = (entity: EntityName) => ownByEntity.get(entity) as OwnFields;
  const capabilities = names.map((name) => [name, extended(entityInOdoo(name).capability, ownOf(name))]);

  async function* readEvents(cursor: string, signal: AbortSignal): AsyncGenerator<PollPage> {
    for (let position = cursor; ; ) {
      const page = await readOutbox(client, position, eventsPerPage, signal);
      if (page.events.length > 0 || page.cursor !== position) {
        yield { hints: page.events.map(toHint), cursor: page.cursor };
      }
      if (!page.more) return;
      position = page.cursor;
    }
  }

  return {
    system,
    client,
    entities: Object.fromEntries(capabilities) as Readonly<Partial<Record<EntityName, Capability>>>,
    streams,
    entitiesOf: entitiesOfType,
    read: (entity, ids, signal) =>
      readRecords(client, entity, ids, { signal, today: today(), own: ownOf(entity) }),
    find: (entity, field, values, signal) => findRecords(client, entityInOdoo(entity), field, values, signal),
    write: (entity, changes, signal) =>
      writeRecords(client, entityInOdoo(entity), ownOf(entity), changes, signal),
    remove: (entity, changes, signal) => removeRecords(client, entityInOdoo(entity), changes, signal),
    actions: actionsInOdoo,
    act: (action, requests, signal) => actInOdoo(client, action, requests, signal),
    list: (entity, extent, signal) =>
      listRecords(client, entity, extent, { signal, today: today(), own: ownOf(entity) }),
    parseWebhook: parseBatch,
    poll(stream, cursor, signal) {
      if (stream === 'outbox') return readEvents(cursor ?? '', signal);
      if (stream === 'due') return readDue(client, cursor, today(), signal);
      const message = `Odoo has no stream "${stream}", only ${streams.join(' and ')}`;
      throw new SystemError('invalid', message, { system });
    },
    // Nothing has to be set up besides the addon; but a wrong database must be noticed before anything is written.
    setup: (signal) => checkDatabase(client, options, signal),
    check: (signal) => checkOdoo(client, options, signal),
    close: () => client.close(),
  };
}

function extended(capability: Capability, own: OwnFields): Capability {
  const { write } = capability;
  return {
    ...capability,
    extensible: true,
    ...(write === undefined ? {} : { write: { ...write, fields: [...write.fields, ...own.fields] } }),
  };
}
