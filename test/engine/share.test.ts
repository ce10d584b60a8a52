import { expect, test, vi } from 'vitest';
import { sharesWithin } from '../../bridge/engine/share.ts';
import { createWorld } from './world.ts';

test.each([
  [undefined, [120, 60, 20]],
  [1000, [120, 60, 20]],
  [200, [120, 60, 20]],
  [33, [19, 9, 3]],
  [20, [12, 6, 2]],
  [1, [1, 1, 1]],
])('a system that takes up %s deliveries at once gets the shares %j', (limit, shares) => {
  expect(sharesWithin(limit)).toEqual(shares);
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
  expect(shares('hubspot')).toContainEqual([12, 6, 2]);
  expect(shares('harvest')).toContainEqual([120, 60, 20]);
});
