import { customerRule, describeRefusals, type Refusal, rule } from './refusal.ts';

const file = 'customer.yaml';
const toErp = (text: string) => customerRule(`{id: a, from: crm, to: erp, ${text}}`);
const owned = (owners: string, text: string) =>
  `entity: customer\nowner: erp\nowners: {${owners}}\nrules:\n  - {id: a, from: crm, to: erp, ${text}}\n`;

const initial: Refusal[] = [
  {
    what: 'a field that is no field',
    file,
    content: toErp('fields: [name], initial: [▸vta]'),
    message: '"initial" names "vta", which is no field of customer',
    suggestion: 'did you mean "vat"?',
  },
  {
    what: 'a field that is listed twice',
    file,
    content: toErp('fields: [name], initial: [vat, ▸vat]'),
    message: '"initial" lists "vat" twice',
  },
  {
    what: 'what is no list',
    file,
    content: toErp('fields: [name], initial: ▸vat'),
    message: '"initial" must be a list, not the text "vat"',
    suggestion: 'put it in brackets: [vat]',
  },
  {
    what: 'a field that is always written',
    file,
    content: toErp('fields: [name, vat], initial: [▸vat]'),
    message: '"vat" stands under "fields" too, so it is always written',
    suggestion: 'leave one of them',
  },
  {
    what: 'a field that an override always writes',
    file,
    content: toErp(
      'fields: [name], initial: [▸vat], overrides: [{when: {country: DE}, fields: [name, vat]}]',
    ),
    message: '"vat" stands under "fields" too, so it is always written',
    suggestion: 'leave one of them',
  },
  {
    what: 'a rule that creates nothing',
    file,
    content: toErp('fields: [name], match: [vat], create: never, initial: ▸[vat]'),
    message: 'a rule that creates nothing has no use for "initial"',
    suggestion: 'leave it out',
  },
  {
    what: 'a rule that would give nothing at all',
    file,
    content: toErp('fields: ▸[], initial: []'),
    message: 'a rule without fields would create empty objects',
    suggestion: 'list fields, or write "create: never"',
  },
  {
    what: 'an accounting outcome of the erp',
    file,
    content: toErp('fields: [name], initial: [vat, ▸billing_open]'),
    message: 'a rule cannot write "billing_open" to the erp',
    suggestion: 'accounting outcomes are written by nobody but the erp',
  },
  {
    what: 'a field that a third role owns',
    file,
    content: owned('phone: crm, city: psa', 'fields: [phone], initial: [name, ▸city]'),
    message:
      '"city" of customer is owned by psa, see customer.yaml:3:28, so crm cannot give it to what it creates in erp',
    suggestion: 'bring it from psa',
  },
  {
    what: 'a reference to something that is never there',
    file: 'project.yaml',
    content: rule('project', '{id: a, from: crm, to: erp, fields: [name], initial: [▸customer]}'),
    message: '"customer" refers to a customer, and no rule links customer between crm and erp',
    suggestion: 'add a rule for customer, if only to match it ("create: never"), or leave the field out',
  },
  {
    what: 'a field that the system cannot write',
    file,
    content: toErp('fields: [name], initial: [▸vat]'),
    offers: [
      { name: 'odoo', entities: { customer: { write: { batch: 1, fields: ['name'] } } } },
      { name: 'hubspot' },
      { name: 'harvest' },
    ],
    message: '"vat" of customer cannot be written to odoo',
    suggestion: 'known: name',
  },
  {
    what: 'an extension field that the system does not have',
    file,
    content: `entity: customer\nextensions:\n  x_one: {kind: text, meaning: One., crm: one}\nrules:\n  - {id: a, from: crm, to: erp, fields: [name], initial: [▸x_one]}\n`,
    message: '"x_one" of customer has no name in the erp',
    suggestion: 'add "erp: <its name there>" in customer.yaml:3:3',
  },
];

describeRefusals('"initial"', initial);
