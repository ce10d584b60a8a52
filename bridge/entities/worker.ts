import { defineEntity } from './entity.ts';
import { flag, text } from './field.ts';

export const worker = defineEntity('worker', 1, 'A person who books time: employee or contractor.', {
  name: text('Full name.'),
  email: text('Work e-mail address, lower case.'),
  active: flag('False when the person has left or is archived.'),
});
