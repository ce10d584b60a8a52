import { defineEntity } from './entity.ts';
import { code, day, decimal, flag, reference, text } from './field.ts';

export const timesheet = defineEntity('timesheet', 1, 'Hours of one worker on one day for one task.', {
  worker: reference('worker', 'Who worked.'),
  project: reference('project', 'On which project.'),
  task: reference('task', 'On which task of it.'),
  day: day('The day of the work.'),
  hours: decimal('Hours, as approved (rounded where the PSA rounds).'),
  notes: text('What was done.'),
  billable: flag('True when it is to be invoiced.'),
  approval: code('Where it stands.', ['unsubmitted', 'submitted', 'approved']),
});
