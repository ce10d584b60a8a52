import { expect, test } from 'vitest';
import { customerToCrm } from './rules.ts';
import { createWorld } from './world.ts';

// What a month end asks for, counted in calls and not in seconds; the seconds are in docs/benchmarks.md.

test('10,000 changes on 1,000 customers reach the CRM in a few calls, each with its last state', async () => {
  const world = await createWorld({ rules: [customerToCrm] });
  const ids = Array.from({ length: 1000 }, (_, index) => `${index}`);
  for (const id of ids) world.odoo.put('customer', id, { name: `customer ${id}` });
  await Promise.all(ids.map((id) => world.tell(world.odoo, 'customer', id)));
  await world.calm();
  const before = world.hubspot.calls('write').length;

  for (let version = 1; version <= 10; version++) {
    for (const id of ids) world.odoo.put('customer', id, { name: `customer ${id} v${version}` });
    await Promise.all(ids.map((id) => world.tell(world.odoo, 'customer', id)));
  }
  await world.calm();
  expect(world.hubspot.calls('write').length - before).toBeLessThanOrEqual(20);
  const names = world.hubspot.states('customer').map(({ name }) => name);
  expect(names.sort()).toEqual(ids.map((id) => `customer ${id} v10`).sort());
});

test('finance goes before a bulk import of any size', async () => {
  const world = await createWorld({
    rules: [
      { ...customerToCrm, lane: 'bulk' },
      { ...customerToCrm, id: 'deal', entity: 'opportunity', fields: ['name', 'status'], lane: 'finance' },
    ],
  });
  world.odoo.put('opportunity', '1', { name: 'Roadmap', status: 'open' });
  const imported = Array.from({ length: 5000 }, (_, index) => `${index}`);
  for (const id of imported) world.odoo.put('customer', id, { name: `customer ${id}` });
  await Promise.all(imported.map((id) => world.tell(world.odoo, 'customer', id)));

  // While the import goes out, somebody wins the deal.
  const writing = world.hubspot.gate('write');
  await writing.reached;
  world.odoo.put('opportunity', '1', { name: 'Roadmap', status: 'won' });
  await world.tell(world.odoo, 'opportunity', '1');
  const sent = () => world.hubspot.calls('write').flatMap(({ changes }) => changes).length;
  const before = sent();
  writing.open();
  await world.calm();
  const calls = world.hubspot.calls('write');
  const deal = calls.findIndex(({ entity }) => entity === 'opportunity');
  const ahead = calls.slice(0, deal).flatMap(({ changes }) => changes).length - before;
  // What was under way when somebody won it, and what goes its own way beside it.
  expect(ahead).toBeLessThanOrEqual(1000);
  expect(sent()).toBe(5001);
});
