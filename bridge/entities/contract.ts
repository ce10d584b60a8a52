import {
  billingMethod,
  currencyOf,
  legalEntity,
  paymentTerms,
  serviceLine,
  taxPosition,
} from './dimension.ts';
import { defineEntity } from './entity.ts';
import { code, day, decimal, flag, money, reference, text } from './field.ts';

export const contract = defineEntity({
  name: 'contract',
  version: 1,
  meaning:
    'What was agreed with a customer: how work is billed, at which rates, up to which cap, on which terms.',
  owner: 'erp',
  fields: {
    number: text('Number that people know it by; the order number where the order is the contract.'),
    name: text('What was agreed.'),
    customer: reference('customer', 'Who is billed.'),
    opportunity: reference('opportunity', 'The sale that it comes from.'),
    quote: reference('quote', 'The offer that was accepted.'),
    legal_entity: legalEntity,
    service_line: serviceLine,
    status: code('Where it stands.', ['draft', 'active', 'ended', 'cancelled']),
    billing_method: billingMethod,
    billing_interval: code('How often invoices are made.', [
      'once',
      'weekly',
      'monthly',
      'quarterly',
      'yearly',
      'on_milestone',
    ]),
    rate_card: text('Name of the rate card whose rates apply; see the entity rate.'),
    amount: money('Agreed value without tax; for a retainer, of one interval.'),
    cap: money('Most that may be billed without tax; empty for no limit.'),
    cap_hours: decimal('Most hours that may be billed; empty for no limit.', { unit: 'hours' }),
    hours: decimal('Agreed hours; for a retainer those that were bought. Empty where none were agreed.', {
      unit: 'hours',
    }),
    hours_delivered: decimal('Hours of its timesheets so far.', { unit: 'hours' }),
    delivered: money('Value without tax of what was delivered so far.'),
    currency: currencyOf('the amounts'),
    expenses_billable: flag('True when expenses are billed on top.'),
    payment_terms: paymentTerms,
    tax_position: taxPosition,
    purchase_order: text("The customer's own order number, to be shown on invoices."),
    signed_on: day('Day on which it was signed.'),
    starts_on: day('First day on which it holds.'),
    ends_on: day('Last day on which it holds; empty for no end.'),
    amendment: text('Number or name of the latest amendment; empty while the first text holds.'),
    to_bill: flag('True while something is delivered or due and stands on no invoice, not even a draft.', {
      accounting: true,
    }),
    billed: money('Sum of its posted invoices less credit notes, without tax.', { accounting: true }),
  },
});
