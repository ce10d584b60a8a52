import { expect, test } from 'vitest';
import { createWorld, type World } from './world.ts';

async function name(world: World, text: string): Promise<void> {
  world.odoo.put('customer', '1', { name: text });
  await world.tell(world.odoo, 'customer', '1');
}

test('a newer state takes the place of one that has not left', async () => {
  const world = await createWorld();
  world.hubspot.failNext('write', { kind: 'call', error: world.hubspot.error('unavailable', 'down') });
  await name(world, 'First');
  await world.calm();
  for (const text of ['Second', 'Third', 'Fourth']) {
    await name(world, text);
    await world.calm();
  }
  await world.pass(2_000);
  expect(world.hubspot.calls('write').map(({ changes }) => changes[0]?.fields.name)).toEqual([
    'First',
    'Fourth',
  ]);
  expect(world.rows('select id from delivery')).toHaveLength(1);
});

test('changes while a try is under way lead to exactly one more write, with the newest state', async () => {
  const world = await createWorld();
  const writing = world.hubspot.gate('write');
  await name(world, 'First');
  await writing.reached;
  for (const text of ['Second', 'Third', 'Fourth']) {
    await name(world, text);
    await world.calm();
  }
  expect(world.hubspot.calls('write')).toHaveLength(1);
  writing.open();
  await world.calm();
  expect(world.hubspot.calls('write').map(({ changes }) => changes[0]?.fields.name)).toEqual([
    'First',
    'Fourth',
  ]);
  expect(world.hubspot.states('customer')).toEqual([{ name: 'Fourth' }]);
});

test('a change while a try is under way that then fails: one delivery is left, and it looks what the try did', async () => {
  const world = await createWorld();
  const writing = world.hubspot.gate('write');
  world.hubspot.failNext('write', { kind: 'lost' });
  await name(world, 'First');
  await writing.reached;
  await name(world, 'Second');
  await world.calm();
  writing.open();
  await world.pass(3_000);
  expect(world.rows('select state from delivery order by id')).toEqual([
    { state: 'superseded' },
    { state: 'done' },
  ]);
  expect(world.hubspot.calls('write')[1]?.changes[0]).toMatchObject({
    uncertain: true,
    fields: { name: 'Second' },
  });
  expect(world.hubspot.states('customer')).toEqual([{ name: 'Second' }]);
});

test('an object that is only brought when needed is brought again when it changes on its way', async () => {
  const world = await createWorld();
  world.odoo.put('customer', '1', { name: 'Old' });
  world.odoo.put('project', '5', { name: 'P', customer: '1', status: 'active', billable: true });
  const writing = world.harvest.gate('write');
  await world.tell(world.odoo, 'project', '5');
  await writing.reached;
  // The project turns to another customer, so that nobody needs the first one any more.
  world.odoo.put('customer', '2', { name: 'Other' });
  world.odoo.patch('project', '5', { customer: '2' });
  await world.tell(world.odoo, 'project', '5');
  await world.calm();
  world.odoo.put('customer', '1', { name: 'New' });
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  writing.open();
  await world.calm();
  expect(
    world.harvest
      .states('customer')
      .map((state) => state.name)
      .sort(),
  ).toEqual(['New', 'Other']);
});

test('a state that is unchanged writes nothing', async () => {
  const world = await createWorld();
  await name(world, 'Acme');
  await world.calm();
  await world.tell(world.odoo, 'customer', '1');
  world.odoo.put('customer', '1', { name: 'Acme', city: 'Ghent' });
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  expect(world.rows('select * from change')).toHaveLength(2);
  expect(world.rows('select * from delivery')).toHaveLength(1);
  expect(world.hubspot.calls('write')).toHaveLength(1);
});

test('a change that is taken back before it left writes nothing', async () => {
  const world = await createWorld();
  await name(world, 'Acme');
  await world.calm();
  world.hubspot.failNext('write', { kind: 'call', error: world.hubspot.error('unavailable', 'down') });
  await name(world, 'Oops');
  await world.calm();
  await name(world, 'Acme');
  await world.pass(2_000);
  expect(world.delivery('1').state).toBe('done');
  expect(world.hubspot.calls('write')).toHaveLength(2);
  expect(world.outcomes().at(-1)).toBe('skipped');
});

test('finance goes its own way, and nobody starves', async () => {
  const world = await createWorld({ batch: 1000 });
  const gate = world.odoo.gate('setup');
  world.odoo.put('worker', 'e1', { email: 'ann@firm.example' });
  const events: Promise<unknown>[] = [];
  const delivery = (index: number, lane: number) => ({
    id: `d-${lane}-${String(index).padStart(4, '0')}`,
    target: 'hubspot',
    source: 'odoo',
    entity: 'customer' as const,
    sourceId: `${lane}-${index}`,
    lane,
    rulesVersion: 'test',
    correlation: 'c',
  });
  gate.open();
  for (let lane = 0; lane < 3; lane++)
    for (let index = 0; index < 600; index++) {
      const { sourceId: id } = delivery(index, lane);
      world.odoo.put('customer', id, { name: id });
      events.push(
        world.store.appendEvents([
          {
            id,
            system: 'odoo',
            type: 'odoo.customer',
            objectId: id,
            operation: 'write',
            fields: [],
            correlation: id,
            occurredAt: '2026-01-01T00:00:00.000Z',
            echo: false,
          },
        ]),
      );
    }
  await Promise.all(events);
  const readings = Array.from({ length: 1800 }, (_, number) => {
    const { sourceId: id } = delivery(number % 600, Math.floor(number / 600));
    return {
      system: 'odoo',
      entity: 'customer',
      id,
      state: { name: id },
      correlation: id,
      echo: false,
    } as const;
  });
  await world.store.apply({
    readings,
    finished: world.rows<{ seq: number }>('select seq from event').map(({ seq }) => seq),
    failed: [],
    route: (change) => [delivery(Number(change.id.split('-')[1]), Number(change.id.split('-')[0]))],
  });
  world.odoo.put('customer', 'wake', { name: 'wake' });
  await world.tell(world.odoo, 'customer', 'wake');
  await world.calm();
  const [finance, others] = world.hubspot.calls('write').map(({ keys }) => {
    const byLane = Map.groupBy(keys, (reference) => reference.split(':')[2]?.[0]);
    return ['0', '1', '2'].map((lane) => byLane.get(lane)?.length ?? 0);
  });
  expect(finance).toEqual([200, 0, 0]);
  expect(others).toEqual([0, expect.any(Number), 125]);
  expect(others?.[1]).toBeGreaterThanOrEqual(374);
  expect(world.hubspot.states('customer')).toHaveLength(1801);
});
