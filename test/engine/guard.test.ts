import { describe, expect, test } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import type { ConflictPolicy, Rule } from '../../bridge/rules/rule.ts';
import { customerToCrm } from './rules.ts';
import { createWorld, type World } from './world.ts';

// The erp owns the name and the VAT number, the CRM the telephone number.
const rules: Rule[] = [
  { ...customerToCrm, fields: ['name', 'vat'], match: ['vat'] },
  {
    ...customerToCrm,
    id: 'to-erp',
    from: 'crm',
    to: 'erp',
    fields: ['phone'],
    create: 'never',
    match: ['vat'],
  },
];

/** A customer of Odoo that is a company in the CRM, as both know it. */
async function agreed(conflict?: ConflictPolicy): Promise<World> {
  const policy = { owner: 'erp', owners: { phone: 'crm' }, extensions: {} } as const;
  const world = await createWorld({
    rules,
    ...(conflict === undefined ? {} : { policies: { customer: { ...policy, conflict } } }),
  });
  world.odoo.put('customer', '1', { name: 'Acme', vat: 'BE1', phone: null });
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  await seen(world);
  return world;
}

/** The company of the CRM was read. */
async function seen(world: World): Promise<void> {
  await world.tell(world.hubspot, 'customer', 'hubspot-1');
  await world.calm();
}

async function changedInCrm(world: World, fields: Record<string, string | null>): Promise<void> {
  world.hubspot.patch('customer', 'hubspot-1', fields);
  await seen(world);
}

const drift = (world: World) =>
  world
    .rows<{ drift: string | null }>("select drift from link where system = 'hubspot'")
    .map((row) => row.drift && JSON.parse(row.drift))[0];

test("the owner's value is written again where somebody else changed it", async () => {
  const world = await agreed();
  await changedInCrm(world, { name: 'Acme Holding' });
  expect(world.hubspot.get('customer', 'hubspot-1')).toMatchObject({ name: 'Acme', vat: 'BE1' });
  expect(world.odoo.get('customer', '1')).toMatchObject({ name: 'Acme' });
  await seen(world);
  expect(drift(world)).toBeNull();
  expect(world.hubspot.calls('write')).toHaveLength(2);
});

test('a field that both change at once goes its way from its owner', async () => {
  const world = await agreed();
  world.odoo.patch('customer', '1', { name: 'Acme AG', phone: '1' });
  world.hubspot.patch('customer', 'hubspot-1', { name: 'Acme Holding', phone: '+32 2 555' });
  await Promise.all([
    world.tell(world.odoo, 'customer', '1'),
    world.tell(world.hubspot, 'customer', 'hubspot-1'),
  ]);
  await world.calm();
  await world.tell(world.odoo, 'customer', '1');
  await seen(world);
  expect(world.odoo.get('customer', '1')).toMatchObject({ name: 'Acme AG', phone: '+32 2 555' });
  expect(world.hubspot.get('customer', 'hubspot-1')).toMatchObject({ name: 'Acme AG', phone: '+32 2 555' });
});

test('a system that spells a value in its own way is not written for ever', async () => {
  const world = await agreed();
  await changedInCrm(world, { name: 'ACME' });
  // It does so again with what was restored.
  for (let time = 0; time < 6; time++) await changedInCrm(world, { name: 'ACME' });
  expect(world.hubspot.calls('write')).toHaveLength(1 + 3);
});

test('the same change once more is undone too, although nobody saw the value in between', async () => {
  const world = await agreed();
  await changedInCrm(world, { name: 'Acme Holding' });
  await changedInCrm(world, { name: 'Acme Holding' });
  expect(world.hubspot.get('customer', 'hubspot-1')).toMatchObject({ name: 'Acme' });
});

test('a second change by somebody is undone like the first', async () => {
  const world = await agreed();
  for (const name of ['Acme 1', 'Acme 2']) {
    await changedInCrm(world, { name });
    await seen(world);
    expect(world.hubspot.get('customer', 'hubspot-1')).toMatchObject({ name: 'Acme' });
  }
});

test('a change that comes while the owner is being written is undone too', async () => {
  const world = await agreed();
  const writing = world.hubspot.gate('write');
  world.odoo.patch('customer', '1', { vat: 'BE2' });
  await world.tell(world.odoo, 'customer', '1');
  await writing.reached;
  world.hubspot.patch('customer', 'hubspot-1', { name: 'Acme Holding' });
  await world.tell(world.hubspot, 'customer', 'hubspot-1');
  writing.open();
  await world.pass(60_000);
  expect(world.hubspot.get('customer', 'hubspot-1')).toMatchObject({ name: 'Acme', vat: 'BE2' });
});

test('it stays until the owner changes it, where the rules say keep', async () => {
  const world = await agreed('keep');
  await changedInCrm(world, { name: 'Acme Holding' });
  expect(world.hubspot.get('customer', 'hubspot-1')).toMatchObject({ name: 'Acme Holding' });
  world.odoo.patch('customer', '1', { name: 'Acme AG' });
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  expect(world.hubspot.get('customer', 'hubspot-1')).toMatchObject({ name: 'Acme AG' });
});

test('a person is asked where the rules say raise, and not any more when both agree again', async () => {
  const world = await agreed('raise');
  await changedInCrm(world, { name: 'Acme Holding' });
  expect(world.hubspot.get('customer', 'hubspot-1')).toMatchObject({ name: 'Acme Holding' });
  expect(world.delivery('1')).toMatchObject({
    state: 'dead',
    error: 'conflict',
    cause:
      'Somebody changed customer hubspot-1 in hubspot, but it is odoo that decides: name is "Acme Holding" instead of "Acme". Set it back in hubspot, or change it in odoo.',
  });
  await changedInCrm(world, { name: 'Acme' });
  expect(world.rows("select id from delivery where state = 'dead'")).toEqual([]);
  await changedInCrm(world, { name: 'Acme Holding' });
  expect(world.delivery('1')).toMatchObject({ state: 'dead' });
  world.odoo.patch('customer', '1', { name: 'Acme AG' });
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  expect(world.hubspot.get('customer', 'hubspot-1')).toMatchObject({ name: 'Acme AG' });
  expect(world.rows("select id from delivery where state = 'dead'")).toEqual([]);
});

describe("what was set back before the owner's value was ever read there", () => {
  const setBack = async (world: World) => {
    world.odoo.patch('customer', '1', { name: 'Acme AG' });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    expect(world.hubspot.get('customer', 'hubspot-1')).toMatchObject({ name: 'Acme AG' });
    world.hubspot.patch('customer', 'hubspot-1', { name: 'Acme' });
  };

  test('is found when the bridge is told of it', async () => {
    const world = await agreed();
    await setBack(world);
    await seen(world);
    expect(world.hubspot.get('customer', 'hubspot-1')).toMatchObject({ name: 'Acme AG' });
    // What is read there again is nothing new.
    await seen(world);
    const writes = world.hubspot.calls('write').length;
    await seen(world);
    expect(world.hubspot.calls('write')).toHaveLength(writes);
  });

  test('is found when something else was changed with it', async () => {
    const world = await agreed();
    await setBack(world);
    await changedInCrm(world, { phone: '1' });
    expect(world.hubspot.get('customer', 'hubspot-1')).toMatchObject({ name: 'Acme AG' });
    expect(world.odoo.get('customer', '1')).toMatchObject({ phone: '1' });
  });

  test('is found by a poll', async () => {
    const world = await agreed();
    await setBack(world);
    const state = world.hubspot.get('customer', 'hubspot-1') as State;
    const polled = (number: number) => ({
      id: `polled-${number}`,
      system: 'hubspot',
      type: 'customer',
      objectId: 'hubspot-1',
      operation: 'write' as const,
      fields: [],
      correlation: 'poll',
      occurredAt: new Date().toISOString(),
      echo: false,
      state,
    });
    const page = (number: number) =>
      world.store.appendPage({ system: 'hubspot', stream: 'all', cursor: 'c', events: [polled(number)] });
    expect(await page(1)).toBe(1);
    world.engine.wake('hubspot');
    await world.calm();
    expect(world.hubspot.get('customer', 'hubspot-1')).toMatchObject({ name: 'Acme AG' });
  });
});

test('nothing is said about an object that is in one system only', async () => {
  const world = await createWorld({ rules });
  world.hubspot.put('customer', 'c1', { name: 'Other', vat: 'BE9' });
  await world.tell(world.hubspot, 'customer', 'c1');
  await world.calm();
  expect(world.odoo.states('customer')).toEqual([]);
});
