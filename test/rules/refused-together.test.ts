import type { ConnectorOffer } from '../../bridge/rules/offer.ts';
import { customerRule, describeRefusals, type Refusal, rule } from './refusal.ts';

const betweenRules: Refusal[] = [
  {
    what: 'two rules that write the same field',
    file: 'customer.yaml',
    content: `${customerRule('{id: a, from: erp, to: crm, fields: [name, vat]}')}  - {id: b, from: erp, to: crm, fields: [city, ▸vat]}\n`,
    message: '"vat" of customer is written to crm by another rule too, see customer.yaml:3:48',
    suggestion: 'leave it to one of them',
  },
  {
    what: 'two roles that write the same field',
    file: 'customer.yaml',
    content: `${customerRule('{id: a, from: erp, to: crm, fields: [name]}')}  - {id: b, from: psa, to: crm, fields: [▸name]}\n`,
    message: '"name" of customer is written to crm by another rule too, see customer.yaml:3:42',
    suggestion: 'leave it to one of them',
  },
  {
    what: 'a field that goes back to where it comes from',
    file: 'customer.yaml',
    content: `${customerRule('{id: a, from: erp, to: crm, fields: [name]}')}  - {id: b, from: crm, to: erp, fields: [▸name]}\n`,
    message: '"name" of customer comes from crm here and from erp in customer.yaml:3:42',
    suggestion: 'a field has one owner',
  },
  {
    what: 'an invoice written to the erp',
    file: 'invoice.yaml',
    content: rule('invoice', '{id: a, from: crm, to: ▸erp, fields: [number]}'),
    message: 'a rule cannot write invoices to the erp',
    suggestion: 'accounting outcomes are written by nobody but the erp',
  },
  {
    what: 'what was billed written to the erp',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: crm, to: erp, fields: [name, ▸billing_open]}'),
    message: 'a rule cannot write "billing_open" to the erp',
    suggestion: 'accounting outcomes are written by nobody but the erp',
  },
  {
    what: 'a reference that nothing ever links',
    file: 'task.yaml',
    content: rule('task', '{id: a, from: erp, to: psa, fields: [name, ▸project]}'),
    beside: { 'project.yaml': rule('project', '{id: b, from: erp, to: crm, fields: [name]}') },
    message: '"project" refers to a project, and no rule links project between erp and psa',
    suggestion: 'add a rule for project, if only to match it ("create: never"), or leave the field out',
  },
  {
    what: 'an object that is never needed',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: psa, fields: [name], create: ▸needed}'),
    message:
      'nothing that goes to psa refers to a customer, and no flow delivers one, so it would never be needed',
    suggestion: 'write "create: always" or "create: never"',
  },
];

const capable: readonly ConnectorOffer[] = [
  {
    name: 'odoo',
    streams: ['outbox'],
    options: [],
    entities: {
      customer: { read: { batch: 10, fields: ['name', 'vat', 'number', 'country', 'city'] } },
      worker: {},
    },
  },
  {
    name: 'hubspot',
    entities: { customer: { write: { batch: 10, fields: ['name', 'vat'] }, find: ['vat'] }, worker: {} },
  },
  { name: 'harvest', entities: {}, options: ['account'] },
];

const never = (text: string) => `entity: customer\nrules:\n  - {id: a, from: erp, to: crm, ${text}}\n`;
const untold = (field: string) => `odoo never has "${field}" of a customer`;
const told = 'known: name, vat, number, country, city';

const beyondConnectors: Refusal[] = [
  ...[
    ['legal_entity', 'fields: [name], when: {▸legal_entity: Acme France}'],
    ['legal_entity', `fields: [name], where: 'name != "" && ▸legal_entity != "Acme"'`],
    ['legal_entity', 'fields: [name], overrides: [{when: {▸legal_entity: Acme France}, skip: true}]'],
    ['phone', 'fields: [vat, name: {field: ▸phone}]'],
  ].map(
    ([field = '', text = '']): Refusal => ({
      what: `a field that the source never has: ${text}`,
      file: 'customer.yaml',
      content: never(text),
      message: untold(field),
      suggestion: told,
      offers: capable,
    }),
  ),
  {
    what: 'a stream that the connector does not have',
    file: 'systems.yaml',
    content: 'systems:\n  odoo: {connector: odoo, role: erp, poll: {▸outbx: "0 * * * *"}}\n',
    message: 'odoo has no stream "outbx"',
    suggestion: 'did you mean "outbox"?',
  },
  {
    what: 'an option that the connector does not have',
    file: 'systems.yaml',
    content: 'systems:\n  harvest: {connector: harvest, role: psa, options: {▸acount: 7}}\n',
    message: 'harvest has no option "acount"',
    suggestion: 'did you mean "account"?',
  },
  {
    what: 'an entity that the source does not know',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: ▸psa, to: crm, fields: [name]}'),
    message: 'harvest does not know the entity customer',
  },
  {
    what: 'an entity that the target does not know',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: ▸psa, fields: [name]}'),
    message: 'harvest does not know the entity customer',
  },
  {
    what: 'a field that the target cannot write',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name, ▸city]}'),
    message: '"city" of customer cannot be written to hubspot',
    suggestion: 'known: name, vat',
  },
  {
    what: 'a field of an entity that the target cannot write at all',
    file: 'worker.yaml',
    content: rule('worker', '{id: a, from: erp, to: crm, fields: [▸name]}'),
    message: '"name" of worker cannot be written to hubspot',
  },
  {
    what: 'a field that the target cannot search',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name], match: [vat, ▸domain]}'),
    message: 'hubspot cannot find a customer by "domain"',
    suggestion: 'known: vat',
  },
  {
    what: 'a deleted object that the target cannot remove',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name], deleted: ▸remove}'),
    message: 'hubspot cannot remove a customer',
    suggestion: 'write "deleted: keep"',
  },
  {
    what: 'an object that the target cannot remove for some',
    file: 'customer.yaml',
    content: customerRule(
      '{id: a, from: erp, to: crm, fields: [name], overrides: [{when: {vat: null}, otherwise: ▸remove}]}',
    ),
    message: 'hubspot cannot remove a customer',
    suggestion: 'write "otherwise: keep"',
  },
  {
    what: 'a field that cannot be written for some',
    file: 'customer.yaml',
    content: customerRule(
      '{id: a, from: erp, to: crm, fields: [name], overrides: [{when: {vat: null}, fields: [name, ▸number]}]}',
    ),
    message: '"number" of customer cannot be written to hubspot',
    suggestion: 'known: name, vat',
  },
  {
    what: 'an object that the target cannot remove',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name], otherwise: ▸remove}'),
    message: 'hubspot cannot remove a customer',
    suggestion: 'write "otherwise: keep"',
  },
];

describeRefusals('rules side by side', betweenRules);
describeRefusals(
  'what connectors can do',
  beyondConnectors.map((refusal) => ({ ...refusal, offers: capable })),
);
