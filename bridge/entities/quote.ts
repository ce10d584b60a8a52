import {
  billingMethod,
  currencyOf,
  legalEntity,
  paymentTerms,
  serviceLine,
  taxPosition,
} from './dimension.ts';
import { defineEntity } from './entity.ts';
import { code, day, money, reference, text } from './field.ts';

export const quote = defineEntity({
  name: 'quote',
  version: 1,
  meaning: 'A priced offer to a customer; what is accepted becomes a contract.',
  owner: 'erp',
  fields: {
    number: text('Number on the document.'),
    name: text('What is offered.'),
    customer: reference('customer', 'Who would be billed.'),
    contact: reference('contact', 'Whom the offer is addressed to.'),
    opportunity: reference('opportunity', 'The sale that it is for.', { owner: 'crm' }),
    legal_entity: legalEntity,
    service_line: serviceLine,
    billing_method: billingMethod,
    payment_terms: paymentTerms,
    tax_position: taxPosition,
    status: code('Where it stands.', ['draft', 'sent', 'accepted', 'declined', 'expired', 'cancelled']),
    untaxed: money('Total without tax.'),
    tax: money('Tax on the total.', { accounting: true }),
    total: money('Total with tax.'),
    currency: currencyOf('the amounts'),
    valid_until: day('Last day on which it can be accepted.'),
    accepted_on: day('Day of acceptance.'),
    owner_email: text('E-mail address of the salesperson, lower case.', { owner: 'crm' }),
  },
});
