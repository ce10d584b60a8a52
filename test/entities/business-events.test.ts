import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { dataSchemaOf } from '../../bridge/entities/business-event.ts';
import { type BusinessEventName, businessEventNames } from '../../bridge/entities/business-event-name.ts';
import { businessEvents } from '../../bridge/entities/business-events.ts';
import { entityOf } from '../../bridge/entities/catalogue.ts';
import { checkState } from '../../bridge/entities/entity.ts';
import type { State } from '../../bridge/entities/field.ts';

const invoice: State = {
  number: 'INV/7',
  kind: 'invoice',
  status: 'posted',
  payment: 'not_paid',
  disputed: false,
  customer: '42',
  opportunities: ['3', '1'],
  total: '1190.00',
  open: '1190.00',
  currency: 'EUR',
  issued_on: '2026-01-31',
  due_on: '2026-02-28',
};
const time: State = {
  worker: '8',
  project: '5',
  task: null,
  day: '2026-01-05',
  hours: '7.50',
  billable: true,
};
const booking: State = { worker: '8', project: '5', starts_on: '2026-02-01', hours: '80' };
const contract: State = {
  number: 'S0007',
  status: 'active',
  customer: '42',
  amount: '10000.00',
  cap: null,
  payment_terms: '30 days',
};

type Case = readonly [what: string, before: State | null, after: State | null, happened: boolean];

const cases: Record<BusinessEventName, readonly Case[]> = {
  'opportunity.won': [
    ['an open one is won', { status: 'open' }, { status: 'won', amount: '5000.00' }, true],
    ['a lost one is won after all', { status: 'lost' }, { status: 'won' }, true],
    ['it is created as won', null, { status: 'won' }, true],
    ['it was won before', { status: 'won' }, { status: 'won', amount: '6000.00' }, false],
    ['it is lost', { status: 'open' }, { status: 'lost' }, false],
    ['where it stood was not known', { name: 'Audit' }, { status: 'won' }, false],
    ['where it stood was empty', { status: null }, { status: 'won' }, true],
    ['it is deleted', { status: 'won' }, null, false],
  ],
  'project.opened': [
    ['it is created', null, { status: 'active' }, true],
    ['it is opened again', { status: 'closed' }, { status: 'active' }, true],
    ['it is closed', { status: 'active' }, { status: 'closed' }, false],
    ['it gets another name', { status: 'active' }, { status: 'active', name: 'New' }, false],
  ],
  'resource.assigned': [
    ['it is created as confirmed', null, { ...booking, status: 'confirmed' }, true],
    ['it is created as tentative', null, { ...booking, status: 'tentative' }, false],
    ['it is confirmed', { ...booking, status: 'tentative' }, { ...booking, status: 'confirmed' }, true],
    [
      'it goes over to another person',
      { ...booking, status: 'confirmed' },
      { ...booking, status: 'confirmed', worker: '9' },
      true,
    ],
    [
      'it goes over to another project',
      { ...booking, status: 'confirmed' },
      { ...booking, status: 'confirmed', project: '6' },
      true,
    ],
    [
      'only its hours change',
      { ...booking, status: 'confirmed' },
      { ...booking, status: 'confirmed', hours: '40' },
      false,
    ],
    [
      'a cancelled one goes over',
      { ...booking, status: 'cancelled' },
      { ...booking, status: 'cancelled', worker: '9' },
      false,
    ],
    ['it is cancelled', { ...booking, status: 'confirmed' }, { ...booking, status: 'cancelled' }, false],
  ],
  'time.approved': [
    [
      'submitted time is approved',
      { ...time, approval: 'submitted' },
      { ...time, approval: 'approved' },
      true,
    ],
    ['it is created as approved', null, { ...time, approval: 'approved' }, true],
    ['it is submitted', { ...time, approval: 'unsubmitted' }, { ...time, approval: 'submitted' }, false],
    [
      'its notes change',
      { ...time, approval: 'approved' },
      { ...time, approval: 'approved', notes: 'x' },
      false,
    ],
  ],
  'time.withdrawn': [
    ['approval is taken back', { ...time, approval: 'approved' }, { ...time, approval: 'submitted' }, true],
    ['approved time is deleted', { ...time, approval: 'approved' }, null, true],
    ['other time is deleted', { ...time, approval: 'submitted' }, null, false],
    ['it is submitted', { ...time, approval: 'unsubmitted' }, { ...time, approval: 'submitted' }, false],
    ['its approval is not known any more', { ...time, approval: 'approved' }, time, false],
  ],
  'expense.approved': [
    ['it is approved', { approval: 'submitted' }, { approval: 'approved', amount: '12.30' }, true],
    ['it is refused', { approval: 'submitted' }, { approval: 'refused' }, false],
    ['it is paid', { approval: 'approved' }, { approval: 'approved', booking: 'paid' }, false],
  ],
  'milestone.completed': [
    ['it is reached', { status: 'open' }, { status: 'completed', completed_on: '2026-03-31' }, true],
    ['it is cancelled', { status: 'open' }, { status: 'cancelled' }, false],
    ['it is billed', { status: 'completed' }, { status: 'completed', invoice: '9' }, false],
  ],
  'contract.amended': [
    ['its value changes', contract, { ...contract, amount: '12000.00' }, true],
    ['a cap is set', contract, { ...contract, cap: '15000.00' }, true],
    ['it is billed', contract, { ...contract, billed: '500.00' }, false],
    ['it gets another name', contract, { ...contract, name: 'Audit 2026' }, false],
    ['a term becomes known', contract, { ...contract, rate_card: 'Standard' }, false],
    [
      'a draft changes',
      { ...contract, status: 'draft' },
      { ...contract, status: 'draft', amount: '1' },
      false,
    ],
    ['it comes into force', { ...contract, status: 'draft' }, { ...contract, amount: '1' }, false],
    ['it is created', null, contract, false],
    ['it is deleted', contract, null, false],
  ],
  'invoice.posted': [
    ['a draft is posted', { ...invoice, status: 'draft', number: null }, invoice, true],
    ['it is created as posted', null, invoice, true],
    ['a draft is created', null, { ...invoice, status: 'draft' }, false],
    ['it is paid', invoice, { ...invoice, payment: 'paid' }, false],
    ['it is cancelled', invoice, { ...invoice, status: 'cancelled' }, false],
  ],
  'invoice.disputed': [
    ['it is contested', invoice, { ...invoice, disputed: true }, true],
    ['its payment is blocked', invoice, { ...invoice, payment: 'blocked' }, true],
    [
      'it was contested before',
      { ...invoice, disputed: true },
      { ...invoice, disputed: true, payment: 'blocked' },
      false,
    ],
    ['the dispute ends', { ...invoice, disputed: true }, invoice, false],
  ],
  'invoice.paid': [
    ['it is paid in full', invoice, { ...invoice, payment: 'paid', open: '0.00' }, true],
    ['the bank confirms', { ...invoice, payment: 'in_payment' }, { ...invoice, payment: 'paid' }, true],
    ['it is paid in part', invoice, { ...invoice, payment: 'partial' }, false],
    ['a payment is under way', invoice, { ...invoice, payment: 'in_payment' }, false],
    ['it is reversed', invoice, { ...invoice, payment: 'reversed' }, false],
    ['the payment is taken back', { ...invoice, payment: 'paid' }, invoice, false],
  ],
  'payment.received': [
    ['the bank confirms it', { status: 'in_process' }, { status: 'received', amount: '50.00' }, true],
    ['it is created as received', null, { status: 'received', kind: 'payment' }, true],
    ['money goes back', { status: 'in_process' }, { status: 'received', kind: 'refund' }, false],
    ['the bank takes it back', { status: 'received' }, { status: 'returned' }, false],
  ],
};

describe.each(businessEventNames)('%s', (name) => {
  const definition = businessEvents[name];

  test.each(cases[name])('%s', (_, before, after, happened) => {
    for (const state of [before, after])
      if (state !== null) expect(checkState(entityOf(definition.entity), state)).toEqual([]);
    const data = definition.derive(before, after);
    expect(data !== undefined).toBe(happened);
    if (data !== undefined) expect(v.safeParse(dataSchemaOf(definition), data).issues).toBeUndefined();
  });

  test('is derived only from changes of what it watches', () => {
    for (const [what, before, after, happened] of cases[name]) {
      if (!happened || before === null || after === null) continue;
      const changed = Object.keys({ ...before, ...after }).filter((field) => before[field] !== after[field]);
      expect(
        changed.some((field) => definition.watched.includes(field)),
        what,
      ).toBe(true);
    }
  });

  test('names fields that its entity has, and itself', () => {
    const { fields } = entityOf(definition.entity);
    expect(definition.name).toBe(name);
    expect(Object.keys(fields)).toEqual(expect.arrayContaining([definition.field, ...definition.watched]));
  });
});

describe('what events tell', () => {
  test('the values of their object, empty where there is none', () => {
    expect(businessEvents['time.approved'].derive(null, { ...time, approval: 'approved' })).toEqual({
      worker: '8',
      project: '5',
      task: null,
      resource_role: null,
      day: '2026-01-05',
      hours: '7.50',
      billable: true,
      legal_entity: null,
    });
  });

  test('of time that was deleted, its last values', () => {
    const data = businessEvents['time.withdrawn'].derive({ ...time, approval: 'approved' }, null);
    expect(data).toMatchObject({ worker: '8', hours: '7.50' });
  });

  test('of an amended contract, the terms before', () => {
    const after = { ...contract, amount: '12000.00', cap: '15000.00', name: 'Audit 2026' };
    expect(businessEvents['contract.amended'].derive(contract, after)).toMatchObject({
      amount: '12000.00',
      cap: '15000.00',
      before: { amount: '10000.00', cap: null },
    });
  });

  test('of a booking that went over, whose it was', () => {
    const before = { ...booking, status: 'confirmed' };
    const data = businessEvents['resource.assigned'].derive(before, { ...before, worker: '9' });
    expect(data).toMatchObject({ worker: '9', project: '5', before: { worker: '8' } });
  });

  test('nothing that their schema does not know', () => {
    const schema = dataSchemaOf(businessEvents['invoice.paid']);
    const data = businessEvents['invoice.paid'].derive(invoice, { ...invoice, payment: 'paid' });
    expect(v.is(schema, { ...data, more: '1' })).toBe(false);
    expect(v.is(schema, { ...data, total: 1190 })).toBe(false);
  });
});
