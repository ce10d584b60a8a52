import { describe, expect, test, vi } from 'vitest';
import { createWorld, type World } from './world.ts';

async function customer(world: World, id: string): Promise<void> {
  world.odoo.put('customer', id, { name: `customer ${id}` });
  await world.tell(world.odoo, 'customer', id);
}

describe('kill -9', () => {
  test('between the effect and our own record of it: one effect after the restart', async () => {
    const world = await createWorld();
    world.hubspot.failNext('write', { kind: 'hang', done: true });
    await customer(world, '1');
    await world.calm();
    expect(world.hubspot.states('customer')).toHaveLength(1);
    expect(world.delivery('1').state).toBe('leased');
    await world.crash();
    expect(world.hubspot.calls('write')).toHaveLength(1);
    await world.calm();
    expect(world.hubspot.states('customer')).toEqual([{ name: 'customer 1' }]);
    expect(world.hubspot.calls('write').map(({ changes }) => changes[0]?.uncertain)).toEqual([false, true]);
    expect(world.delivery('1')).toMatchObject({ state: 'done', tries: 2 });
    expect(world.rows('select number, outcome from attempt')).toEqual([
      { number: 1, outcome: 'ambiguous' },
      { number: 2, outcome: 'updated' },
    ]);
  });

  test('between two events and their reading: both are read', async () => {
    const world = await createWorld();
    world.odoo.failNext('read', { kind: 'hang', done: false });
    await customer(world, '1');
    await world.calm();
    await world.crash();
    await world.calm();
    expect(world.hubspot.states('customer')).toEqual([{ name: 'customer 1' }]);
  });

  test('with much under way: everything arrives once', async () => {
    const world = await createWorld({ batch: 7 });
    const ids = Array.from({ length: 500 }, (_, index) => `${index}`);
    for (const id of ids) world.odoo.put('customer', id, { name: `customer ${id}` });
    await Promise.all(ids.map((id) => world.tell(world.odoo, 'customer', id)));
    for (let kill = 0; kill < 6; kill++) {
      for (let turn = 0; turn < 8 + kill; turn++) await new Promise((resolve) => setImmediate(resolve));
      await world.crash();
    }
    await world.calm();
    expect(
      world.hubspot
        .states('customer')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(ids.map((id) => `customer ${id}`).sort());
  });
});

describe('a lease that ends', () => {
  test('gives the delivery back as uncertain, and a late answer changes nothing', async () => {
    const world = await createWorld();
    const writing = world.hubspot.gate('write');
    await customer(world, '1');
    await writing.reached;
    // The machine slept: the clock is far ahead, while the call is still under way.
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(30_000);
    await world.calm();
    expect(world.delivery('1')).toMatchObject({ state: 'pending', error: 'ambiguous' });
    writing.open();
    await world.pass(60_000);
    expect(world.delivery('1').state).toBe('done');
    expect(world.hubspot.states('customer')).toEqual([{ name: 'customer 1' }]);
  });

  test('because its try could not be settled is given back while running', async () => {
    const world = await createWorld();
    const failures: unknown[] = [];
    world.onFailure = (error) => failures.push(error);
    const settle = world.broken.settle;
    world.broken.settle = async () => {
      world.broken.settle = settle;
      throw new Error('disk full');
    };
    await customer(world, '1');
    await world.pass(60_000);
    expect(world.delivery('1').state).toBe('leased');
    await world.pass(70_000);
    expect(world.delivery('1')).toMatchObject({ state: 'done', tries: 2 });
    expect(world.hubspot.states('customer')).toEqual([{ name: 'customer 1' }]);
    expect(failures).toEqual([new Error('disk full')]);
  });
});

describe('stop', () => {
  test('within the grace: calls under way end, and nothing new begins', async () => {
    const world = await createWorld();
    const writing = world.hubspot.gate('write');
    await customer(world, '1');
    await writing.reached;
    const stopped = world.engine.stop(10_000);
    await customer(world, '2');
    vi.advanceTimersByTime(9_000);
    await world.calm();
    writing.open();
    await stopped;
    expect(world.delivery('1').state).toBe('done');
    expect(world.hubspot.calls('write')).toHaveLength(1);
    expect(world.rows('select id from lease')).toEqual([]);
  });

  test('after the grace: calls under way are interrupted, their deliveries kept as uncertain', async () => {
    const world = await createWorld();
    world.hubspot.failNext('write', { kind: 'hang', done: true });
    await customer(world, '1');
    await world.calm();
    const stopped = world.engine.stop(10_000);
    vi.advanceTimersByTime(9_999);
    await world.calm();
    expect(world.delivery('1').state).toBe('leased');
    vi.advanceTimersByTime(1);
    await stopped;
    expect(world.rows('select state, uncertain from delivery')).toEqual([{ state: 'pending', uncertain: 1 }]);
    await world.restart();
    await world.pass(5_000);
    expect(world.hubspot.states('customer')).toEqual([{ name: 'customer 1' }]);
  });

  test('while a system is read: the events stay for the next start', async () => {
    const world = await createWorld();
    world.odoo.failNext('read', { kind: 'hang', done: false });
    await customer(world, '1');
    await world.calm();
    const stopped = world.engine.stop(0);
    vi.advanceTimersByTime(1);
    await stopped;
    await world.restart();
    await world.calm();
    expect(world.hubspot.states('customer')).toEqual([{ name: 'customer 1' }]);
  });
});
