import { describe, expect, test } from 'vitest';
import { createMeasures } from '../../../bridge/systems/odoo/measures.ts';
import { orderLineOf } from '../../../bridge/systems/odoo/order-line.ts';
import {
  billedOfLines,
  billingMethodOfLines,
  deliveredOfLines,
  hourlyRateOf,
  hoursDeliveredOfLines,
  hoursOfLines,
  serviceLineOfLines,
} from '../../../bridge/systems/odoo/terms.ts';
import type { Row } from '../../../bridge/systems/odoo/value.ts';
import { measuresInOdoo } from './rows.ts';

const unit = [1, 'Units'] as const;
const hour = [4, 'Hours'] as const;
const day = [5, 'Days'] as const;

const measures = createMeasures(
  measuresInOdoo['uom.uom/search_read'],
  4,
  measuresInOdoo['res.currency/search_read'],
);

interface Values {
  readonly policy: string;
  readonly uom?: readonly [number, string];
  readonly ordered?: number;
  readonly delivered?: number;
  readonly price?: number;
  readonly row?: Readonly<Record<string, unknown>>;
  readonly category?: string;
}

/** A line as Odoo answers it, with what Odoo works out for it. */
function line({ policy, uom = hour, ordered = 10, delivered = 0, price = 100, row, category }: Values) {
  const counts = policy === 'ordered_prepaid' || policy === 'delivered_timesheet' ? 'timesheet' : 'manual';
  const values: Row = {
    id: 1,
    order_id: [7, 'S00007'],
    state: 'sale',
    project_id: false,
    name: 'Consulting\nas discussed',
    product_id: [3, 'Consulting'],
    product_uom_id: uom,
    qty_delivered_method: counts,
    product_uom_qty: ordered,
    qty_delivered: delivered,
    price_unit: price,
    discount: 0,
    price_subtotal: ordered * price,
    price_reduce_taxexcl: price,
    currency_id: [1, 'EUR'],
    untaxed_amount_invoiced: 0,
    is_expense: false,
    is_downpayment: false,
    ...row,
  };
  const product = {
    id: 3,
    type: 'service',
    service_policy: policy,
    categ_id: [2, category ?? 'All / Advice'],
  };
  return orderLineOf(values, product, measures);
}

describe('how a line is billed', () => {
  test.each([
    ['retainer', 'ordered_prepaid', hour],
    ['retainer', 'ordered_prepaid', day],
    ['fixed_fee', 'ordered_prepaid', unit],
    ['time_and_materials', 'delivered_timesheet', hour],
    ['time_and_materials', 'delivered_timesheet', unit],
    ['milestone', 'delivered_milestones', unit],
    ['fixed_fee', 'delivered_manual', unit],
    [null, 'something_else', unit],
  ] as const)('%s', (method, policy, uom) => {
    expect(billingMethodOfLines([line({ policy, uom })])).toBe(method);
  });

  test('the kind with the largest value counts, of several as large the first one', () => {
    const time = line({ policy: 'delivered_timesheet', ordered: 6 });
    const milestone = line({ policy: 'delivered_milestones', uom: unit, ordered: 1, price: 1000 });
    expect(billingMethodOfLines([time, milestone])).toBe('milestone');
    expect(billingMethodOfLines([time, milestone, time])).toBe('time_and_materials');
    const equal = line({ policy: 'delivered_milestones', uom: unit, ordered: 1, price: 600 });
    expect(billingMethodOfLines([equal, time])).toBe('milestone');
    expect(billingMethodOfLines([time, equal])).toBe('time_and_materials');
  });

  test('goods, expenses and down payments say nothing of it', () => {
    const time = line({ policy: 'delivered_timesheet', ordered: 1 });
    const expense = line({ policy: 'delivered_manual', price: 5000, row: { is_expense: true } });
    const downPayment = line({ policy: 'delivered_manual', price: 5000, row: { is_downpayment: true } });
    const goods = orderLineOf(
      { id: 9, price_subtotal: 9000, product_uom_qty: 1, price_unit: 9000 },
      { id: 4, type: 'consu', service_policy: false, categ_id: [1, 'All / Hardware'] },
      measures,
    );
    expect(billingMethodOfLines([expense, goods, time, downPayment])).toBe('time_and_materials');
    expect(serviceLineOfLines([goods, time])).toBe('Advice');
    expect(billingMethodOfLines([])).toBeNull();
  });
});

describe('hours', () => {
  test('are those of the lines that are sold by time', () => {
    const lines = [
      line({ policy: 'ordered_prepaid', uom: day, ordered: 2.5, delivered: 1.25 }),
      line({ policy: 'delivered_timesheet', uom: hour, ordered: 0.1, delivered: 0.2 }),
      line({ policy: 'delivered_milestones', uom: unit, ordered: 3, delivered: 1 }),
    ];
    expect(hoursOfLines(lines)).toBe('20.1');
    expect(hoursDeliveredOfLines(lines)).toBe('10.2');
  });

  test('a price for the whole has none, but its timesheets count', () => {
    const lines = [line({ policy: 'ordered_prepaid', uom: unit, ordered: 1, delivered: 12.5 })];
    expect(hoursOfLines(lines)).toBeNull();
    expect(hoursDeliveredOfLines(lines)).toBe('12.5');
    expect(hoursDeliveredOfLines([line({ policy: 'delivered_manual', uom: unit })])).toBeNull();
  });
});

describe('value', () => {
  test('is rounded line by line as Odoo rounds, in the places of the currency', () => {
    const delivered = { policy: 'delivered_timesheet', delivered: 7.35, price: 120.1 };
    expect(deliveredOfLines([line(delivered)], measures)).toBe('882.74');
    expect(deliveredOfLines([line({ ...delivered, row: { currency_id: [2, 'KWD'] } })], measures)).toBe(
      '882.735',
    );
    expect(deliveredOfLines([line({ ...delivered, row: { currency_id: [3, 'JPY'] } })], measures)).toBe(
      '883.00',
    );
  });

  test('what is due with the order says nothing of what was delivered', () => {
    const fee = line({ policy: 'ordered_prepaid', uom: unit, ordered: 1, delivered: 12, price: 5000 });
    const time = line({ policy: 'delivered_timesheet', delivered: 2 });
    expect(deliveredOfLines([fee], measures)).toBeNull();
    expect(deliveredOfLines([fee, time], measures)).toBe('200.00');
  });

  test('billed is what all lines were billed, down payments and expenses too', () => {
    const billed = (amount: number, row = {}) =>
      line({ policy: 'delivered_timesheet', row: { untaxed_amount_invoiced: amount, ...row } });
    expect(billedOfLines([billed(0.1), billed(0.2), billed(-0.05, { is_downpayment: true })])).toBe('0.25');
  });
});

describe('the price of an hour', () => {
  test('is that of the line after its discount, whatever its unit', () => {
    const rate = (values: Values) => hourlyRateOf(line(values));
    const policy = 'delivered_timesheet';
    expect(rate({ policy, price: 120.105 })).toBe('120.105');
    expect(rate({ policy, uom: day, price: 1000 })).toBe('125.00');
    const discounted = { discount: 10, price_subtotal: 900, price_reduce_taxexcl: 90 };
    expect(rate({ policy, row: discounted })).toBe('90.00');
    expect(rate({ policy: 'delivered_milestones', uom: unit })).toBeNull();
  });

  test('is without tax where prices are typed with it', () => {
    const withTax = { price_subtotal: 1000, price_reduce_taxexcl: 100 };
    expect(hourlyRateOf(line({ policy: 'delivered_timesheet', price: 119, row: withTax }))).toBe('100.00');
  });
});

test('minutes and unknown units', () => {
  expect(measures.hoursOf(6)?.toNumber()).toBeCloseTo(1 / 60, 5);
  expect(measures.hoursOf(1)).toBeNull();
  expect(measures.hoursOf(99)).toBeNull();
  expect(measures.hoursOf(null)).toBeNull();
});
