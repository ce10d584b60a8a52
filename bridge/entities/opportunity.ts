import { billingFields } from './billing.ts';
import { billingMethod, currencyOf, legalEntity, serviceLine } from './dimension.ts';
import { defineEntity } from './entity.ts';
import { code, day, decimal, money, reference, text } from './field.ts';

export const opportunity = defineEntity({
  name: 'opportunity',
  version: 1,
  meaning: 'A possible or won sale; a deal in the CRM.',
  owner: 'crm',
  fields: {
    name: text('What is being sold, in the words of the salesperson.'),
    customer: reference('customer', 'Who would buy.'),
    contact: reference('contact', 'Whom the salesperson talks to.'),
    legal_entity: legalEntity,
    service_line: serviceLine,
    billing_method: billingMethod,
    amount: money('Expected revenue without tax.'),
    currency: currencyOf('the amount'),
    probability: decimal('How likely the sale is.', { unit: 'percent, 0 to 100' }),
    status: code('Where the sale stands.', ['open', 'won', 'lost']),
    close_on: day('Expected, later real, day of the decision.'),
    owner_email: text('E-mail address of the salesperson, lower case.'),
    project: text('Numbers or names of the projects that it became.', { owner: 'erp' }),
    ...billingFields,
  },
});
