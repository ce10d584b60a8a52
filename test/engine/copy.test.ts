import { describe, expect, test } from 'vitest';
import { createWorld } from './world.ts';

const copied = [
  {
    level: 'error',
    message: 'the database is neutralized: it is a copy for tests',
    remedy: 'Point the bridge to the production database.',
  },
] as const;

const minute = 60_000;

describe('the erp turns out to be a copy of the database that the bridge belongs to', () => {
  test('what was still queued for partners does not leave, also after a restart', async () => {
    const world = await createWorld();
    world.hubspot.failNext('write', { kind: 'call', error: world.hubspot.error('unavailable', 'down') });
    world.odoo.put('customer', '1', { name: 'Acme', vat: null, email: null });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    world.odoo.findings = [...copied];
    await world.crash();
    await world.pass(5 * minute);
    expect(world.hubspot.states('customer')).toEqual([]);
    expect(world.engine.problems().join(' ')).toContain('neutralized');

    world.odoo.findings = [];
    await world.pass(2 * minute);
    expect(world.hubspot.states('customer')).toHaveLength(1);
  });

  test('while the bridge runs: it is noticed, and nothing more is read or leaves', async () => {
    const world = await createWorld();
    world.odoo.put('customer', '1', { name: 'Acme', vat: null, email: null });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    expect(world.hubspot.states('customer')).toHaveLength(1);

    world.odoo.findings = [...copied];
    await world.pass(11 * minute);
    world.odoo.put('customer', '1', { name: 'Not the real Acme', vat: null, email: null });
    await world.tell(world.odoo, 'customer', '1');
    await world.pass(5 * minute);
    expect(world.hubspot.states('customer')).toEqual([expect.objectContaining({ name: 'Acme' })]);
  });

  test('an erp that only cannot be reached holds nothing up', async () => {
    const world = await createWorld();
    world.hubspot.failNext('write', { kind: 'call', error: world.hubspot.error('unavailable', 'down') });
    world.odoo.put('customer', '1', { name: 'Acme', vat: null, email: null });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    for (let times = 0; times < 20; times++)
      world.odoo.failNext('setup', { kind: 'call', error: world.odoo.error('unavailable', 'down') });
    await world.crash();
    await world.pass(5 * minute);
    expect(world.hubspot.states('customer')).toHaveLength(1);
  });
});
