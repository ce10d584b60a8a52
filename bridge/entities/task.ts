import { defineEntity } from './entity.ts';
import { code, flag, reference, text } from './field.ts';

export const task = defineEntity(
  'task',
  1,
  'A part of a project that time is booked on; often one order line.',
  {
    name: text('Name of the task.'),
    project: reference('project', 'The project it belongs to.'),
    billable: flag('True when its time is invoiced.'),
    status: code('Whether time may be booked.', ['active', 'closed']),
  },
);
