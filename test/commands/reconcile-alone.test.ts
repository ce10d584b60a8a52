import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAdmissions } from '../../bridge/commands/admission.ts';
import { createOwnWork, reconcileAlone } from '../../bridge/commands/reconcile-alone.ts';
import { createLandscape } from '../../bridge/engine/landscape.ts';
import type { Means } from '../../bridge/reconcile/means.ts';
import type { RuleSet } from '../../bridge/rules/rule.ts';
import { readSettings } from '../../bridge/settings.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import { createHttp } from '../../bridge/systems/http.ts';
import { MemorySystem } from '../engine/memory-system.ts';
import { shippedLikeRules } from '../engine/rules.ts';
import { declarations } from '../engine/world.ts';
import { startHarvestSandbox } from '../sandbox/harvest/sandbox.ts';
import { event, reading } from '../store/samples.ts';
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

function alone(store: Store, odoo: MemorySystem): Means['workOff'] {
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
  const landscape = createLandscape(rules, [odoo, ...others]);
  return createOwnWork(store, landscape, createAdmissions(landscape));
}

async function opened(path = temporaryPath()): Promise<Store> {
  const store = await openStore(path);
  onTestFinished(() => store.close());
  return store;
}

test('whoever interrupts it while a system is read is obeyed at once', { timeout: 5000 }, async () => {
  const { odoo, asked } = await silent();
  const store = await opened();
  await store.appendEvents([event('1', { type: 'odoo.customer' })]);
  const control = new AbortController();
  const done = alone(store, odoo)('odoo', await store.lastEvent(), control.signal);
  await asked;
  const why = Symbol('closed');
  control.abort(why);
  await expect(done).rejects.toBe(why);
});

describe('a system that is not fit to be read', () => {
  test('is not read, and it is said why', async () => {
    const odoo = new MemorySystem({ name: 'odoo', entities: { customer: {} } });
    odoo.findings = [{ level: 'error', message: 'This is a copy', remedy: 'Set ODOO_DATABASE.' }];
    const store = await opened();
    await store.appendEvents([event('1', { type: 'odoo.customer' })]);
    const done = alone(store, odoo)('odoo', await store.lastEvent(), AbortSignal.timeout(5000));
    await expect(done).rejects.toMatchObject({
      kind: 'denied',
      message: 'odoo is not read: This is a copy. Set ODOO_DATABASE',
    });
    expect(odoo.calls('read')).toEqual([]);
  });

  test('is asked again later where it only does not answer', async () => {
    const odoo = new MemorySystem({ name: 'odoo', entities: { customer: {} } });
    odoo.failNext('setup', { kind: 'call', error: odoo.error('limited', 'too many requests') });
    const store = await opened();
    await store.appendEvents([event('1', { type: 'odoo.customer' })]);
    const done = alone(store, odoo)('odoo', await store.lastEvent(), AbortSignal.timeout(5000));
    await expect(done).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

test('another Harvest account than the one it belongs to changes nothing', { timeout: 20_000 }, async () => {
  const path = temporaryPath();
  const directory = join(dirname(path), 'rules');
  mkdirSync(directory);
  for (const [file, text] of Object.entries(timeRules)) writeFileSync(join(directory, file), text);
  const harvest = await startHarvestSandbox({ accountId: '7002' });
  onTestFinished(() => harvest.close());
  const store = await opened(path);
  await store.pinMeta('harvest.account', '7001');
  const state = { day: '2026-01-05', hours: '8', approval: 'approved' };
  const entry = reading('5', state, { system: 'harvest', entity: 'timesheet' });
  await store.apply({ readings: [entry], finished: [], failed: [], route: () => [] });
  const settings = readSettings({
    DATABASE_PATH: path,
    RULES_DIRECTORY: directory,
    ODOO_URL: 'http://127.0.0.1:9',
    ODOO_DATABASE: 'odoo',
    ODOO_LOGIN: 'bridge',
    ODOO_API_KEY: 'no-key-at-all',
    WEBHOOK_SECRETS: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    HARVEST_URL: harvest.url,
    HARVEST_TOKEN: harvest.token,
    HARVEST_ACCOUNT_ID: '7002',
    HARVEST_START: '2026-01-01',
  });
  const lonely = await reconcileAlone(settings, store);
  onTestFinished(() => lonely.close());
  const asked = await lonely.start({ declaration: 'time', by: 'ann' });
  const id = asked.ok ? asked.run.id : asked.message;
  await lonely.ended(id);
  expect(await store.reconciliation(id)).toMatchObject({
    state: 'failed',
    note: expect.stringMatching(
      /^harvest is not read: This bridge belongs to the Harvest account 7001, not to 7002/,
    ),
  });
  expect(await store.record({ system: 'harvest', entity: 'timesheet', id: '5' })).toMatchObject({
    gone: false,
  });
});

const timeRules = {
  'systems.yaml':
    'systems: { odoo: { connector: odoo, role: erp }, harvest: { connector: harvest, role: psa } }',
  'timesheet.yaml': `
entity: timesheet
owner: psa
rules:
  - id: time
    from: psa
    to: erp
    when: { approval: approved }
    otherwise: remove
    fields: [day, hours]`,
  'reconcile.yaml': 'reconcile: [{ id: time, entity: timesheet, schedule: never }]',
};
