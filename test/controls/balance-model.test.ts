import { Decimal } from 'decimal.js';
import { expect } from 'vitest';
import type { BalanceRow, Column } from '../../bridge/controls/balance.ts';
import type { State } from '../../bridge/entities/field.ts';
import type { Random } from '../engine/random.ts';
import { testSeeds } from '../engine/seeds.ts';
import { createFirm, type Firm, key } from './firm.ts';

const customers = ['Aurora', 'Borealis', 'Corona'];
const rates = ['120.00', '95.50', '133.33'];
const fates = [
  'posted',
  'shorter in the erp',
  'moved in the erp',
  'pending',
  'dead',
  'not billable',
  'billable no more',
  'withdrawn',
  'deleted',
  'not approved',
] as const;
type Fate = (typeof fates)[number];

/** What the report should say, worked out apart from it. */
interface Expected {
  readonly sums: Map<string, Decimal>;
  readonly lines: string[];
}

const cents = (hours: Decimal, rate: string): Decimal =>
  hours.times(rate).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);

async function setUp(firm: Firm): Promise<void> {
  for (const [index, name] of customers.entries()) {
    const id = String(index);
    await firm.knows(key('odoo', 'customer', id), { name });
    await firm.knows(key('odoo', 'project', id), {
      name: `${name} project`,
      customer: id,
      currency: 'CHF',
      billing_method: 'time_and_materials',
    });
    await firm.brought(key('odoo', 'project', id), 'harvest', `h${id}`);
  }
}

async function plant(firm: Firm, random: Random, number: number, expected: Expected): Promise<void> {
  const fate: Fate = random.pick(fates);
  const customer = random.below(customers.length);
  const rate = rates[customer] as string;
  // Quarters, minutes and thirds: what people book, and what a PSA rounds.
  const hours = new Decimal(random.pick(['0.25', '7.5', '8', '0.02', '1.333', '3.17']));
  const day = `2026-${random.pick(['09', '10'])}-${String(1 + random.below(28)).padStart(2, '0')}`;
  const id = String(number);
  const entry: State = {
    project: `h${customer}`,
    day,
    hours: hours.toFixed(),
    billable: fate !== 'not billable',
    approval: fate === 'not approved' ? 'submitted' : 'approved',
    rate,
    currency: 'CHF',
    notes: `entry ${id}`,
  };
  const here = key('harvest', 'timesheet', id);
  await firm.knows(here, entry);
  const add = (column: Column, place: number, month: string, much: Decimal, amount: Decimal) => {
    const name = `${month} ${customers[place]} ${column}`;
    expected.sums.set(`${name} h`, (expected.sums.get(`${name} h`) ?? new Decimal(0)).plus(much));
    expected.sums.set(`${name} m`, (expected.sums.get(`${name} m`) ?? new Decimal(0)).plus(amount));
  };
  const month = day.slice(0, 7);
  const value = cents(hours, rate);
  const post = async (more: State = {}) => {
    const { approval: _approval, ...line } = entry;
    await firm.brought(here, 'odoo', `l${id}`);
    await firm.knows(key('odoo', 'timesheet', `l${id}`), {
      ...line,
      project: String(customer),
      invoice: 'billed',
      ...more,
    });
  };
  if (fate === 'not approved') return;
  if (fate === 'withdrawn' || fate === 'deleted') {
    await post();
    await firm.knows(here, fate === 'deleted' ? null : { ...entry, approval: 'submitted' });
    add('posted', customer, month, hours, value);
    add('different', customer, month, hours.negated(), value.negated());
    expected.lines.push(`posted_not_approved ${id} ${hours.negated()}`);
    return;
  }
  if (fate === 'billable no more') {
    await post();
    await firm.knows(here, { ...entry, billable: false });
    add('posted', customer, month, hours, value);
    add('different', customer, month, hours.negated(), value.negated());
    expected.lines.push(`posted_differently ${id} ${hours.negated()}`);
  }
  const isExempt = fate === 'not billable' || fate === 'billable no more';
  add('approved', customer, month, hours, isExempt ? new Decimal(0) : value);
  if (isExempt) add('exempt', customer, month, hours, new Decimal(0));
  if (fate === 'pending' || fate === 'dead') {
    await firm.bringing(here, 'odoo', fate === 'dead' ? { dead: 'The period is closed.' } : 'pending');
    add(fate === 'dead' ? 'rejected' : 'pending', customer, month, hours, value);
    expected.lines.push(`approved_not_posted ${id} ${hours}`);
  }
  if (fate === 'posted') {
    await post();
    add('posted', customer, month, hours, value);
  }
  if (fate === 'shorter in the erp') {
    const less = hours.minus('0.01');
    await post({ hours: less.toFixed() });
    const valueThere = cents(less, rate);
    add('posted', customer, month, less, valueThere);
    add('different', customer, month, hours.minus(less), value.minus(valueThere));
    expected.lines.push(`posted_differently ${id} 0.01`);
  }
  if (fate === 'moved in the erp') {
    const place = (customer + 1) % customers.length;
    await post({ project: String(place) });
    add('posted', place, month, hours, value);
    add('different', customer, month, hours, value);
    add('different', place, month, hours.negated(), value.negated());
    expected.lines.push(`posted_differently ${id} ${hours}`, `posted_differently ${id} ${hours.negated()}`);
  }
}

function sumsOf(rows: readonly BalanceRow[]): Record<string, string> {
  const sums: Record<string, string> = {};
  for (const { month, customer, sums: columns } of rows)
    for (const [column, { hours, amount }] of Object.entries(columns)) {
      if (!hours.isZero()) sums[`${month} ${customer} ${column} h`] = hours.toFixed();
      if (!amount.isZero()) sums[`${month} ${customer} ${column} m`] = amount.toFixed();
    }
  return sums;
}

testSeeds('firms whose time adds up or is listed line by line', 6, async (random) => {
  const firm = await createFirm();
  await setUp(firm);
  const expected: Expected = { sums: new Map(), lines: [] };
  for (let number = 1; number <= 40; number++) await plant(firm, random, number, expected);

  const report = firm.report();

  const notZero = [...expected.sums].filter(([, sum]) => !sum.isZero());
  expect(sumsOf(report.balance)).toEqual(
    Object.fromEntries(notZero.map(([name, sum]) => [name, sum.toFixed()])),
  );
  expect(report.balanced).toBe(true);
  const lines = report.lines.filter(({ control }) => control !== 'posted_not_invoiced');
  expect(lines.map(({ control, object, hours }) => `${control} ${object.id} ${hours}`).sort()).toEqual(
    [...expected.lines].sort(),
  );
});
