import { currencyOf, legalEntity, paymentTerms } from './dimension.ts';
import { defineEntity } from './entity.ts';
import { code, day, flag, money, reference, references, text } from './field.ts';

export const invoice = defineEntity({
  name: 'invoice',
  version: 1,
  meaning: 'A customer invoice or credit note. Owned by the erp alone.',
  owner: 'erp',
  accounting: true,
  fields: {
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
    disputed: flag('True while the customer contests it and nobody reminds of it.'),
    customer: reference('customer', 'Who is billed.'),
    opportunities: references('opportunity', 'The sales it comes from.'),
    contract: reference('contract', 'The contract that it is made under; empty where it spans several.'),
    reverses: reference('invoice', 'For a credit note: the invoice that it takes back.'),
    legal_entity: legalEntity,
    untaxed: money('Total without tax.'),
    tax: money('Tax on the total.'),
    total: money('Total with tax.'),
    open: money('What is still to be paid.'),
    currency: currencyOf('the amounts'),
    payment_terms: paymentTerms,
    issued_on: day('Invoice day.'),
    due_on: day('Day by which it is to be paid.'),
  },
});
