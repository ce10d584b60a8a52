import { expect, test } from 'vitest';
import type { Rule } from '../../bridge/rules/rule.ts';
import { customerToCrm, customerToPsa } from './rules.ts';
import { createWorld, type World } from './world.ts';

// The CRM owns name and VAT, the erp owns the e-mail address, and the PSA is told the name by the erp.
const rules: Rule[] = [
  { ...customerToCrm, id: 'to-erp', from: 'crm', to: 'erp', fields: ['name', 'vat'] },
  { ...customerToCrm, id: 'to-crm', fields: ['email', 'phone'] },
  { ...customerToPsa, create: 'always', match: [] },
];

/** A company of the CRM that was brought to Odoo; its echo has not come back yet. */
async function brought(more: readonly Rule[] = rules): Promise<World> {
  const world = await createWorld({ rules: more });
  world.hubspot.put('customer', 'c1', { name: 'Acme', vat: 'BE1' });
  await world.tell(world.hubspot, 'customer', 'c1');
  await world.calm();
  expect(world.odoo.states('customer')).toEqual([{ name: 'Acme', vat: 'BE1' }]);
  return world;
}

const echo = (world: World) => world.tell(world.odoo, 'customer', 'odoo-1', { echo: true });

test('an echo of what was written does not go back', async () => {
  // This rule would carry the name back; the check of the rules does not allow it, so only the echo is in its way.
  const world = await brought([...rules, { ...customerToCrm, id: 'back', fields: ['name'] }]);
  await echo(world);
  await world.calm();
  expect(world.hubspot.calls('write')).toEqual([]);
  expect(world.rows("select id from delivery where target = 'hubspot'")).toEqual([]);
});

test('an echo goes on to the systems that it did not come from', async () => {
  const world = await brought();
  await echo(world);
  await world.calm();
  expect(world.harvest.states('customer')).toEqual([{ name: 'Acme' }]);
});

test('a change that a person made in the same moment is not taken for an echo', async () => {
  const world = await brought();
  world.odoo.patch('customer', 'odoo-1', { email: 'info@acme.example' });
  await echo(world);
  await world.calm();
  await world.tell(world.odoo, 'customer', 'odoo-1');
  await world.calm();
  expect(world.hubspot.get('customer', 'c1')).toEqual({
    name: 'Acme',
    vat: 'BE1',
    email: 'info@acme.example',
  });
});

test('what follows from a write is news for its source', async () => {
  const world = await brought();
  await echo(world);
  await world.calm();
  world.odoo.patch('customer', 'odoo-1', { phone: '+32 2 555' });
  await echo(world);
  await world.calm();
  expect(world.hubspot.get('customer', 'c1')).toMatchObject({ phone: '+32 2 555' });
});

test('an object that Odoo made itself during a write of the bridge is news', async () => {
  const world = await brought();
  world.odoo.put('customer', '77', { name: 'Made by Odoo', email: 'x@y.example' });
  await world.tell(world.odoo, 'customer', '77', { echo: true });
  await world.calm();
  expect(world.hubspot.states('customer')).toContainEqual({ email: 'x@y.example' });
});
