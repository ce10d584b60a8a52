import { costCentre, currencyOf, legalEntity, resourceRole } from './dimension.ts';
import { defineEntity } from './entity.ts';
import { code, day, decimal, flag, money, reference, text } from './field.ts';

export const timesheet = defineEntity({
  name: 'timesheet',
  version: 1,
  meaning: 'Hours of one worker on one day for one task.',
  owner: 'psa',
  fields: {
    worker: reference('worker', 'Who worked.'),
    project: reference('project', 'On which project.'),
    task: reference('task', 'On which task of it.'),
    day: day('The day of the work.'),
    hours: decimal('Work, as approved (rounded where the PSA rounds).', { unit: 'hours' }),
    notes: text('What was done.'),
    billable: flag('True when it is to be invoiced.'),
    approval: code('Where it stands.', ['unsubmitted', 'submitted', 'approved']),
    rate: money('Price of an hour without tax, as the customer is billed; empty where there is none.'),
    currency: currencyOf('the rate'),
    resource_role: resourceRole('Role that the person worked in'),
    legal_entity: legalEntity,
    cost_centre: costCentre,
    invoice: reference('invoice', 'The invoice that it stands on; empty while it is not billed.', {
      owner: 'erp',
      accounting: true,
    }),
  },
});
