import { defineEntity } from './entity.ts';
import { code, day, flag, reference, text } from './field.ts';

export const project = defineEntity('project', 1, 'Work for a customer that time is booked on.', {
  name: text('Name of the project.'),
  code: text('Short code that people know it by, e.g. the order number.'),
  customer: reference('customer', 'Whom the work is for; empty for internal projects.'),
  status: code('Whether time may be booked.', ['active', 'closed']),
  billable: flag('True when its time is invoiced.'),
  currency: text('ISO 4217 code that it is billed in.'),
  starts_on: day('First planned day.'),
  ends_on: day('Last planned day.'),
  manager_email: text('E-mail address of the project manager, lower case.'),
});
