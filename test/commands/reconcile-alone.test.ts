import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createOwnWork } from '../../bridge/commands/reconcile-alone.ts';
import type { RuleSet } from '../../bridge/rules/rule.ts';
import { openStore } from '../../bridge/store/store.ts';
import { createHttp } from '../../bridge/systems/http.ts';
import { MemorySystem } from '../engine/memory-system.ts';
import { shippedLikeRules } from '../engine/rules.ts';
import { declarations } from '../engine/world.ts';
import { event } from '../store/samples.ts';
import { temporaryPath } from '../store/temporary.ts';

/** Odoo as it is over HTTP, which takes a request and never answers. */
async function silent(): Promise<{ odoo: MemorySystem; asked: Promise<unknown> }> {
  const server = createServer(() => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const http = createHttp({ system: 'odoo', baseUrl, headers: () => ({}) });
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await http.close();
  });
  const odoo = new MemorySystem({ name: 'odoo', entities: { customer: {} } });
  odoo.read = async (_, ids, signal) => {
    await http.request({ method: 'GET', path: `/${ids.join()}`, action: 'read customers', signal });
    return [];
  };
  return { odoo, asked: once(server, 'request') };
}

test('whoever interrupts it while a system is read is obeyed at once', { timeout: 5000 }, async () => {
  const { odoo, asked } = await silent();
  const store = await openStore(temporaryPath());
  onTestFinished(() => store.close());
  const others = ['hubspot', 'harvest'].map((name) => new MemorySystem({ name, entities: { customer: {} } }));
  const rules: RuleSet = {
    version: 'test',
    systems: declarations(),
    rules: shippedLikeRules.filter(({ entity }) => entity === 'customer'),
    entities: {},
    tables: {},
    flows: [],
    reconciliations: [],
    subscribers: [],
  };
  await store.appendEvents([event('1', { type: 'odoo.customer' })]);
  const control = new AbortController();
  const work = createOwnWork(store, { rules, connectors: [odoo, ...others] });
  const done = work('odoo', await store.lastEvent(), control.signal);
  await asked;
  const why = Symbol('closed');
  control.abort(why);
  await expect(done).rejects.toBe(why);
});
