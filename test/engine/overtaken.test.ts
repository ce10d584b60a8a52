import { expect, test } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import { customerToCrm } from './rules.ts';
import { createWorld, type World } from './world.ts';

/** A page of a poll says how an object was when the system was asked for it, or later. */
async function keepPage(world: World, askedAt: string, system: string, id: string, state: State) {
  const page = { system, type: 'customer', objectId: id, operation: 'write', fields: [] } as const;
  await world.store.appendEvents([
    {
      ...page,
      id: `page of ${askedAt}`,
      correlation: 'page',
      occurredAt: askedAt,
      echo: false,
      state,
    },
  ]);
  world.engine.wake(system);
  await world.calm();
}

const secondsAgo = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

const companies = (world: World) => world.hubspot.states('customer').map(({ name }) => name);

test('a page that was asked for before the object was read has it read once more', async () => {
  const world = await createWorld({ rules: [customerToCrm] });
  await world.pass(60_000);
  world.odoo.put('customer', '1', { name: 'New' });
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  const reads = world.odoo.calls('read').length;
  await keepPage(world, secondsAgo(60), 'odoo', '1', { name: 'Old' });
  expect(world.odoo.calls('read')).toHaveLength(reads + 1);
  expect(companies(world)).toEqual(['New']);
  expect(world.hubspot.calls('write')).toHaveLength(1);
});

test('pages are taken in one after the other, however late', async () => {
  const world = await createWorld({ rules: [customerToCrm] });
  await world.pass(60_000);
  const [first, second] = [secondsAgo(2), secondsAgo(1)] as const;
  await keepPage(world, first, 'odoo', '1', { name: 'First' });
  await keepPage(world, second, 'odoo', '1', { name: 'Second' });
  expect(companies(world)).toEqual(['Second']);
  expect(world.odoo.calls('read')).toHaveLength(0);
});

test('a page from before a write of the bridge is no change that somebody made', async () => {
  const world = await createWorld({ rules: [customerToCrm] });
  world.odoo.put('customer', '1', { name: 'Old' });
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  const [company] = Object.keys(world.hubspot.all('customer'));
  await world.tell(world.hubspot, 'customer', company as string);
  await world.pass(60_000);
  const askedAt = secondsAgo(0);
  const page = { ...world.hubspot.get('customer', company as string) };
  await world.pass(1000);
  world.odoo.put('customer', '1', { name: 'New' });
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  const writes = world.hubspot.calls('write').length;
  await keepPage(world, askedAt, 'hubspot', company as string, page);
  await world.pass(60_000);
  expect(companies(world)).toEqual(['New']);
  expect(world.hubspot.calls('write')).toHaveLength(writes);
});
