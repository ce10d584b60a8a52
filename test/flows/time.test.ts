import { describe, expect, test } from 'vitest';
import { createShippedFirm } from './shipped-firm.ts';

const hour = 60 * 60_000;

const contract = {
  status: 'active',
  to_bill: true,
  customer: 'c',
  currency: 'CHF',
  billing_method: 'time_and_materials',
  cap: null,
  delivered: null,
  cap_hours: '10',
  hours_delivered: '8',
};
const invoice = {
  kind: 'invoice',
  status: 'posted',
  payment: 'paid',
  customer: 'c',
  opportunities: [],
};

/** An entry of two hours that stands on an invoice. While `books.locked` Odoo keeps its line. */
async function billedEntry(...flows: readonly string[]) {
  const firm = await createShippedFirm('time-to-bill', 'time-withdrawn', ...flows);
  const { world, put } = firm;
  await put('odoo', 'contract', 'so', contract);
  await put('odoo', 'worker', 'w', { email: 'w@example.com', active: true, name: 'W' });
  await put('harvest', 'worker', 'hw', { email: 'w@example.com', active: true, name: 'W' });
  await put('odoo', 'project', 'p', {
    name: 'P',
    status: 'active',
    billable: true,
    customer: null,
    contract: 'so',
    manager_email: 'lead@example.com',
  });
  await world.pass(60_000);
  const entry = {
    worker: 'hw',
    project: firm.idIn('harvest', 'odoo', 'project', 'p'),
    task: null,
    day: '2026-01-05',
    hours: '2',
    notes: 'note',
    approval: 'approved',
    billable: true,
  };
  await put('harvest', 'timesheet', 't', entry);
  await world.pass(60_000);
  const [line] = Object.keys(world.odoo.all('timesheet')) as [string];
  await put('odoo', 'invoice', 'i', invoice);
  world.odoo.patch('timesheet', line, { invoice: 'i', rate: '100' });
  await world.tell(world.odoo, 'timesheet', line);
  await put('odoo', 'contract', 'so', { ...contract, hours_delivered: '10' });
  const books = { locked: true };
  world.odoo.fault = ({ method }) =>
    books.locked && method === 'remove'
      ? { kind: 'items', errors: { 'harvest:timesheet:t': 'conflict' } }
      : undefined;
  return { ...firm, entry, books };
}

describe('an entry that is approved again while it is still in the erp', () => {
  test('counts once against the cap', async () => {
    const { world, instances, open, put, entry } = await billedEntry();
    await put('harvest', 'timesheet', 't', { ...entry, approval: 'unsubmitted' });
    await world.pass(hour / 6);
    expect(open()).toMatchObject([{ key: 'time-withdrawn/not-billed/odoo:invoice:i', owner: 'finance' }]);
    await put('harvest', 'timesheet', 't', entry);
    await world.pass(hour / 6);
    expect(open()).toEqual([]);
    expect(instances('time-to-bill').at(-1)).toMatchObject({
      state: 'done',
      steps: expect.arrayContaining(['below-the-cap done']),
    });
  });

  test('counts with the hours that came to it', async () => {
    const { world, open, put, entry } = await billedEntry();
    await put('harvest', 'timesheet', 't', { ...entry, approval: 'unsubmitted' });
    await put('harvest', 'timesheet', 't', { ...entry, hours: '2.5' });
    await world.pass(hour / 6);
    expect(open()).toMatchObject([{ key: 'time-to-bill/below-the-cap/odoo:contract:so' }]);
  });
});

test('an entry that is not in the erp yet counts in full', async () => {
  const { world, open, put, entry } = await billedEntry();
  await put('harvest', 'timesheet', 'other', { ...entry, hours: '0.5' });
  await world.pass(hour / 6);
  expect(open()).toMatchObject([{ key: 'time-to-bill/below-the-cap/odoo:contract:so' }]);
});

describe('billed time that is not to be billed any more', () => {
  test('is finance’s until the credit note, also when it is deleted meanwhile, and then taken out', async () => {
    const { world, open, put, remove, entry, books } = await billedEntry();
    await put('harvest', 'timesheet', 't', { ...entry, approval: 'unsubmitted' });
    await remove('harvest', 'timesheet', 't');
    await world.pass(hour);
    expect(open()).toMatchObject([{ key: 'time-withdrawn/not-billed/odoo:invoice:i', owner: 'finance' }]);
    expect(world.delivery('t').state).toBe('dead');
    books.locked = false;
    await put('odoo', 'invoice', 'i', { ...invoice, payment: 'reversed' });
    await world.pass(hour / 6);
    expect(world.odoo.states('timesheet')).toEqual([]);
    expect(open()).toEqual([]);
  });

  test('is finance’s when it is deleted while it is approved', async () => {
    const { world, open, put, remove, books } = await billedEntry();
    await remove('harvest', 'timesheet', 't');
    await world.pass(hour);
    expect(open()).toMatchObject([{ key: 'time-withdrawn/not-billed/odoo:invoice:i', owner: 'finance' }]);
    books.locked = false;
    await put('odoo', 'invoice', 'i', { ...invoice, payment: 'reversed' });
    await world.pass(hour / 6);
    expect(world.odoo.states('timesheet')).toEqual([]);
    expect(open()).toEqual([]);
  });

  test('goes by itself when it is deleted before it is billed', async () => {
    const { world, instances, open, put, remove, entry, books } = await billedEntry();
    books.locked = false;
    await put('harvest', 'timesheet', 'other', { ...entry, hours: '0' });
    await world.pass(hour / 6);
    expect(world.odoo.states('timesheet')).toHaveLength(2);
    await remove('harvest', 'timesheet', 'other');
    await world.pass(hour / 6);
    expect(world.odoo.states('timesheet')).toHaveLength(1);
    expect(open()).toEqual([]);
    expect(instances('time-withdrawn')).toMatchObject([{ state: 'done' }]);
  });

  test('is finance’s when it is marked as not billable', async () => {
    const { world, instances, open, put, entry, books } = await billedEntry();
    await put('harvest', 'timesheet', 't', { ...entry, billable: false });
    await world.pass(hour);
    expect(open()).toMatchObject([{ key: 'time-withdrawn/not-billed/odoo:invoice:i' }]);
    books.locked = false;
    await put('odoo', 'invoice', 'i', { ...invoice, payment: 'reversed' });
    await world.pass(hour / 6);
    expect(world.odoo.states('timesheet')).toEqual([]);
    expect(instances('time-withdrawn')).toMatchObject([{ state: 'done' }]);
  });
});
