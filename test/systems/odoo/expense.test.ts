import { describe, expect, test } from 'vitest';
import type { State } from '../../../bridge/entities/field.ts';
import { type Call, connectTo, signal } from './rows.ts';

const complete: State = {
  worker: '4',
  project: '3',
  day: '2026-02-12',
  category: 'travel',
  notes: 'Train',
  amount: '84.20',
  currency: 'EUR',
  paid_by: 'company',
  billable: true,
};

const products = [
  { id: 21, name: 'Travel', standard_price: 0, expense_policy: 'cost' },
  { id: 22, name: 'Mileage', standard_price: 3, expense_policy: 'no' },
  { id: 23, name: 'Meals', standard_price: 0, expense_policy: 'no' },
  { id: 24, name: 'Meals', standard_price: 0, expense_policy: 'no' },
];

const projects = [
  { id: 3, name: 'Rollout', account_id: [12, 'Rollout'], sale_order_id: [7, 'S00007'] },
  { id: 5, name: 'Inside', account_id: [13, 'Inside'], sale_order_id: false },
  { id: 6, name: 'No account', account_id: false, sale_order_id: [7, 'S00007'] },
];

const answers = {
  'hr.expense/fields_get': { sale_order_id: { type: 'many2one' } },
  'product.product/search_read': products,
  'res.currency/search_read': [{ id: 1, name: 'EUR' }],
  'project.project/search_read': projects,
  'services.bridge.facade/upsert': ({ body }: Call) =>
    (body.items as { reference: string }[]).map(({ reference }) => ({ reference, id: 9, result: 'created' })),
};

/** What Odoo is sent for an expense, or what is wrong with it. */
async function written(state: State, changed: Readonly<Record<string, unknown>> = {}) {
  const { connector, calls } = await connectTo({ ...answers, ...changed });
  const change = { reference: 'harvest:expense:1', uncertain: false, fields: state };
  const [result] = await connector.write('expense', [change], signal);
  const sent = calls.find(({ method }) => method === 'upsert')?.body.items as
    | { values: Record<string, unknown> }[]
    | undefined;
  return result?.ok ? sent?.[0]?.values : result?.message;
}

describe('what is sent for an expense', () => {
  test('all of it', async () => {
    expect(await written(complete)).toEqual({
      employee_id: 4,
      analytic_distribution: { '12': 100 },
      date: '2026-02-12',
      product_id: 21,
      name: 'Train',
      total_amount_currency: '84.2',
      quantity: 1,
      currency_id: 1,
      payment_mode: 'company_account',
      sale_order_id: 7,
    });
  });

  test.each<[State, object]>([
    [{ notes: null }, { name: '/' }],
    [{ project: null }, { analytic_distribution: false }],
    [{ paid_by: 'worker' }, { payment_mode: 'own_account' }],
    [{ billable: false }, { sale_order_id: false }],
    [
      { category: 'Mileage', amount: '12.30' },
      { product_id: 22, quantity: 4.1 },
    ],
  ])('%j', async (state, values) => {
    expect(await written(state)).toEqual(values);
  });

  test('without the app that bills expenses nothing is said of billing', async () => {
    const without = { 'hr.expense/fields_get': {} };
    expect(await written({ day: '2026-02-12', billable: false }, without)).toEqual({ date: '2026-02-12' });
    expect(await written(complete, without)).toContain('Sales Expense');
  });

  test.each<[string, State]>([
    ['"Yachts"', { category: 'Yachts' }],
    ['several categories of expenses called "Meals"', { category: 'Meals' }],
    ['12.40 is no multiple of 3.00', { category: 'Mileage', amount: '12.40' }],
    ['billed to nobody', { ...complete, category: 'Mileage', amount: '3.00' }],
    ['"Inside" comes from no order', { ...complete, project: '5' }],
    ['"No account" has no analytic account', { ...complete, project: '6' }],
    ['no project 99', { ...complete, project: '99' }],
    ['needs a project', { ...complete, project: null }],
    ['"XXX"', { currency: 'XXX' }],
    ['"carla" is not the id of a worker', { worker: 'carla' }],
    ['"p" is not the id of a project', { project: 'p' }],
  ])('%s', async (message, state) => {
    expect(await written(state)).toContain(message);
  });
});

const row = {
  id: 9,
  employee_id: [4, 'Carla'],
  date: '2026-02-12',
  name: 'Train',
  product_id: [21, '[T] Travel'],
  total_amount_currency: 84.2,
  tax_amount_currency: 4.2,
  currency_id: [1, 'EUR'],
  payment_mode: 'own_account',
  state: 'draft',
  analytic_distribution: { '12': 100 },
  company_id: [1, 'Firm'],
  sale_order_id: [7, 'S00007'],
  sale_order_line_id: [70, 'Line'],
};

async function read(
  values: Readonly<Record<string, unknown>>,
  changed: Readonly<Record<string, unknown>> = {},
) {
  const { connector } = await connectTo({
    ...answers,
    'hr.expense/search_read': [{ ...row, ...values }],
    'account.move.line/search_read': [
      { id: 1, sale_line_ids: [70], move_id: [50, 'INV/1'] },
      { id: 2, sale_line_ids: [70], move_id: [51, 'INV/2'] },
    ],
    ...changed,
  });
  return (await connector.read('expense', ['9'], signal))[0]?.state;
}

describe('what an expense in Odoo says', () => {
  test.each([
    ['draft', 'unsubmitted', 'none', null],
    ['submitted', 'submitted', 'none', null],
    ['approved', 'approved', 'none', null],
    ['posted', 'approved', 'posted', '4.20'],
    ['in_payment', 'approved', 'posted', '4.20'],
    ['paid', 'approved', 'paid', '4.20'],
    ['refused', 'refused', 'none', null],
  ])('%s', async (state, approval, booking, tax) => {
    expect(await read({ state })).toMatchObject({ approval, booking, tax });
  });

  test('all of it', async () => {
    expect(await read({}, { 'project.project/search_read': [projects[0]] })).toEqual({
      ...complete,
      category: 'Travel',
      paid_by: 'worker',
      approval: 'unsubmitted',
      legal_entity: 'Firm',
      tax: null,
      booking: 'none',
      invoice: '51',
    });
  });

  test.each([
    ['none', false, projects],
    ['one that several projects share', { '12': 100 }, [projects[0], { id: 8, account_id: [12, 'Rollout'] }]],
    ['several', { '12': 50, '13': 50 }, projects],
    ['several plans', { '12,13': 100 }, projects],
  ])('booked on %s account, it is no project alone', async (_which, distribution, known) => {
    const state = await read(
      { analytic_distribution: distribution },
      { 'project.project/search_read': known },
    );
    expect(state?.project).toBeNull();
  });

  test('nothing of billing where the app for it is not installed', async () => {
    const { sale_order_id: _order, sale_order_line_id: _line, ...less } = row;
    const { connector, calls } = await connectTo({
      'hr.expense/search_read': [less],
      'hr.expense/fields_get': {},
    });
    const [snapshot] = await connector.read('expense', ['9'], signal);
    expect(snapshot?.state).toMatchObject({ billable: false, invoice: null });
    const asked = calls.find(({ method }) => method === 'search_read')?.body.fields;
    expect(asked).not.toContain('sale_order_id');
  });
});
