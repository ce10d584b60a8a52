import { serviceLine } from './dimension.ts';
import { defineEntity } from './entity.ts';
import { code, day, decimal, flag, reference, text } from './field.ts';

export const task = defineEntity({
  name: 'task',
  version: 1,
  meaning: 'A part of a project that time is booked on; often one order line.',
  owner: 'erp',
  fields: {
    name: text('Name of the task.'),
    project: reference('project', 'The project it belongs to.'),
    milestone: reference('milestone', 'The milestone that it leads to.'),
    service_line: serviceLine,
    billable: flag('True when its time is invoiced.'),
    status: code('Whether time may be booked.', ['active', 'closed']),
    budget_hours: decimal('Planned work.', { unit: 'hours', owner: 'psa' }),
    due_on: day('Day by which it is to be done.', { owner: 'psa' }),
  },
});
