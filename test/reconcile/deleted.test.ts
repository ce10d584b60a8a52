import { expect, test } from 'vitest';
import type { Rule } from '../../bridge/rules/rule.ts';
import { customerToCrm, shippedLikeRules } from '../engine/rules.ts';
import { createDesk, customers, type Desk } from './desk.ts';

/** As shipped: who buys for the first time is made in the erp, which owns it from then on. */
const customerToErp: Rule = {
  ...customerToCrm,
  id: 'customer-to-erp',
  from: 'crm',
  to: 'erp',
  create: 'needed',
  fields: [],
  initial: { fields: ['name', 'vat'], mappings: {} },
  match: ['vat'],
};
const dealToErp: Rule = {
  ...customerToCrm,
  id: 'opportunity-to-erp',
  entity: 'opportunity',
  from: 'crm',
  to: 'erp',
  fields: ['name', 'customer'],
  match: [],
};
const rules = [
  { ...customerToCrm, match: ['vat'] as const },
  customerToErp,
  dealToErp,
  ...shippedLikeRules.slice(1),
];

/** Both know the customer, and people have deleted it in Odoo. Answers its id in HubSpot. */
async function deletedCustomer({ world }: Desk): Promise<string> {
  world.odoo.put('customer', 'c1', { name: 'Acme', vat: 'BE1', email: null });
  await world.tell(world.odoo, 'customer', 'c1');
  await world.pass(2000);
  const [company = ''] = Object.keys(world.hubspot.all('customer'));
  await world.tell(world.hubspot, 'customer', company);
  await world.pass(2000);
  world.odoo.delete('customer', 'c1');
  await world.tell(world.odoo, 'customer', 'c1', { operation: 'unlink' });
  await world.pass(5000);
  expect(world.odoo.states('customer')).toEqual([]);
  return company;
}

test('a customer that people deleted, and that nobody needs there, is not made again', async () => {
  const desk = await createDesk([customers], { rules });
  await deletedCustomer(desk);
  const { findings } = await desk.reconcile({ declaration: 'customers' });
  await desk.world.pass(120_000);
  expect(findings).toEqual([]);
  expect(desk.world.odoo.states('customer')).toEqual([]);
});

test('it is made again once a deal needs it', async () => {
  const desk = await createDesk([customers], { rules });
  const { world } = desk;
  const company = await deletedCustomer(desk);
  world.hubspot.put('opportunity', 'd1', { name: 'Deal', customer: company });
  await world.tell(world.hubspot, 'opportunity', 'd1');
  await world.pass(60_000);
  const [sale] = world.odoo.states('opportunity');
  expect(world.odoo.all('customer')[String(sale?.customer)]).toMatchObject({ name: 'Acme', vat: 'BE1' });
});
