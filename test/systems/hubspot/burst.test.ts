import { expect, onTestFinished, test, vi } from 'vitest';
import { createEngine } from '../../../bridge/engine/engine.ts';
import { createLandscape } from '../../../bridge/engine/landscape.ts';
import { newId } from '../../../bridge/entities/id.ts';
import type { RuleSet } from '../../../bridge/rules/rule.ts';
import { openStore } from '../../../bridge/store/store.ts';
import { MemorySystem } from '../../engine/memory-system.ts';
import { customerToCrm } from '../../engine/rules.ts';
import { temporaryPath } from '../../store/temporary.ts';
import { startHubspot } from './start.ts';

test('10,000 changes on 1,000 customers are at most 20 calls of HubSpot', { timeout: 60_000 }, async () => {
  const hubspot = await startHubspot();
  const odoo = new MemorySystem({ name: 'odoo', entities: { customer: {} } });
  const system = { poll: {}, options: {}, shadow: false };
  const rules: RuleSet = {
    version: 'test',
    systems: [
      { name: 'odoo', connector: 'memory', role: 'erp', ...system },
      { name: 'hubspot', connector: 'hubspot', role: 'crm', ...system },
    ],
    rules: [{ ...customerToCrm, fields: ['name', 'city'] }],
    entities: {},
    tables: {},
    subscribers: [],
    flows: [],
    reconciliations: [],
  };
  const store = await openStore(temporaryPath());
  const landscape = createLandscape(rules, [odoo, hubspot.connector]);
  const engine = createEngine({ store, landscape, observe: () => {} });
  onTestFinished(async () => {
    await engine.stop(1000);
    await store.close();
    await hubspot.close();
  });
  await engine.start();

  const ids = Array.from({ length: 1000 }, (_, index) => `${index}`);
  async function change(version: number): Promise<void> {
    for (const id of ids) odoo.put('customer', id, { name: `Customer ${id}`, city: `City ${version}` });
    const events = ids.map((id) => ({
      id: newId(),
      system: 'odoo',
      type: 'customer',
      objectId: id,
      operation: 'write' as const,
      fields: [],
      correlation: `${version}`,
      occurredAt: new Date().toISOString(),
      echo: false,
    }));
    await store.appendEvents(events);
  }
  const cities = () => hubspot.sandbox.objects('companies').map(({ properties }) => properties.city);
  const allIn = (city: string) =>
    vi.waitFor(
      () => {
        expect(cities()).toHaveLength(1000);
        expect(new Set(cities())).toEqual(new Set([city]));
      },
      { timeout: 30_000 },
    );

  await change(0);
  engine.wake('odoo');
  await allIn('City 0');
  hubspot.sandbox.calls.clear();
  for (let version = 1; version <= 10; version++) await change(version);
  engine.wake('odoo');
  await allIn('City 10');
  const calls = Object.values(hubspot.sandbox.calls.calls()).reduce((sum, count) => sum + count, 0);
  expect(calls).toBeGreaterThanOrEqual(10);
  expect(calls).toBeLessThanOrEqual(20);
});
