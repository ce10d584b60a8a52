import { billingMethod, costCentre, currencyOf, legalEntity, serviceLine } from './dimension.ts';
import { defineEntity } from './entity.ts';
import { code, day, decimal, flag, money, reference, text } from './field.ts';

export const project = defineEntity({
  name: 'project',
  version: 1,
  meaning: 'Work for a customer that time is booked on.',
  owner: 'erp',
  fields: {
    name: text('Name of the project.'),
    code: text('Short code that people know it by, e.g. the order number.'),
    customer: reference('customer', 'Whom the work is for; empty for internal projects.'),
    contract: reference('contract', 'What was agreed about it; empty for internal projects.'),
    legal_entity: legalEntity,
    service_line: serviceLine,
    cost_centre: costCentre,
    status: code('Whether time may be booked: not while it is paused, and never again once closed.', [
      'active',
      'paused',
      'closed',
    ]),
    billable: flag('True when its time is invoiced.'),
    billing_method: billingMethod,
    currency: currencyOf('the currency that it is billed in'),
    budget: money('Planned revenue without tax.'),
    budget_hours: decimal('Planned work.', { unit: 'hours' }),
    starts_on: day('First planned day.'),
    ends_on: day('Last planned day.'),
    manager_email: text('E-mail address of the project manager, lower case.'),
  },
});
