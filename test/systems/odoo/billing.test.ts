import { describe, expect, test } from 'vitest';
import { customer } from '../../../bridge/entities/customer.ts';
import { checkState } from '../../../bridge/entities/entity.ts';
import { paymentOf, summarizeBilling } from '../../../bridge/systems/odoo/billing.ts';

const today = '2026-02-15';
let lastId = 0;

function move(values: Record<string, unknown>) {
  lastId += 1;
  return {
    id: lastId,
    name: `INV/${lastId}`,
    move_type: 'out_invoice',
    amount_total: 100,
    amount_residual: 100,
    currency_id: [1, 'EUR'],
    invoice_date: '2026-02-01',
    invoice_date_due: '2026-03-01',
    payment_state: 'not_paid',
    ...values,
  };
}

const creditNote = (values: Record<string, unknown>) =>
  move({ move_type: 'out_refund', invoice_date_due: '2026-02-01', ...values });
const paid = { amount_residual: 0, payment_state: 'paid' };
const reversed = { amount_residual: 0, payment_state: 'reversed' };
const late = { invoice_date_due: '2026-02-14' };

describe('summarizeBilling', () => {
  test.each([
    ['none', [], '0.00', '0.00'],
    ['open', [move({})], '100.00', '100.00'],
    ['partial', [move({ amount_residual: 99.99, payment_state: 'partial' })], '100.00', '99.99'],
    ['partial', [move({}), move(paid)], '200.00', '100.00'],
    ['paid', [move(paid)], '100.00', '0.00'],
    ['paid', [move({ amount_residual: 0, payment_state: 'in_payment' })], '100.00', '0.00'],
    ['overdue', [move(late)], '100.00', '100.00'],
    [
      'overdue',
      [move({ ...late, amount_residual: 1, payment_state: 'partial' }), move(paid)],
      '200.00',
      '1.00',
    ],
    ['open', [move({ invoice_date_due: today })], '100.00', '100.00'],
    ['paid', [move({ ...late, ...paid })], '100.00', '0.00'],
    ['credited', [move(reversed), creditNote(paid)], '0.00', '0.00'],
    ['credited', [move(late), creditNote({})], '0.00', '0.00'],
    ['credited', [move(paid), creditNote({})], '0.00', '-100.00'],
    ['paid', [move(reversed), creditNote(paid), move(paid)], '100.00', '0.00'],
    [
      'partial',
      [move({}), creditNote({ amount_residual: 30, amount_total: 30 }), move(paid)],
      '170.00',
      '70.00',
    ],
  ])('%s', (status, moves, invoiced, open) => {
    const summary = summarizeBilling(moves, today);
    expect(summary).toMatchObject({
      billing_status: status,
      billing_invoiced: invoiced,
      billing_open: open,
    });
    expect(checkState(customer, summary)).toEqual([]);
  });

  test('adds without the errors of floats', () => {
    const moves = Array.from({ length: 10 }, () => move({ amount_total: 0.1, amount_residual: 0.1 }));
    expect(summarizeBilling(moves, today)).toMatchObject({ billing_invoiced: '1.00', billing_open: '1.00' });
  });

  test('keeps the third place where the currency has one', () => {
    const dinar = move({ amount_total: 12.345, amount_residual: 0.005, currency_id: [2, 'KWD'] });
    expect(summarizeBilling([dinar], today)).toMatchObject({
      billing_currency: 'KWD',
      billing_invoiced: '12.345',
      billing_open: '0.005',
    });
  });

  test('gives no sums over different currencies', () => {
    const moves = [move({}), move({ currency_id: [3, 'USD'], invoice_date: '2026-02-02', amount_total: 7 })];
    expect(summarizeBilling(moves, today)).toMatchObject({
      billing_status: 'open',
      billing_currency: null,
      billing_invoiced: null,
      billing_open: null,
      billing_invoice_total: '7.00',
    });
  });

  test.each([
    [
      'overdue',
      [move(late), creditNote({ amount_total: 15_000, amount_residual: 15_000, currency_id: [4, 'JPY'] })],
    ],
    ['open', [move({}), move({ ...paid, currency_id: [4, 'JPY'] })]],
    ['paid', [move(paid), creditNote({ currency_id: [4, 'JPY'] })]],
  ])('weighs no amounts of different currencies against each other: %s', (status, moves) => {
    expect(summarizeBilling(moves, today)).toMatchObject({ billing_status: status, billing_open: null });
  });

  test('shows the invoice with the newest day, then the highest id', () => {
    const moves = [
      move({ name: 'B', invoice_date: '2026-02-10' }),
      move({ name: 'C', invoice_date: '2026-02-10', ...late }),
      move({ name: 'A', invoice_date: '2026-02-09' }),
      creditNote({ name: 'R', invoice_date: '2026-02-11' }),
    ];
    expect(summarizeBilling(moves.toReversed(), today)).toMatchObject({
      billing_invoice_number: 'C',
      billing_invoice_total: '100.00',
      billing_invoice_due_on: '2026-02-14',
      billing_invoice_status: 'overdue',
    });
  });

  test('shows a credit note where there is nothing else', () => {
    expect(summarizeBilling([creditNote({ name: 'R' })], today)).toMatchObject({
      billing_status: 'credited',
      billing_invoice_number: 'R',
      billing_invoice_total: '-100.00',
    });
  });
});

test('a payment status from before Odoo kept one is unknown', () => {
  expect(paymentOf('invoicing_legacy')).toBeNull();
  expect(paymentOf(false)).toBeNull();
  expect(paymentOf('blocked')).toBe('blocked');
});
