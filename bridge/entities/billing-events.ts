import { type BusinessEventDefinition, becomes, carry, onBecoming } from './business-event.ts';
import type { State } from './field.ts';
import { invoice } from './invoice.ts';
import { payment } from './payment.ts';

const billed = carry(
  invoice,
  'number',
  'kind',
  'customer',
  'opportunities',
  'contract',
  'reverses',
  'legal_entity',
  'untaxed',
  'tax',
  'total',
  'open',
  'currency',
  'issued_on',
  'due_on',
);

export const invoicePosted: BusinessEventDefinition = {
  name: 'invoice.posted',
  version: 1,
  meaning: 'An invoice or credit note was entered in the books.',
  entity: 'invoice',
  ...onBecoming('status', 'posted', billed),
};

export const invoiceDisputed: BusinessEventDefinition = {
  name: 'invoice.disputed',
  version: 1,
  meaning: 'An invoice is contested, or its payment was blocked.',
  entity: 'invoice',
  field: 'disputed',
  watched: ['disputed', 'payment'],
  endsWithObject: false,
  data: billed.fields,
  derive(before, after) {
    const contested =
      becomes('disputed', true, before, after) || becomes('payment', 'blocked', before, after);
    // Both signs of one dispute may come one after the other.
    const already = before?.disputed === true || before?.payment === 'blocked';
    return contested && !already ? billed.of(after as State) : undefined;
  },
};

export const invoicePaid: BusinessEventDefinition = {
  name: 'invoice.paid',
  version: 1,
  meaning: 'An invoice was paid in full, or a credit note was settled.',
  entity: 'invoice',
  ...onBecoming('payment', 'paid', billed),
};

const received = carry(
  payment,
  'number',
  'customer',
  'invoices',
  'legal_entity',
  'amount',
  'currency',
  'method',
  'received_on',
);

export const paymentReceived: BusinessEventDefinition = {
  name: 'payment.received',
  version: 1,
  meaning: 'Money came in from a customer; the bank has confirmed it.',
  entity: 'payment',
  field: 'status',
  watched: ['status'],
  endsWithObject: false,
  data: received.fields,
  derive(before, after) {
    if (!becomes('status', 'received', before, after) || after?.kind === 'refund') return undefined;
    return received.of(after as State);
  },
};
