import { expect, test } from 'vitest';
import { customerToCrm } from './rules.ts';
import { createWorld, type World } from './world.ts';

async function name(world: World, text: string): Promise<void> {
  world.odoo.put('customer', '1', { name: text });
  await world.tell(world.odoo, 'customer', '1');
}

const writes = (world: World) =>
  world.hubspot.calls('write').map(({ changes: [change] }) => ({
    name: change?.fields.name,
    earlier: change?.earlier?.map((fields) => fields.name),
  }));

test('a create whose answer was lost is looked for by what it sent, though the object changed since', async () => {
  const world = await createWorld();
  world.hubspot.failNext('write', { kind: 'lost' });
  await name(world, 'Old name');
  await world.calm();
  await name(world, 'New name');
  await world.pass(3_000);
  expect(writes(world)).toEqual([
    { name: 'Old name', earlier: undefined },
    { name: 'New name', earlier: ['Old name'] },
  ]);
  // Nothing is in doubt any more.
  await name(world, 'Newest name');
  await world.calm();
  expect(writes(world)[2]).toEqual({ name: 'Newest name', earlier: undefined });
});

test('what an earlier delivery of the object sent is known to the one that took its place', async () => {
  const world = await createWorld();
  const writing = world.hubspot.gate('write');
  world.hubspot.failNext('write', { kind: 'lost' });
  await name(world, 'Old name');
  await writing.reached;
  await name(world, 'New name');
  await world.calm();
  writing.open();
  await world.pass(3_000);
  expect(world.rows('select state, uncertain from delivery order by id')).toEqual([
    { state: 'superseded', uncertain: 0 },
    { state: 'done', uncertain: 0 },
  ]);
  expect(writes(world)[1]).toEqual({ name: 'New name', earlier: ['Old name'] });
});

test('a look that finds no answer does not make the bridge forget what is in doubt', async () => {
  const world = await createWorld();
  const down = { kind: 'call', error: world.hubspot.error('unavailable', 'down') } as const;
  // The breaker is open: the lost try is a probe, which does not count, and so is the one after it.
  world.hubspot.failNext('write', down, down, down, down, { kind: 'lost' }, down);
  await name(world, 'Old name');
  await world.calm();
  while (world.hubspot.calls('write').length < 5) await world.pass(1_000);
  await name(world, 'New name');
  while (world.hubspot.calls('write').length < 6) await world.pass(1_000);
  await name(world, 'Newest name');
  await world.pass(3_600_000);
  expect(writes(world).at(-1)).toMatchObject({ name: 'Newest name' });
  expect(writes(world).at(-1)?.earlier).toContain('Old name');
  expect(world.hubspot.states('customer')).toEqual([{ name: 'Newest name' }]);
});

test('one that ended with a person, and is not known to be there any more, goes on when it is corrected', async () => {
  const match = ['vat'];
  const world = await createWorld({
    rules: [
      { ...customerToCrm, fields: ['name'], match },
      { ...customerToCrm, id: 'back', from: 'crm', to: 'erp', fields: ['phone'], match, create: 'never' },
    ],
  });
  world.hubspot.put('customer', 'c1', { name: 'Acme', vat: 'BE1', phone: '1' });
  world.odoo.put('customer', '1', { name: 'Acme', vat: 'BE1', phone: '1' });
  await world.tell(world.hubspot, 'customer', 'c1');
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  const item = 'hubspot:customer:c1';
  world.odoo.failNext(
    'write',
    { kind: 'lost' },
    { kind: 'items', errors: { [item]: 'missing' } },
    { kind: 'items', errors: { [item]: 'conflict' } },
  );
  world.hubspot.patch('customer', 'c1', { phone: '2' });
  await world.tell(world.hubspot, 'customer', 'c1');
  await world.pass(60_000);
  expect(world.delivery('c1')).toMatchObject({ state: 'dead', error: 'conflict' });
  expect(world.rows("select * from link where system = 'odoo'")).toEqual([]);
  world.hubspot.patch('customer', 'c1', { phone: '3' });
  await world.tell(world.hubspot, 'customer', 'c1');
  await world.pass(60_000);
  expect(world.odoo.get('customer', '1')).toMatchObject({ phone: '3' });
  expect(world.rows("select id from delivery where state = 'dead'")).toEqual([]);
});
