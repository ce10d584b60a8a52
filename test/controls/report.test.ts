import { expect, test } from 'vitest';
import type { Reason } from '../../bridge/controls/reason.ts';
import { createFirm, type Firm, key } from './firm.ts';

const entry = {
  project: 'h1',
  worker: 'w1',
  day: '2026-10-05',
  hours: '7.5',
  notes: 'Workshop',
  approval: 'approved',
  billable: true,
  rate: '120',
  currency: 'CHF',
};

const line = {
  project: '1',
  day: '2026-10-05',
  hours: '7.5',
  notes: 'Workshop',
  billable: true,
  rate: '120',
  currency: 'CHF',
};

async function firmWithProject(billingMethod = 'time_and_materials'): Promise<Firm> {
  const firm = await createFirm();
  await firm.knows(key('odoo', 'customer', '9'), { name: 'Aurora Energy AG' });
  await firm.knows(key('odoo', 'project', '1'), {
    name: 'Roadmap',
    customer: '9',
    legal_entity: 'Northwind',
    currency: 'CHF',
    billing_method: billingMethod,
  });
  await firm.brought(key('odoo', 'project', '1'), 'harvest', 'h1');
  await firm.knows(key('harvest', 'worker', 'w1'), { name: 'Ann Adams' });
  return firm;
}

const here = key('harvest', 'timesheet', '5');

test('approved time on its way is pending and says so', async () => {
  const firm = await firmWithProject();
  await firm.knows(here, entry);
  await firm.bringing(here, 'odoo', 'pending');
  const { lines, balanced } = firm.report();
  expect(balanced).toBe(true);
  expect(lines).toEqual([
    expect.objectContaining({
      control: 'approved_not_posted',
      object: here,
      label: '2026-10-05 Ann Adams, Roadmap, Workshop',
      customer: 'Aurora Energy AG',
      legalEntity: 'Northwind',
      month: '2026-10',
      hours: '7.5',
      amount: '900.00',
      currency: 'CHF',
      owner: 'finance',
      reason: 'It is on its way to odoo.',
      next: 'It goes by itself.',
    }),
  ]);
});

test('time that the erp refused bears its reason, and counts as rejected', async () => {
  const firm = await firmWithProject();
  await firm.knows(here, entry);
  await firm.bringing(here, 'odoo', { dead: 'The period is closed until 31 October.' });
  const { lines, balance } = firm.report();
  expect(lines[0]?.reason).toBe('The period is closed until 31 October.');
  expect(lines[0]?.next).toContain('bridge trace harvest:timesheet:5');
  expect(balance[0]?.sums.rejected.hours.toFixed()).toBe('7.5');
});

test('what a business process says goes before what a delivery met', async () => {
  const firm = await firmWithProject();
  await firm.knows(here, entry);
  const reason: Reason = {
    owner: 'delivery',
    person: 'pm@northwind.example',
    reason: 'The project is closed.',
    next: 'Open it again.',
    since: '2026-10-06T08:00:00.000Z',
    needsPerson: true,
  };
  const { lines, balance } = firm.report({}, (object) => (object.id === '5' ? reason : undefined));
  const { needsPerson: _, ...said } = reason;
  expect(lines).toEqual([expect.objectContaining(said)]);
  expect(balance[0]?.sums.rejected.hours.toFixed()).toBe('7.5');
});

test('time without a price of its own is worth what posted time of the same task is', async () => {
  const firm = await firmWithProject();
  await firm.knows(key('odoo', 'task', '3'), { name: 'Consulting', project: '1' });
  await firm.brought(key('odoo', 'task', '3'), 'harvest', 't3');
  await firm.knows(key('odoo', 'timesheet', '70'), { ...line, task: '3', rate: '150', invoice: 'x' });
  await firm.knows(here, { ...entry, task: 't3', rate: null });
  await firm.bringing(here, 'odoo', 'pending');
  const { lines } = firm.report();
  expect(lines.map(({ control, amount }) => [control, amount])).toEqual([['approved_not_posted', '1125.00']]);
});

test('time whose price nobody knows counts in hours only', async () => {
  const firm = await firmWithProject();
  await firm.knows(here, { ...entry, rate: null });
  await firm.bringing(here, 'odoo', 'pending');
  const { lines, balance, balanced } = firm.report();
  expect(lines[0]?.amount).toBeNull();
  expect(balance[0]).toMatchObject({ unpriced: 1, customer: 'Aurora Energy AG' });
  expect(balanced).toBe(true);
});

test.each([
  ['time_and_materials', null, 'It stands on no invoice yet.'],
  ['time_and_materials', '40', 'It stands on a draft invoice.'],
])('time of %s on invoice %s is to be billed', async (method, invoice, reason) => {
  const firm = await firmWithProject(method);
  await firm.knows(key('odoo', 'invoice', '40'), { status: 'draft' });
  await firm.knows(key('odoo', 'timesheet', '70'), { ...line, invoice });
  const { lines } = firm.report();
  expect(lines.map((found) => [found.control, found.reason, found.amount])).toEqual([
    ['posted_not_invoiced', reason, '900.00'],
  ]);
});

test('time on a posted invoice, and time that is billed by fee or retainer, is not to be billed', async () => {
  const firm = await firmWithProject();
  await firm.knows(key('odoo', 'invoice', '40'), { status: 'posted' });
  await firm.knows(key('odoo', 'timesheet', '70'), { ...line, invoice: '40' });
  await firm.knows(key('odoo', 'timesheet', '71'), { ...line, billable: false });
  const retainer = await firmWithProject('retainer');
  await retainer.knows(key('odoo', 'timesheet', '70'), line);
  expect(firm.report().lines).toEqual([]);
  expect(retainer.report().lines).toEqual([]);
});

test('time that is not billable any more, and that the erp still has, is told of', async () => {
  const firm = await firmWithProject();
  await firm.knows(here, entry);
  await firm.brought(here, 'odoo', '70');
  await firm.knows(key('odoo', 'timesheet', '70'), { ...line, invoice: 'x' });
  await firm.knows(here, { ...entry, billable: false });
  const { lines, balance, balanced } = firm.report();
  expect(balanced).toBe(true);
  expect(lines).toEqual([
    expect.objectContaining({
      control: 'posted_differently',
      object: here,
      hours: '-7.5',
      amount: '-900.00',
    }),
  ]);
  expect(lines[0]?.reason).toContain('It is not to be billed any more, and the erp still has it.');
  expect(balance[0]?.sums.exempt.hours.toFixed()).toBe('7.5');
});

test('customers of one name are told apart', async () => {
  const firm = await firmWithProject();
  await firm.knows(key('odoo', 'customer', '10'), { name: 'Aurora Energy AG' });
  await firm.knows(key('odoo', 'project', '2'), {
    name: 'Other roadmap',
    customer: '10',
    legal_entity: 'Northwind',
    currency: 'CHF',
    billing_method: 'time_and_materials',
  });
  await firm.knows(here, entry);
  await firm.brought(here, 'odoo', '70');
  await firm.knows(key('odoo', 'timesheet', '70'), { ...line, project: '2', invoice: 'x' });
  const { lines, balance } = firm.report();
  expect(balance.map(({ customer, customerId }) => [customer, customerId])).toEqual([
    ['Aurora Energy AG', '10'],
    ['Aurora Energy AG', '9'],
  ]);
  expect(lines.map(({ control, hours }) => [control, hours])).toEqual([
    ['posted_differently', '7.5'],
    ['posted_differently', '-7.5'],
  ]);
  expect(lines[0]?.reason).toContain(
    'It was approved for Aurora Energy AG (9), 2026-10, and the erp has it under Aurora Energy AG (10), 2026-10.',
  );
});

test('a credit note that is not visible counts against the invoices', async () => {
  const firm = await firmWithProject();
  const invoice = {
    status: 'posted',
    customer: '9',
    opportunities: ['4'],
    total: '1000.00',
    currency: 'CHF',
  };
  await firm.knows(key('odoo', 'opportunity', '4'), { name: 'Deal' });
  await firm.knows(key('odoo', 'invoice', '40'), { ...invoice, kind: 'invoice', issued_on: '2026-10-05' });
  await firm.knows(key('odoo', 'invoice', '41'), {
    ...invoice,
    kind: 'credit_note',
    issued_on: '2026-10-06',
  });
  expect(
    firm
      .report()
      .lines.map(({ amount }) => amount)
      .toSorted(),
  ).toEqual(['-1000.00', '1000.00']);
});

test('an invoice is visible once its deal was brought to the CRM, and not while that fails', async () => {
  const firm = await firmWithProject();
  const deal = key('odoo', 'opportunity', '2');
  await firm.knows(deal, { name: 'Roadmap', status: 'won', project: 'Roadmap', billing_status: 'open' });
  const invoice = {
    number: 'INV/7',
    status: 'posted',
    customer: '9',
    opportunities: ['2'],
    total: '972.90',
    currency: 'CHF',
    issued_on: '2026-10-31',
  };
  await firm.knows(key('odoo', 'invoice', '40'), invoice);
  const unlinked = firm.report().lines.filter(({ control }) => control === 'invoiced_not_visible');
  expect(unlinked).toEqual([
    expect.objectContaining({ label: 'INV/7', customer: 'Aurora Energy AG', amount: '972.90', hours: null }),
  ]);
  await firm.brought(deal, 'hubspot', 'd2');
  expect(firm.report().lines).toEqual([]);
  await firm.bringing(deal, 'hubspot', { dead: 'HubSpot has no such property.' });
  expect(firm.report().lines).toEqual([
    expect.objectContaining({ control: 'invoiced_not_visible', reason: 'HubSpot has no such property.' }),
  ]);
});

test('a won deal needs a project in the erp', async () => {
  const firm = await firmWithProject();
  const deal = key('hubspot', 'opportunity', 'd2');
  await firm.knows(key('hubspot', 'customer', 'c1'), { name: 'Aurora Energy' });
  const state = {
    name: 'Roadmap',
    status: 'won',
    customer: 'c1',
    amount: '6000',
    currency: 'CHF',
    close_on: '2026-10-02',
    owner_email: 'sam@northwind.example',
  };
  await firm.knows(deal, state);
  await firm.bringing(deal, 'odoo', 'pending');
  const [waiting] = firm.report().lines;
  expect(waiting).toMatchObject({
    control: 'won_without_project',
    label: 'Roadmap',
    customer: 'Aurora Energy',
    amount: '6000',
    owner: 'sales',
    person: 'sam@northwind.example',
    reason: 'It is on its way to odoo.',
  });
  await firm.brought(deal, 'odoo', '2');
  await firm.knows(key('odoo', 'opportunity', '2'), { name: 'Roadmap', project: null });
  expect(firm.report().lines[0]?.reason).toContain('no confirmed order of it has a project');
  await firm.knows(key('odoo', 'opportunity', '2'), { name: 'Roadmap', project: 'Roadmap' });
  expect(firm.report().lines).toEqual([]);
});

test('a period leaves out other months in lines and sums', async () => {
  const firm = await firmWithProject();
  for (const [id, day] of [
    ['5', '2026-09-30'],
    ['6', '2026-10-01'],
    ['7', '2026-11-01'],
  ] as const) {
    await firm.knows(key('harvest', 'timesheet', id), { ...entry, day });
    await firm.bringing(key('harvest', 'timesheet', id), 'odoo', 'pending');
  }
  const { lines, balance } = firm.report({ from: '2026-10-01', to: '2026-10-31' });
  expect(lines.map(({ object }) => object.id)).toEqual(['6']);
  expect(balance.map(({ month }) => month)).toEqual(['2026-10']);
});

test('entries of one month that went to another in the erp show in both', async () => {
  const firm = await firmWithProject();
  await firm.knows(here, entry);
  await firm.brought(here, 'odoo', '70');
  await firm.knows(key('odoo', 'timesheet', '70'), { ...line, day: '2026-11-01', invoice: 'x' });
  const { lines, balance, balanced } = firm.report();
  expect(balanced).toBe(true);
  expect(balance.map(({ month, sums }) => [month, sums.different.hours.toFixed()])).toEqual([
    ['2026-10', '7.5'],
    ['2026-11', '-7.5'],
  ]);
  expect(lines).toHaveLength(2);
});
