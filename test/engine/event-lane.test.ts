import { describe, expect, test } from 'vitest';
import type { NewEvent } from '../../bridge/store/event.ts';
import { customerToCrm } from './rules.ts';
import { createWorld, type World } from './world.ts';

const urgent = 0;
const bulk = 2;

/** An event on customer 1 of Odoo, as the way that it came in left it; nobody is woken. */
async function keep(world: World, id: string, more: Partial<NewEvent>): Promise<void> {
  const event: NewEvent = {
    id,
    system: 'odoo',
    type: 'customer',
    objectId: '1',
    operation: 'write',
    fields: [],
    correlation: id,
    occurredAt: '2026-01-05T08:00:00.000Z',
    echo: false,
    ...more,
  };
  await world.store.appendEvents([event]);
}

const names = (world: World) =>
  world
    .rows<{ differences: string }>('select differences from change order by seq')
    .map(({ differences }) => JSON.parse(differences).name.after);

describe('events on one object in several lanes', () => {
  test('states that polls delivered are taken in order, also when the rules were changed between two polls', async () => {
    const world = await createWorld({ rules: [customerToCrm] });
    await keep(world, 'first', { lane: bulk, state: { name: 'First' } });
    await keep(world, 'second', { lane: urgent, state: { name: 'Second' } });
    world.engine.wake('odoo');
    await world.calm();
    expect(names(world)).toEqual(['First', 'Second']);
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Second' }]);
    expect(world.rows('select id from event where done_at is null')).toEqual([]);
  });

  test('what is read is not undone by a state that a poll delivered before', async () => {
    const world = await createWorld({ rules: [customerToCrm] });
    world.odoo.put('customer', '1', { name: 'Second' });
    await keep(world, 'polled', { lane: bulk, state: { name: 'First' } });
    await keep(world, 'needed', { lane: urgent });
    world.engine.wake('odoo');
    await world.calm();
    expect(names(world)).toEqual(['First', 'Second']);
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Second' }]);
  });

  test('nor by one that stands behind so many others of its lane that it is not taken up with it', async () => {
    const world = await createWorld({ rules: [customerToCrm] });
    world.odoo.put('customer', '1', { name: 'Second' });
    await keep(world, 'needed', {});
    for (let number = 0; number < 500; number++)
      await keep(world, `other-${number}`, { objectId: `other-${number}`, state: null });
    await keep(world, 'polled', { state: { name: 'First' } });
    world.engine.wake('odoo');
    await world.calm();
    expect(names(world)).toEqual(['First', 'Second']);
    expect(world.rows('select id from event where done_at is null')).toEqual([]);
  });
});
