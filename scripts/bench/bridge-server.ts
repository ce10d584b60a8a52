/**
 * The bridge, wired as in production, between the stand-ins. Arguments: database file, port of the stand-ins, batch size, and
 * `import` for customers that are a bulk import, with the rate limit that HubSpot has.
 */
import { dirname } from 'node:path';
import { createEngine } from '../../bridge/engine/engine.ts';
import { createEventLane } from '../../bridge/engine/event-lane.ts';
import { createLandscape } from '../../bridge/engine/landscape.ts';
import { createOdooIntake } from '../../bridge/intake/odoo.ts';
import { observeEngine } from '../../bridge/observe/engine-events.ts';
import { createLog } from '../../bridge/observe/log.ts';
import { createMetrics } from '../../bridge/observe/metrics.ts';
import { loadRules } from '../../bridge/rules/load.ts';
import { startServer } from '../../bridge/server.ts';
import { openStore } from '../../bridge/store/store.ts';
import { createHubspot } from '../../bridge/systems/hubspot/connector.ts';
import { createOdoo } from '../../bridge/systems/odoo/connector.ts';
import { parseBatch } from '../../bridge/systems/odoo/event.ts';
import { createVerifier } from '../../bridge/systems/signature.ts';
import type { Connector } from '../../bridge/systems/system.ts';
import { serveParent } from './child.ts';
import { secret } from './messages.ts';
import { writeBenchRules } from './rules.ts';

const [path = '', standIn = '', batch = '100', kind = ''] = process.argv.slice(2);
const address = `http://127.0.0.1:${standIn}`;
const isImport = kind === 'import';
const limit = isImport
  ? { requests: 190, milliseconds: 10_000 }
  : { requests: 1_000_000_000, milliseconds: 1 };

const rules = loadRules(writeBenchRules(dirname(path), { import: isImport }), [
  { name: 'odoo' },
  { name: 'hubspot' },
]);

/** The same connector, told to take fewer objects in one call. */
function withBatch(connector: Connector, size: number): Connector {
  const customer = connector.entities.customer;
  const write = customer?.write;
  if (customer === undefined || write === undefined) throw new Error('The connector writes no customers');
  return {
    ...connector,
    entities: { ...connector.entities, customer: { ...customer, write: { ...write, batch: size } } },
  };
}

const store = await openStore(path);
const odoo = createOdoo({
  system: 'odoo',
  url: address,
  database: 'bench',
  login: 'bridge',
  apiKey: 'key',
  transport: 'json2',
});
const hubspot = createHubspot({ baseUrl: address, token: () => 'token', limit });
const landscape = createLandscape(rules, [odoo, withBatch(hubspot, Number(batch))]);
const log = createLog({ level: 'warn' });
const metrics = createMetrics({ queues: () => store.queues() });
const engine = createEngine({ store, landscape, observe: observeEngine(log, metrics) });
const server = await startServer({
  host: '127.0.0.1',
  port: 0,
  onFailure: (error) => console.error(error),
  notReady: () => engine.problems(),
  odooIntake: createOdooIntake({
    system: 'odoo',
    store,
    parse: parseBatch,
    verifier: createVerifier([secret], 3600),
    mostBytes: 10_000_000,
    rate: { take: () => 0 },
    database: undefined,
    stopping: () => false,
    laneOf: createEventLane(landscape),
    onStored(counts) {
      metrics.eventsReceived('odoo', counts);
      engine.wake('odoo');
    },
    onRejected: (reason, message) => log.warn({ reason }, message),
  }),
});
await engine.start();
serveParent({ port: server.port }, async () => {
  const { user, system } = process.cpuUsage();
  const queues = await store.queues();
  const waiting = queues.reduce((sum, { state, count }) => sum + (state === 'pending' ? count : 0), 0);
  return { cpuMicroseconds: user + system, waiting };
});
