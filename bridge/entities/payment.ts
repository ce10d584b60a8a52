import { currencyOf, legalEntity } from './dimension.ts';
import { defineEntity } from './entity.ts';
import { code, day, money, reference, references, text } from './field.ts';

export const payment = defineEntity({
  name: 'payment',
  version: 1,
  meaning: 'Money from a customer, or back to it. Owned by the erp alone.',
  owner: 'erp',
  accounting: true,
  fields: {
    number: text('Number in the books; empty while it is a draft.'),
    kind: code('Whether money comes in or goes back.', ['payment', 'refund']),
    status: code(
      'Where it stands: received when the bank has confirmed it, returned when the bank took it back.',
      ['draft', 'in_process', 'received', 'returned', 'cancelled'],
    ),
    customer: reference('customer', 'Who pays.'),
    invoices: references('invoice', 'The invoices that it settles, in full or in part.'),
    legal_entity: legalEntity,
    amount: money('What is paid; never negative.'),
    currency: currencyOf('the amount'),
    method: text('How it is paid, by the name in the erp: "Bank transfer".'),
    memo: text('What the customer wrote with it.'),
    received_on: day('Day of the payment.'),
  },
});
