import { describe, expect, test } from 'vitest';
import { createWorld } from './world.ts';

describe('events', () => {
  test('a change reaches the other system once', async () => {
    const world = await createWorld();
    world.odoo.put('customer', '7', { name: 'Acme', vat: 'BE1' });
    await world.tell(world.odoo, 'customer', '7');
    await world.calm();
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme', vat: 'BE1' }]);
    expect(world.delivery('7').state).toBe('done');
  });

  test('the same event twice has one effect', async () => {
    const world = await createWorld();
    world.odoo.put('customer', '7', { name: 'Acme' });
    await world.tell(world.odoo, 'customer', '7', { id: 'same' });
    expect(await world.tell(world.odoo, 'customer', '7', { id: 'same' })).toEqual({
      accepted: 0,
      duplicates: 1,
    });
    await world.calm();
    expect(await world.tell(world.odoo, 'customer', '7', { id: 'same' })).toEqual({
      accepted: 0,
      duplicates: 1,
    });
    await world.calm();
    expect(world.odoo.calls('read')).toHaveLength(1);
    expect(world.hubspot.calls('write')).toHaveLength(1);
  });

  test('late and reordered events leave the newest state', async () => {
    const world = await createWorld();
    world.odoo.put('customer', '7', { name: 'First' });
    await world.tell(world.odoo, 'customer', '7', { id: 'first' });
    await world.calm();
    world.odoo.put('customer', '7', { name: 'Second' });
    world.odoo.put('customer', '7', { name: 'Third' });
    await world.tell(world.odoo, 'customer', '7', { id: 'third' });
    await world.calm();
    await world.tell(world.odoo, 'customer', '7', { id: 'second', occurredAt: '2026-01-01T00:00:00.000Z' });
    await world.calm();
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Third' }]);
    expect(world.hubspot.calls('write')).toHaveLength(2);
  });

  test('five hundred events on one object become one read and one write', async () => {
    const world = await createWorld();
    world.odoo.put('customer', '7', { name: 'Acme' });
    await Promise.all(Array.from({ length: 500 }, () => world.tell(world.odoo, 'customer', '7')));
    await world.calm();
    expect(world.odoo.calls('read')).toHaveLength(1);
    expect(world.hubspot.calls('write')).toHaveLength(1);
  });
});
