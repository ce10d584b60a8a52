import { defineEntity } from './entity.ts';
import { code, flag, reference, text } from './field.ts';

export const contact = defineEntity({
  name: 'contact',
  version: 1,
  meaning: 'A person at a customer whom people talk to, write to or send invoices to.',
  owner: 'crm',
  fields: {
    name: text('Full name.'),
    first_name: text('Given name; empty where a system keeps the full name alone.'),
    last_name: text('Family name; empty where a system keeps the full name alone.'),
    customer: reference('customer', 'The firm that the person works for.'),
    email: text('Work e-mail address, lower case.'),
    phone: text('Telephone number as typed.'),
    job_title: text('Position in the firm, in its words.'),
    purpose: code('What the person is there for: sales and delivery, invoices, or signing.', [
      'general',
      'billing',
      'signatory',
    ]),
    language: text('Language to write in, as an IETF tag: "de-CH".'),
    active: flag('False when archived.'),
  },
});
