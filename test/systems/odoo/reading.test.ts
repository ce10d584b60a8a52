import { describe, expect, test } from 'vitest';
import { connectTo, Refusal, signal } from './rows.ts';

describe('a payment', () => {
  const row = {
    id: 5,
    name: 'PBNK1/2026/00001',
    payment_type: 'inbound',
    state: 'paid',
    partner_id: [8, 'Jane Doe'],
    invoice_ids: [],
    is_reconciled: true,
    company_id: [1, 'Firm'],
    amount: 12.5,
    currency_id: [1, 'EUR'],
    payment_method_line_id: [1, 'Manual Payment'],
    memo: false,
    date: '2026-01-31',
  };
  const read = async (values: object) => {
    const { connector, calls } = await connectTo({
      'account.payment/search_read': [{ ...row, ...values }],
      'res.partner/search_read': [{ id: 8, commercial_partner_id: [7, 'Acme'] }],
      'account.move/search_read': [
        { id: 40, reconciled_payment_ids: [5] },
        { id: 41, reconciled_payment_ids: [6] },
      ],
    });
    const [snapshot] = await connector.read('payment', ['5'], signal);
    return { state: snapshot?.state, calls: calls.map(({ model }) => model) };
  };

  test('that was reconciled later finds its invoices among those of its customer', async () => {
    const { state, calls } = await read({});
    expect(state).toEqual({
      number: 'PBNK1/2026/00001',
      kind: 'payment',
      status: 'received',
      customer: '7',
      invoices: ['40'],
      legal_entity: 'Firm',
      amount: '12.50',
      currency: 'EUR',
      method: 'Manual Payment',
      memo: null,
      received_on: '2026-01-31',
    });
    expect(calls).toEqual(['account.payment', 'res.partner', 'account.move']);
  });

  test('that was made for invoices needs not look for them', async () => {
    const { state, calls } = await read({ invoice_ids: [40, 30] });
    expect(state?.invoices).toEqual(['30', '40']);
    expect(calls).not.toContain('account.move');
  });

  test.each([
    [
      { state: 'draft', is_reconciled: false },
      { number: null, status: 'draft', invoices: [] },
    ],
    [
      { payment_type: 'outbound', state: 'in_process' },
      { kind: 'refund', status: 'in_process' },
    ],
    [{ state: 'rejected' }, { status: 'returned' }],
    [{ state: 'canceled' }, { status: 'cancelled' }],
  ])('%j', async (values, state) => {
    expect((await read(values)).state).toMatchObject(state);
  });
});

describe('a worker', () => {
  const answers = {
    'hr.employee/search_read': [{ id: 4, name: 'Carla', work_email: 'Carla@firm.example', active: true }],
    'hr.employee.public/search_read': [
      { id: 4, job_title: 'Consultant', resource_calendar_id: [1, '38 hours'] },
    ],
    'resource.calendar/search_read': [{ id: 1, hours_per_week: 38.5 }],
  };
  const dates = 'services.bridge.facade/worker_dates';

  test('has first and last days', async () => {
    const { connector } = await connectTo({
      ...answers,
      [dates]: [{ id: 4, starts_on: '2024-03-01', ends_on: false }],
    });
    const [snapshot] = await connector.read('worker', ['4'], signal);
    expect(snapshot?.state).toMatchObject({
      email: 'carla@firm.example',
      resource_role: 'Consultant',
      weekly_hours: '38.5',
      starts_on: '2024-03-01',
      ends_on: null,
    });
  });

  test('has none that are known where the addon tells none: they are not empty', async () => {
    const { connector } = await connectTo({ ...answers, [dates]: new Refusal(403) });
    const [snapshot] = await connector.read('worker', ['4'], signal);
    expect(snapshot?.state).toMatchObject({ name: 'Carla' });
    expect(snapshot?.state).not.toHaveProperty('starts_on');
    expect(snapshot?.state).not.toHaveProperty('ends_on');
  });

  test('is not read while Odoo is out of order', async () => {
    const { connector } = await connectTo({ ...answers, [dates]: new Refusal(502) });
    await expect(connector.read('worker', ['4'], signal)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('a project', () => {
  const line = (id: number, project: number | false, subtotal: number, more = {}) => ({
    id,
    order_id: [7, 'S00007'],
    project_id: project === false ? false : [project, 'P'],
    price_subtotal: subtotal,
    product_uom_qty: 1,
    price_unit: subtotal,
    ...more,
  });
  const budgetOf = async (lines: readonly object[], values = {}) => {
    const { connector } = await connectTo({
      'project.project/search_read': [
        { id: 3, name: 'P', sale_order_id: [7, 'S00007'], sale_order_state: 'sale', active: true, ...values },
      ],
      'sale.order.line/search_read': lines,
    });
    return (await connector.read('project', ['3'], signal))[0]?.state;
  };

  test.each([
    ['all of its order', '300.00', [line(1, 3, 100), line(2, false, 200)]],
    ['all of its order, where no line has a project', '300.00', [line(1, false, 100), line(2, false, 200)]],
    [
      'only its part of an order with several',
      '100.00',
      [line(1, 3, 100), line(2, 4, 50), line(3, false, 200)],
    ],
    ['no expenses and down payments', '100.00', [line(1, 3, 100), line(2, 3, 50, { is_expense: true })]],
    ['none without an order line', null, []],
  ])('has as its budget %s', async (_what, budget, lines) => {
    expect((await budgetOf(lines))?.budget).toBe(budget);
  });

  test('an order that is only offered is no contract', async () => {
    expect((await budgetOf([], { sale_order_state: 'draft' }))?.contract).toBeNull();
    expect((await budgetOf([], { sale_order_state: 'cancel' }))?.contract).toBe('7');
  });

  test.each([
    ['active', { allow_timesheets: true, last_update_status: 'on_track' }],
    ['paused', { allow_timesheets: true, last_update_status: 'on_hold' }],
    ['closed', { allow_timesheets: false, last_update_status: 'on_hold' }],
    ['closed', { allow_timesheets: true, active: false }],
  ])('is %s', async (status, values) => {
    expect((await budgetOf([], values))?.status).toBe(status);
  });
});
