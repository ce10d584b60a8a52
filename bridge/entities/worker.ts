import { costCentre, legalEntity, resourceRole, serviceLine } from './dimension.ts';
import { defineEntity } from './entity.ts';
import { code, day, decimal, flag, reference, text } from './field.ts';

export const worker = defineEntity({
  name: 'worker',
  version: 1,
  meaning: 'A person who books time: employee or contractor.',
  owner: 'erp',
  fields: {
    name: text('Full name.'),
    email: text('Work e-mail address, lower case.'),
    number: text('Personnel or supplier number.'),
    employment: code('On which terms the person works.', ['employee', 'contractor']),
    legal_entity: legalEntity,
    service_line: serviceLine,
    cost_centre: costCentre,
    resource_role: resourceRole('Role that the person usually works in'),
    manager: reference('worker', 'To whom the person reports.'),
    weekly_hours: decimal('Hours of a full week of this person.', { unit: 'hours a week' }),
    starts_on: day('First day of work.'),
    ends_on: day('Last day of work; empty for no end.'),
    active: flag('False when the person has left or is archived.'),
  },
});
