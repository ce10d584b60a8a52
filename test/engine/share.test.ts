import { expect, test, vi } from 'vitest';
import { sharesWithin } from '../../bridge/engine/share.ts';
import { customerToCrm } from './rules.ts';
import { createWorld } from './world.ts';

test.each([
  [undefined, [200, null, null], [null, 150, 50]],
  [1000, [200, null, null], [null, 150, 50]],
  [400, [200, null, null], [null, 150, 50]],
  [200, [120, null, null], [null, 60, 20]],
  [33, [20, null, null], [null, 10, 3]],
  [20, [12, null, null], [null, 6, 2]],
  [1, [1, null, null], [null, 1, 1]],
])('a system that takes up %s deliveries at once gets the shares %j and %j', (limit, finance, others) => {
  expect(sharesWithin('finance', limit)).toEqual(finance);
  expect(sharesWithin('others', limit)).toEqual(others);
});

test('a system that takes many objects in a call gets more of them at once, within what it takes up', () => {
  expect(sharesWithin('others', undefined, 100)).toEqual([null, 375, 125]);
  expect(sharesWithin('others', undefined, 99)).toEqual([null, 150, 50]);
  expect(sharesWithin('others', 400, 100)).toEqual([null, 150, 50]);
  expect(sharesWithin('finance', undefined, 100)).toEqual([200, null, null]);
});

test('look-ups for an import do not hold up what finance waits for', async () => {
  const world = await createWorld({
    rules: [
      { ...customerToCrm, lane: 'bulk', match: ['vat'] },
      { ...customerToCrm, id: 'deal', entity: 'opportunity', fields: ['name'], lane: 'finance' },
    ],
  });
  const searching = world.hubspot.gate('find');
  world.odoo.put('customer', '1', { name: 'Imported', vat: 'BE1' });
  await world.tell(world.odoo, 'customer', '1');
  await searching.reached;
  world.odoo.put('opportunity', '9', { name: 'Roadmap' });
  await world.tell(world.odoo, 'opportunity', '9');
  await world.calm();
  expect(world.hubspot.states('opportunity')).toEqual([{ name: 'Roadmap' }]);
  expect(world.hubspot.states('customer')).toEqual([]);
  searching.open();
  await world.calm();
  expect(world.hubspot.states('customer')).toEqual([{ name: 'Imported', vat: 'BE1' }]);
});

test('a claim takes no more than the connector wants, and the rest follows at once', async () => {
  const world = await createWorld();
  world.hubspot.claimLimit = 20;
  const claim = vi.spyOn(world.broken, 'claim');
  const ids = Array.from({ length: 50 }, (_, index) => `${index}`);
  const told = ids.map((id) => {
    world.odoo.put('customer', id, { name: `Customer ${id}` });
    return world.tell(world.odoo, 'customer', id);
  });
  await Promise.all(told);
  await world.calm();
  expect(world.hubspot.states('customer')).toHaveLength(50);
  const sizes = world.hubspot.calls('write').map(({ changes }) => changes.length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(20);
  const shares = (target: string) => claim.mock.calls.filter(([of]) => of === target).map(([, of]) => of);
  expect(shares('hubspot')).toContainEqual([null, 6, 2]);
  expect(shares('harvest')).toContainEqual([null, 375, 125]);
});
