import { defineEntity } from './entity.ts';
import { code, day, decimal, reference, references, text } from './field.ts';

export const invoice = defineEntity(
  'invoice',
  1,
  'A customer invoice or credit note. Owned by the erp alone.',
  {
    number: text('Number on the document; empty while it is a draft.'),
    kind: code('What it is.', ['invoice', 'credit_note']),
    status: code('Its state in the books.', ['draft', 'posted', 'cancelled']),
    payment: code('Its payment status.', [
      'not_paid',
      'partial',
      'in_payment',
      'paid',
      'reversed',
      'blocked',
    ]),
    customer: reference('customer', 'Who is billed.'),
    opportunities: references('opportunity', 'The sales it comes from.'),
    total: decimal('Total with tax.'),
    open: decimal('What is still to be paid.'),
    currency: text('ISO 4217 code of the amounts.'),
    issued_on: day('Invoice day.'),
    due_on: day('Day by which it is to be paid.'),
  },
);
