import { currencyOf } from './dimension.ts';
import { defineEntity } from './entity.ts';
import { code, day, decimal, flag, money, reference, text } from './field.ts';

export const milestone = defineEntity({
  name: 'milestone',
  version: 1,
  meaning:
    'A result of a project with a day; where the contract says so, completing it lets an amount be billed.',
  owner: 'psa',
  fields: {
    name: text('What is to be reached.'),
    project: reference('project', 'The project it belongs to.', { owner: 'erp' }),
    status: code('Whether it was reached.', ['open', 'completed', 'cancelled']),
    due_on: day('Planned day.'),
    completed_on: day('Day on which it was reached.'),
    billable: flag('True when completing it lets an amount be billed.', { owner: 'erp' }),
    amount: money('What may then be billed, without tax.', { owner: 'erp' }),
    currency: currencyOf('the amount'),
    share: decimal('What may then be billed, as a part of the order line; stands instead of an amount.', {
      unit: 'percent, 0 to 100',
      owner: 'erp',
    }),
    invoice: reference('invoice', 'The posted invoice that it was billed on.', {
      owner: 'erp',
      accounting: true,
    }),
  },
});
