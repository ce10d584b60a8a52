import { billingFields } from './billing.ts';
import { defineEntity } from './entity.ts';
import { code, day, decimal, reference, text } from './field.ts';

export const opportunity = defineEntity('opportunity', 1, 'A possible or won sale; a deal in the CRM.', {
  name: text('What is being sold, in the words of the salesperson.'),
  customer: reference('customer', 'Who would buy.'),
  amount: decimal('Expected revenue without tax.'),
  currency: text('ISO 4217 code of the amount.'),
  status: code('Where the sale stands.', ['open', 'won', 'lost']),
  close_on: day('Expected, later real, day of the decision.'),
  owner_email: text('E-mail address of the salesperson, lower case.'),
  ...billingFields,
});
