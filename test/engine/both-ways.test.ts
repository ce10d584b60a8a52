import { describe, expect, test } from 'vitest';
import type { Rule } from '../../bridge/rules/rule.ts';
import { customerToCrm, customerToPsa } from './rules.ts';
import { createWorld, type World } from './world.ts';

// Customers are made in the erp and in the CRM; whichever side makes one, it comes to be in both, once.
const rules: Rule[] = [
  { ...customerToCrm, match: ['vat', 'name'], fields: ['name', 'vat'] },
  { ...customerToCrm, id: 'back', from: 'crm', to: 'erp', match: ['vat', 'name'], fields: ['email', 'vat'] },
];

const links = (world: World) =>
  world.rows<{ object: string; ids: string }>(
    `select object_id as object, group_concat(system || ' ' || external_id, ', ' order by system) as ids
     from link group by object_id order by 2`,
  );

const linked = (world: World) => links(world).map(({ ids }) => ids);

/** The same customer in both systems, made at the same moment. */
function twins(
  world: World,
  left = { name: 'Acme', vat: 'BE1' },
  right: object = { vat: 'BE1', email: 'a@b.example' },
) {
  world.odoo.put('customer', '1', left);
  world.hubspot.put('customer', 'c1', right as never);
}

const tellBoth = (world: World) =>
  Promise.all([world.tell(world.odoo, 'customer', '1'), world.tell(world.hubspot, 'customer', 'c1')]);

describe('an object that was made in both systems at once', () => {
  test('is linked, and both are told what the other owns', async () => {
    const world = await createWorld({ rules });
    twins(world);
    await tellBoth(world);
    await world.pass(2000);
    expect(linked(world)).toEqual(['hubspot c1, odoo 1']);
    expect(world.hubspot.all('customer')).toEqual({ c1: { name: 'Acme', vat: 'BE1', email: 'a@b.example' } });
    expect(world.odoo.all('customer')).toEqual({ '1': { name: 'Acme', vat: 'BE1', email: 'a@b.example' } });
  });

  test('is linked while the search of the vendor does not show it yet', async () => {
    const world = await createWorld({ rules });
    world.hubspot.searchable = () => false;
    world.odoo.searchable = () => false;
    twins(world);
    await tellBoth(world);
    await world.pass(2000);
    expect(linked(world)).toEqual(['hubspot c1, odoo 1']);
    expect(world.hubspot.states('customer')).toHaveLength(1);
    expect(world.odoo.states('customer')).toHaveLength(1);
  });

  test('is linked although it is spelled in another way', async () => {
    const world = await createWorld({ rules });
    twins(
      world,
      { name: 'Acme GmbH', vat: 'BE 0477.472.701' },
      { name: 'ACME G.m.b.H.', vat: 'be0477472701' },
    );
    await tellBoth(world);
    await world.pass(2000);
    expect(linked(world)).toEqual(['hubspot c1, odoo 1']);
  });

  test('waits for what was told and is still being read', async () => {
    const world = await createWorld({ rules });
    world.hubspot.searchable = () => false;
    twins(world);
    const reading = world.hubspot.gate('read');
    await tellBoth(world);
    await reading.reached;
    await world.pass(3000);
    expect(world.hubspot.calls('write')).toEqual([]);
    expect(world.delivery('1')).toMatchObject({ state: 'pending', error: 'busy', tries: 0 });
    expect(world.delivery('1').cause).toBe('Waits until what hubspot told of is read.');
    reading.open();
    await world.pass(3000);
    expect(linked(world)).toEqual(['hubspot c1, odoo 1']);
    expect(world.hubspot.states('customer')).toHaveLength(1);
  });

  test('is linked when the second side is told of while the first is being linked', async () => {
    const world = await createWorld({ rules });
    twins(world);
    const writing = world.hubspot.gate('write');
    await world.tell(world.odoo, 'customer', '1');
    await writing.reached;
    await world.tell(world.hubspot, 'customer', 'c1');
    await world.pass(1000);
    expect(world.odoo.calls('write')).toEqual([]);
    writing.open();
    await world.pass(2000);
    expect(linked(world)).toEqual(['hubspot c1, odoo 1']);
    expect(world.odoo.states('customer')).toEqual([{ name: 'Acme', vat: 'BE1', email: 'a@b.example' }]);
  });
});

describe('while what the target told of cannot be read', () => {
  /** Customer `other` of the CRM was told of, and the CRM answers no question about what is in it for so long. */
  async function unreadable(milliseconds: number, more: Record<string, object> = {}): Promise<World> {
    const world = await createWorld({ rules });
    const busy = { status: 429, retryAfterMilliseconds: milliseconds };
    world.hubspot.failNext('read', { kind: 'call', error: world.hubspot.error('limited', 'slower', busy) });
    const there = { other: { name: 'Other', vat: 'BE9' }, ...more };
    for (const [id, state] of Object.entries(there)) world.hubspot.put('customer', id, state as never);
    await Promise.all(Object.keys(there).map((id) => world.tell(world.hubspot, 'customer', id)));
    await world.calm();
    return world;
  }

  const bring = async (world: World, id: string, vat: string) => {
    world.odoo.put('customer', id, { name: `Customer ${id}`, vat });
    await world.tell(world.odoo, 'customer', id);
  };

  const looks = (world: World) => world.outcomes().filter((outcome) => outcome === 'retry').length;

  test('what is not found there is asked for once, looked at ever less, and made soon after', async () => {
    const world = await unreadable(3_600_000);
    await bring(world, '1', 'BE1');
    await world.pass(60_000);
    const asked = world.hubspot.calls('find').length;
    expect(asked).toBeLessThanOrEqual(rules[0]?.match.length as number);
    expect(looks(world)).toBeLessThan(30);
    await world.pass(3_500_000);
    expect(world.hubspot.calls('find')).toHaveLength(asked);
    expect(looks(world)).toBeLessThan(160);
    expect(world.hubspot.calls('write')).toEqual([]);
    expect(world.delivery('1')).toMatchObject({ state: 'pending', error: 'busy', tries: 0 });
    await world.pass(40_000 + 30_000);
    expect(linked(world)).toContain('hubspot hubspot-1, odoo 1');
  });

  test('what is found there is linked all the same, and at once', async () => {
    const world = await unreadable(3_600_000);
    await bring(world, '1', 'BE1');
    await world.pass(60_000);
    await bring(world, '9', 'BE9');
    await world.calm();
    expect(linked(world)).toEqual(['hubspot other, odoo 9']);
  });

  test('what is corrected meanwhile is looked for by what it is now', async () => {
    const world = await unreadable(3_600_000);
    await bring(world, '1', 'BE1');
    await world.pass(60_000);
    await bring(world, '1', 'BE9');
    await world.pass(30_000);
    expect(linked(world)).toEqual(['hubspot other, odoo 1']);
  });

  test('what is read before all else is linked without waiting for that', async () => {
    const world = await unreadable(60_000, { seen: { name: 'Customer 1', vat: 'be 1' } });
    world.hubspot.searchable = () => false;
    await bring(world, '1', 'BE1');
    await world.pass(1000);
    expect(world.delivery('1').cause).toBe('Waits until what hubspot told of is read.');
    // Something else that was told of before is still not read when this one is.
    world.broken.oldestOpenEvent = async () => new Date(0).toISOString();
    await world.pass(60_000 + 30_000);
    expect(linked(world)).toContain('hubspot seen, odoo 1');
  });

  test('a wait that is soon over costs no time', async () => {
    const world = await unreadable(2000);
    for (const number of [1, 2, 3]) await bring(world, `${number}`, `BE${number}`);
    await world.pass(3000);
    expect(world.odoo.states('customer')).toHaveLength(4);
    expect(world.hubspot.states('customer')).toHaveLength(4);
  });
});

describe('a try that had made nothing yet when the bridge was killed', () => {
  test('looks again at what was told meanwhile', async () => {
    const world = await createWorld({ rules });
    world.hubspot.searchable = () => false;
    twins(world);
    const unread = { kind: 'call', error: world.hubspot.error('unavailable', 'not now') } as const;
    world.hubspot.failNext('read', unread, unread);
    const looking = world.hubspot.gate('find');
    await tellBoth(world);
    await looking.reached;
    looking.open();
    await world.crash();
    await world.calm();
    expect(world.hubspot.calls('write')).toEqual([]);
    await world.pass(5000);
    expect(linked(world)).toEqual(['hubspot c1, odoo 1']);
    expect(world.hubspot.states('customer')).toHaveLength(1);
    expect(world.odoo.states('customer')).toHaveLength(1);
  });
});

describe('what the bridge is creating', () => {
  test('is not brought back when the other side tells of it before it has answered', async () => {
    const world = await createWorld({ rules });
    world.odoo.put('customer', '1', { name: 'No number' });
    const write = world.hubspot.write.bind(world.hubspot);
    let answer: () => void = () => {};
    world.hubspot.write = async (entity, changes, signal) => {
      const results = await write(entity, changes, signal);
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return results;
    };
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    // Nothing but the answer could say that this is the one; somebody has renamed it meanwhile.
    world.hubspot.put('customer', 'hubspot-1', { name: 'Renamed' });
    await world.tell(world.hubspot, 'customer', 'hubspot-1');
    await world.pass(3000);
    expect(world.odoo.calls('write')).toEqual([]);
    answer();
    await world.pass(2000);
    expect(linked(world)).toEqual(['hubspot hubspot-1, odoo 1']);
    expect(world.odoo.states('customer')).toHaveLength(1);
  });

  test('is not brought back while its answer is lost', async () => {
    const world = await createWorld({ rules });
    world.odoo.put('customer', '1', { name: 'No number' });
    world.hubspot.failNext('write', { kind: 'lost' });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    world.hubspot.put('customer', 'hubspot-1', { name: 'Renamed' });
    await world.tell(world.hubspot, 'customer', 'hubspot-1');
    await world.pass(60_000);
    expect(linked(world)).toEqual(['hubspot hubspot-1, odoo 1']);
    expect(world.odoo.states('customer')).toHaveLength(1);
    expect(world.hubspot.states('customer')).toHaveLength(1);
  });

  test('is not brought back when the bridge is killed before the answer', async () => {
    const world = await createWorld({ rules });
    world.odoo.put('customer', '1', { name: 'No number' });
    world.hubspot.failNext('write', { kind: 'hang', done: true });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    world.hubspot.put('customer', 'hubspot-1', { name: 'Renamed' });
    await world.crash();
    await world.tell(world.hubspot, 'customer', 'hubspot-1');
    await world.pass(60_000);
    expect(linked(world)).toEqual(['hubspot hubspot-1, odoo 1']);
    expect(world.odoo.states('customer')).toHaveLength(1);
  });
});

describe('a person makes an object in the moment in which the bridge creates it', () => {
  async function doubled(): Promise<World> {
    const world = await createWorld({ rules });
    world.odoo.put('customer', '1', { name: 'Acme', vat: 'BE1' });
    const writing = world.hubspot.gate('write');
    await world.tell(world.odoo, 'customer', '1');
    await writing.reached;
    world.hubspot.put('customer', 'c1', { name: 'Acme', vat: 'BE1' });
    await world.tell(world.hubspot, 'customer', 'c1');
    await world.pass(1000);
    writing.open();
    await world.pass(2000);
    return world;
  }

  test('no second one is made on the other side; a person is asked', async () => {
    const world = await doubled();
    expect(world.odoo.states('customer')).toHaveLength(1);
    expect(linked(world)).toEqual(['hubspot hubspot-1, odoo 1']);
    expect(world.delivery('c1')).toMatchObject({ state: 'waiting', error: 'proposed' });
    expect(world.delivery('c1').cause).toBe(
      'odoo has a customer with the same vat, 1, but that is linked to customer hubspot-1 of hubspot. If hubspot-1 and c1 are the same, merge them in hubspot; if not, say so: bridge matches.',
    );
    const [proposal] = await world.store.openProposals();
    expect(await world.store.decide(proposal?.id as string, { accept: true, by: 'ann' })).toEqual({
      ok: false,
      error: 'conflict',
      message:
        'customer 1 of odoo is linked to customer hubspot-1 of hubspot already. If that and c1 are the same, merge them in hubspot; if not, reject this.',
    });
  });

  test('merged there, nothing is left to decide', async () => {
    const world = await doubled();
    world.hubspot.delete('customer', 'c1');
    await world.tell(world.hubspot, 'customer', 'c1');
    await world.calm();
    expect(world.delivery('c1').state).toBe('done');
    expect(await world.store.openProposals()).toEqual([]);
    expect(world.odoo.states('customer')).toHaveLength(1);
  });

  test('two that are really two become two', async () => {
    const world = await doubled();
    const [proposal] = await world.store.openProposals();
    const decided = await world.store.decide(proposal?.id as string, { accept: false, by: 'ann' });
    world.engine.wakeDeliveries(decided.ok ? decided.woken : []);
    await world.pass(1000);
    expect(linked(world)).toEqual(['hubspot c1, odoo odoo-1', 'hubspot hubspot-1, odoo 1']);
  });
});

test('an object that two systems bring to a third at once is made there once', async () => {
  const toPsa = { ...customerToPsa, create: 'always', match: ['vat'], fields: ['name', 'vat'] } as const;
  const world = await createWorld({
    rules: [
      { ...toPsa, id: 'a' },
      { ...toPsa, id: 'b', from: 'crm' },
    ],
  });
  world.harvest.searchable = () => false;
  twins(world, { name: 'Acme', vat: 'BE1' }, { name: 'Acme Inc', vat: 'be 1' });
  await tellBoth(world);
  await world.pass(2000);
  expect(linked(world)).toEqual(['harvest harvest-1, hubspot c1, odoo 1']);
  expect(world.harvest.states('customer')).toHaveLength(1);
});

test('what the store knows is read before it is linked: it may be another by now', async () => {
  const world = await createWorld({ rules: [{ ...customerToCrm, match: ['vat'] }] });
  world.hubspot.searchable = () => false;
  world.hubspot.put('customer', 'c1', { name: 'Acme', vat: 'BE1' });
  world.hubspot.put('customer', 'c2', { name: 'Initech', vat: 'BE2' });
  for (const id of ['c1', 'c2']) await world.tell(world.hubspot, 'customer', id);
  await world.calm();
  world.hubspot.delete('customer', 'c1');
  world.hubspot.patch('customer', 'c2', { vat: 'BE3' });
  world.odoo.put('customer', '1', { name: 'Acme', vat: 'BE1' });
  world.odoo.put('customer', '2', { name: 'Initech', vat: 'BE2' });
  for (const id of ['1', '2']) await world.tell(world.odoo, 'customer', id);
  await world.pass(1000);
  expect(linked(world).sort()).toEqual(['hubspot hubspot-1, odoo 1', 'hubspot hubspot-2, odoo 2']);
});

test('keys are made for what was known before a rule matched by them', async () => {
  const world = await createWorld({ rules: [{ ...customerToCrm, match: [] }] });
  world.hubspot.put('customer', 'c1', { name: 'Acme', vat: 'BE1' });
  await world.tell(world.hubspot, 'customer', 'c1');
  await world.calm();
  expect(world.rows('select * from match_key')).toEqual([]);
  await world.store.keepMatchKeys({ exact: { customer: ['vat'] }, likely: [] });
  expect(world.rows('select system, external_id as id, field, value from match_key')).toEqual([
    { system: 'hubspot', id: 'c1', field: 'vat', value: 'BE1' },
  ]);
  world.hubspot.delete('customer', 'c1');
  await world.tell(world.hubspot, 'customer', 'c1');
  await world.calm();
  expect(world.rows('select * from match_key')).toEqual([]);
});
