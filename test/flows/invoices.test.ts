import { describe, expect, test } from 'vitest';
import { createShippedFirm } from './shipped-firm.ts';

const hour = 60 * 60_000;
const day = 24 * hour;

const company = { name: 'Aurora', is_company: true, vat: 'CH1', billing_status: 'none' };
const invoice = {
  kind: 'invoice',
  status: 'posted',
  customer: 'c',
  opportunities: ['o'],
  payment: 'not_paid',
  due_on: '2026-01-10',
  total: '100',
  currency: 'CHF',
};
const flows = ['invoice-to-cash', 'invoice-in-the-crm'];

describe('an invoice that nobody pays is told of', () => {
  test('although its sale is one of the erp alone', async () => {
    const { world, instances, open, put, idIn } = await createShippedFirm(...flows);
    await put('odoo', 'customer', 'c', { ...company, billing_status: 'open' });
    await put('hubspot', 'customer', idIn('hubspot', 'odoo', 'customer', 'c'), {
      ...company,
      billing_status: 'open',
    });
    await put('odoo', 'opportunity', 'o', { name: 'Made in the erp', status: 'won' });
    await put('odoo', 'invoice', 'i', invoice);
    await world.pass(2 * hour);
    expect(instances('invoice-in-the-crm')).toMatchObject([{ state: 'done' }]);
    expect(open()).toEqual([]);
    await world.pass(14 * day);
    expect(open()).toMatchObject([{ key: 'invoice-to-cash/paid/odoo:invoice:i' }]);
    await put('odoo', 'invoice', 'i', { ...invoice, payment: 'paid' });
    expect(open()).toEqual([]);
  });

  test('although its customer is no company', async () => {
    const { world, instances, open, put } = await createShippedFirm(...flows);
    await put('odoo', 'customer', 'c', { name: 'Eva', is_company: false, billing_status: 'open' });
    await put('odoo', 'invoice', 'i', { ...invoice, opportunities: [] });
    await world.pass(2 * hour);
    expect(instances('invoice-in-the-crm')).toMatchObject([
      { state: 'done', steps: ['on-the-company skipped', 'on-the-deal done'] },
    ]);
    await world.pass(14 * day);
    expect(open()).toMatchObject([{ key: 'invoice-to-cash/paid/odoo:invoice:i' }]);
  });
});

test('a company that does not show that it was billed is told of, also where it was never read before', async () => {
  const { world, open, put, idIn } = await createShippedFirm(...flows);
  world.odoo.put('customer', 'c', company);
  await put('odoo', 'invoice', 'i', { ...invoice, opportunities: [] });
  await world.pass(2 * hour);
  expect(open()).toMatchObject([{ key: expect.stringContaining('invoice-in-the-crm/on-the-company/') }]);
  const there = idIn('hubspot', 'odoo', 'customer', 'c');
  await put('hubspot', 'customer', there, { ...company, billing_status: 'open' });
  expect(open()).toEqual([]);
});

test('a deal of the CRM that does not show that it was billed is told of', async () => {
  const { world, open, put } = await createShippedFirm('lead-to-project', 'invoice-in-the-crm');
  await put('odoo', 'customer', 'p', { name: 'Eva', is_company: false });
  await put('hubspot', 'customer', 'c', { name: 'Aurora', is_company: true, vat: 'CH1' });
  const deal = {
    name: 'Deal',
    status: 'won',
    customer: 'c',
    amount: '100',
    currency: 'CHF',
    service_line: 's',
    billing_method: 'time_and_materials',
    billing_status: null,
  };
  await put('hubspot', 'opportunity', 'd', deal);
  await world.pass(hour / 2);
  const [sale] = Object.keys(world.odoo.all('opportunity'));
  await put('odoo', 'invoice', 'i', { ...invoice, customer: 'p', opportunities: [sale as string] });
  await world.pass(2 * hour);
  const shown = () => open().filter(({ key }) => key.startsWith('invoice-in-the-crm/'));
  expect(shown()).toMatchObject([{ key: 'invoice-in-the-crm/on-the-deal/hubspot:opportunity:d' }]);
  await put('hubspot', 'opportunity', 'd', { ...deal, billing_status: 'open' });
  expect(shown()).toEqual([]);
});
