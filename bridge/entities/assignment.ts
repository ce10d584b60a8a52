import { resourceRole } from './dimension.ts';
import { defineEntity } from './entity.ts';
import { code, day, decimal, flag, reference, text } from './field.ts';

export const assignment = defineEntity({
  name: 'assignment',
  version: 1,
  meaning: 'Who is booked on what, and when.',
  owner: 'psa',
  fields: {
    worker: reference('worker', 'Who is booked.'),
    project: reference('project', 'On which project.'),
    task: reference('task', 'On which task of it; empty for the whole project.'),
    resource_role: resourceRole('Role that the person is booked in'),
    status: code('Whether the booking counts.', ['tentative', 'confirmed', 'cancelled']),
    starts_on: day('First booked day.'),
    ends_on: day('Last booked day.'),
    hours: decimal('Booked work over all days; empty where the share says it.', { unit: 'hours' }),
    share: decimal("Booked part of the person's working time; empty where the hours say it.", {
      unit: 'percent, 0 to 100',
    }),
    billable: flag('True when the work is to be invoiced.'),
    notes: text('What the booking is about.'),
  },
});
