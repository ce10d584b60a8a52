import { describe, expect, test } from 'vitest';
import { createEventLane, usualLane } from '../../bridge/engine/event-lane.ts';
import { createLandscape } from '../../bridge/engine/landscape.ts';
import type { Rule } from '../../bridge/rules/rule.ts';
import type { NewEvent } from '../../bridge/store/event.ts';
import { MemorySystem } from './memory-system.ts';
import { customerToCrm } from './rules.ts';
import { createWorld, declarations, type World } from './world.ts';

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
    .rows<{ after: string }>('select after from change order by seq')
    .map(({ after }) => JSON.parse(after).name);

describe('the lane of an event', () => {
  const laneFor = (rules: readonly Rule[], type: string) => {
    const ruleSet = {
      version: 'test',
      systems: declarations(),
      rules,
      entities: {},
      tables: {},
      subscribers: [],
      flows: [],
      reconciliations: [],
    };
    const connectors = declarations().map(
      ({ name }) => new MemorySystem({ name, entities: { customer: {}, invoice: {} } }),
    );
    return createEventLane(createLandscape(ruleSet, connectors))('odoo', type);
  };
  const bulky: Rule = { ...customerToCrm, lane: 'bulk' };

  test.each([
    ['the rule', [bulky], 'odoo.customer', bulk],
    ['the most urgent rule', [bulky, { ...bulky, to: 'psa', lane: 'finance' } as Rule], 'customer', urgent],
    [
      'the most urgent override',
      [
        {
          ...bulky,
          overrides: [
            { when: {}, skip: false },
            { when: {}, skip: false, lane: 'finance' },
          ],
        } as Rule,
      ],
      'customer',
      urgent,
    ],
    ['what the books decide', [bulky], 'odoo.invoice', urgent],
    ['nothing, where nothing is known', [bulky], 'odoo.unheard', usualLane],
  ])('is that of %s', (_, rules, type, lane) => {
    expect(laneFor(rules, type)).toBe(lane);
  });
});

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
    const others = Array.from({ length: 500 }, (_, number) => `other-${number}`);
    await Promise.all(others.map((id) => keep(world, id, { objectId: id, state: null })));
    await keep(world, 'polled', { state: { name: 'First' } });
    world.engine.wake('odoo');
    await world.calm();
    expect(names(world)).toEqual(['First', 'Second']);
    expect(world.rows('select id from event where done_at is null')).toEqual([]);
  });
});
