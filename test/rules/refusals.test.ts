import { describe, expect, test } from 'vitest';
import type { ConnectorOffer } from '../../bridge/rules/offer.ts';
import { type Files, good, names, problemsOf, systems, unmark } from './folder.ts';

interface Refusal {
  /** What is refused. */
  readonly what: string;
  /** The file in which it stands; ▸ marks the place that the problem must point at. */
  readonly file: string;
  readonly content: string;
  readonly message: string;
  readonly suggestion?: string;
  /** Further files besides a good systems.yaml. */
  readonly beside?: Files;
  readonly offers?: readonly ConnectorOffer[];
}

const rule = (entity: string, text: string) => `entity: ${entity}\nrules:\n  - ${text}\n`;
const customerRule = (text: string) => rule('customer', text);

const inAnyFile: Refusal[] = [
  {
    what: 'a broken bracket',
    file: 'customer.yaml',
    content: 'entity: customer\nrules: [\n▸next: 1\n',
    message:
      'not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  },
  {
    what: 'a tab',
    file: 'customer.yaml',
    content: 'entity: customer\nrules:\n▸\t- id: x\n',
    message: 'not valid YAML: Tabs are not allowed as indentation',
    suggestion: 'indent with spaces',
  },
  {
    what: 'a second document',
    file: 'customer.yaml',
    content: 'entity: customer\nrules: []\n▸---\nentity: task\nrules: []\n',
    message: 'not valid YAML: a second document starts here',
    suggestion: 'use one file for each',
  },
  {
    what: 'a YAML tag',
    file: 'customer.yaml',
    content: 'entity: ▸!name customer\nrules: []\n',
    message: 'not valid YAML: Unresolved tag: !name',
    suggestion: 'leave the tag out',
  },
  {
    what: 'a schedule without quotes',
    file: 'systems.yaml',
    content: 'systems:\n  odoo: {connector: odoo, role: erp}\n  x:\n    poll:\n      time: ▸*/5 * * * *\n',
    message: 'not valid YAML: "*" at the start of a value is an alias',
    suggestion: 'put a value that starts with "*" in quotes',
  },
  {
    what: 'an alias',
    file: 'customer.yaml',
    content: 'entity: customer\nrules:\n  - &one {id: a, from: erp, to: crm, fields: [name]}\n  - ▸*one\n',
    message: 'the rule must be a map, not a YAML alias',
    suggestion: 'put a value that starts with "*" in quotes',
  },
  {
    what: 'an empty file',
    file: 'customer.yaml',
    content: '▸# nothing yet\n',
    message: 'the file must be a map, not nothing',
  },
  {
    what: 'an unknown key of the file',
    file: 'customer.yaml',
    content: 'entity: customer\nrules: []\n▸version: 2\n',
    message: 'the file has an unknown key "version"',
    suggestion: 'known: entity, rules',
  },
  {
    what: 'a missing key of the file',
    file: 'customer.yaml',
    content: '▸rules: []\n',
    message: 'the file lacks "entity"',
  },
  {
    what: 'a key that stands twice',
    file: 'customer.yaml',
    content: 'entity: customer\nrules: []\n▸entity: task\n',
    message: 'the file has "entity" twice, first in line 1',
  },
  {
    what: 'a file with the other ending',
    file: 'task.yml',
    content: '▸entity: task\n',
    message: 'only *.yaml files are read',
    suggestion: 'rename it',
  },
];

const inSystems: Refusal[] = [
  {
    what: 'no systems',
    file: 'systems.yaml',
    content: 'systems: ▸{}\n',
    message: '"systems" declares no system',
  },
  {
    what: 'a system declared twice',
    file: 'systems.yaml',
    content: `${systems}  ▸odoo: {connector: odoo, role: erp}\n`,
    message: '"systems" has "odoo" twice, first in line 2',
  },
  {
    what: 'a system name that cannot be part of a reference',
    file: 'systems.yaml',
    content: `systems:\n  ▸My Odoo: {connector: odoo, role: erp}\n`,
    message: 'a system cannot be called "My Odoo"',
    suggestion: 'use lower case letters, digits, "-" and "_"',
  },
  {
    what: 'an unknown key of a system',
    file: 'systems.yaml',
    content: `systems:\n  other: {connector: odoo, role: psa, ▸rolle: erp}\n`,
    message: 'system "other" has an unknown key "rolle"',
    suggestion: 'did you mean "role"?',
  },
  {
    what: 'a system without a role',
    file: 'systems.yaml',
    content: `systems:\n  other: ▸{connector: odoo}\n`,
    message: 'system "other" lacks "role"',
  },
  {
    what: 'a system that says nothing',
    file: 'systems.yaml',
    content: `systems:\n  ▸other:\n`,
    message: 'system "other" must be a map, not nothing',
  },
  {
    what: 'an unknown role',
    file: 'systems.yaml',
    content: `systems:\n  other: {connector: odoo, role: ▸erb}\n`,
    message: '"role" must be one of erp, crm, psa, not "erb"',
    suggestion: 'did you mean "erp"?',
  },
  {
    what: 'an unknown connector',
    file: 'systems.yaml',
    content: `systems:\n  other: {connector: ▸hubsopt, role: crm}\n`,
    message: 'there is no connector "hubsopt"',
    suggestion: 'did you mean "hubspot"?',
  },
  {
    what: 'two systems in one role',
    file: 'systems.yaml',
    content: `${systems}  pipedrive: {connector: hubspot, role: ▸crm}\n`,
    message: 'the role crm is taken by hubspot',
    suggestion: 'give each system a role of its own',
  },
  {
    what: 'a cron expression with a value out of range',
    file: 'systems.yaml',
    content: `systems:\n  other: {connector: odoo, role: erp, poll: {time: ▸"61 * * * *"}}\n`,
    message: '"61 * * * *" is no cron expression: 61 is a invalid expression for minute',
    suggestion: 'write minute, hour, day of month, month, day of week: "*/5 * * * *" is every five minutes',
  },
  {
    what: 'a cron expression that is too short',
    file: 'systems.yaml',
    content: `systems:\n  other: {connector: odoo, role: erp, poll: {time: ▸hourly}}\n`,
    message: '"hourly" is no cron expression: expected 5 or 6 fields but got 1',
    suggestion: 'write minute, hour, day of month, month, day of week: "*/5 * * * *" is every five minutes',
  },
  {
    what: 'a schedule that is a number',
    file: 'systems.yaml',
    content: `systems:\n  other: {connector: odoo, role: erp, poll: {time: ▸5}}\n`,
    message: 'the schedule of "time" must be text, not the number 5',
  },
  {
    what: 'a secret among the options',
    file: 'systems.yaml',
    content: `systems:\n  other: {connector: odoo, role: erp, options: {▸apiKey: abc}}\n`,
    message: 'option "apiKey" looks like a secret',
    suggestion: 'secrets are settings: see .env.example',
  },
  {
    what: 'an option with many values',
    file: 'systems.yaml',
    content: `systems:\n  other: {connector: odoo, role: erp, options: {pipelines: ▸[a, b]}}\n`,
    message: 'option "pipelines" must be a single value, not a list',
  },
];

const inRules: Refusal[] = [
  {
    what: 'an unknown entity',
    file: 'customer.yaml',
    content: 'entity: ▸costumer\nrules: []\n',
    message:
      '"entity" must be one of customer, contact, opportunity, quote, contract, rate, project, milestone, task, ' +
      'worker, assignment, timesheet, expense, invoice, payment, not "costumer"',
    suggestion: 'did you mean "customer"?',
  },
  {
    what: 'rules that are no list',
    file: 'customer.yaml',
    content: 'entity: customer\nrules:\n  ▸id: customer-to-crm\n',
    message: '"rules" must be a list, not a map',
  },
  {
    what: 'an unknown key of a rule',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name], ▸matches: [vat]}'),
    message: 'the rule has an unknown key "matches"',
    suggestion: 'did you mean "match"?',
  },
  {
    what: 'a missing key of a rule',
    file: 'customer.yaml',
    content: customerRule('▸{id: a, from: erp, to: crm}'),
    message: 'the rule lacks "fields"',
  },
  {
    what: 'an id that is no name',
    file: 'customer.yaml',
    content: customerRule('{id: ▸Customer to CRM, from: erp, to: crm, fields: [name]}'),
    message: 'a rule cannot have the id "Customer to CRM"',
    suggestion: 'use lower case words and digits joined by "-", such as "customer-to-crm"',
  },
  {
    what: 'an id that is a number',
    file: 'customer.yaml',
    content: customerRule('{id: ▸7, from: erp, to: crm, fields: [name]}'),
    message: '"id" must be text, not the number 7',
  },
  {
    what: 'an id that is taken, in the same file',
    file: 'customer.yaml',
    content: `${customerRule('{id: a, from: erp, to: crm, fields: [name]}')}  - {id: ▸a, from: erp, to: crm, fields: [vat]}\n`,
    message: 'the rule id "a" is taken, see customer.yaml:3:10',
    suggestion: 'choose another id',
  },
  {
    what: 'an id that is taken, in another file',
    file: 'task.yaml',
    content: rule('task', '{id: ▸customer-to-crm, from: erp, to: crm, fields: [name]}'),
    beside: { 'customer.yaml': customerRule('{id: customer-to-crm, from: erp, to: crm, fields: [name]}') },
    message: 'the rule id "customer-to-crm" is taken, see customer.yaml:3:10',
    suggestion: 'choose another id',
  },
  {
    what: 'an unknown role to come from',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: ▸odoo, to: crm, fields: [name]}'),
    message: '"from" must be one of erp, crm, psa, not "odoo"',
  },
  {
    what: 'an unknown role to go to',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: ▸cmr, fields: [name]}'),
    message: '"to" must be one of erp, crm, psa, not "cmr"',
    suggestion: 'did you mean "crm"?',
  },
  {
    what: 'a rule to itself',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: ▸erp, fields: [name]}'),
    message: 'the rule goes from erp to itself',
    suggestion: 'name two different roles in "from" and "to"',
  },
  {
    what: 'a role that no system has',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: ▸psa, fields: [name]}'),
    beside: { 'systems.yaml': 'systems:\n  odoo: {connector: odoo, role: erp}\n' },
    message: 'no system has the role psa',
    suggestion: 'add one to systems.yaml',
  },
  {
    what: 'an unknown lane',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name], lane: ▸financ}'),
    message: '"lane" must be one of finance, operations, bulk, not "financ"',
    suggestion: 'did you mean "finance"?',
  },
  {
    what: 'an unknown way to create',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name], create: ▸need}'),
    message: '"create" must be one of always, needed, never, not "need"',
    suggestion: 'did you mean "needed"?',
  },
  {
    what: 'an unknown otherwise',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name], otherwise: ▸delete}'),
    message: '"otherwise" must be one of keep, remove, not "delete"',
  },
  {
    what: 'fields that are no list',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: ▸name}'),
    message: '"fields" must be a list, not the text "name"',
  },
  {
    what: 'an unknown field',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name, ▸adress_city, vat]}'),
    message: '"fields" names "adress_city", which is no field of customer',
    suggestion:
      'known: name, number, is_company, parent, legal_entity, vat, tax_position, currency, payment_terms, email, ' +
      'domain, phone, street, city, postal_code, country, active, billing_status, billing_currency, billing_invoiced, billing_open, billing_invoice_number, ' +
      'billing_invoice_total, billing_invoice_due_on, billing_invoice_status',
  },
  {
    what: 'a mistyped field in block style',
    file: 'customer.yaml',
    content:
      'entity: customer\nrules:\n  - id: a\n    from: erp\n    to: crm\n    fields:\n      - name\n      - ▸postalcode\n',
    message: '"fields" names "postalcode", which is no field of customer',
    suggestion: 'did you mean "postal_code"?',
  },
  {
    what: 'a field that every JavaScript object has',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name], when: {▸constructor: x}}'),
    message: '"when" tests "constructor", which is no field of customer',
    suggestion:
      'known: name, number, is_company, parent, legal_entity, vat, tax_position, currency, payment_terms, email, ' +
      'domain, phone, street, city, postal_code, country, active, billing_status, billing_currency, billing_invoiced, billing_open, billing_invoice_number, ' +
      'billing_invoice_total, billing_invoice_due_on, billing_invoice_status',
  },
  {
    what: 'a field listed twice',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name, vat, ▸name]}'),
    message: '"fields" lists "name" twice',
  },
  {
    what: 'a field that is a map, as "- name: vat" makes it',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [▸{name: vat}]}'),
    message: 'an item of "fields" must be text, not a map',
  },
  {
    what: 'no fields where objects would be created',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: ▸[], match: [vat]}'),
    message: 'a rule without fields would create empty objects',
    suggestion: 'list fields, or write "create: never"',
  },
  {
    what: 'a rule that does nothing',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: ▸[], create: never}'),
    message: 'a rule without "fields" and "match" does nothing',
    suggestion: 'list one of them',
  },
  {
    what: 'a match with an unknown field',
    file: 'worker.yaml',
    content: rule('worker', '{id: a, from: psa, to: erp, fields: [], create: never, match: [▸mail]}'),
    message: '"match" names "mail", which is no field of worker',
    suggestion: 'did you mean "email"?',
  },
  {
    what: 'a match that cannot tell objects apart',
    file: 'worker.yaml',
    content: rule('worker', '{id: a, from: psa, to: erp, fields: [name], match: [email, ▸active]}'),
    message: '"active" cannot find an object: only a text can tell one from another',
    suggestion: 'known: name, email, number, legal_entity, service_line, cost_centre, resource_role',
  },
];

const inConditions: Refusal[] = [
  {
    what: 'a condition on an unknown field',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name], when: {▸iscompany: true}}'),
    message: '"when" tests "iscompany", which is no field of customer',
    suggestion: 'did you mean "is_company"?',
  },
  {
    what: 'a value that a code never has',
    file: 'project.yaml',
    content: rule('project', '{id: a, from: erp, to: crm, fields: [name], when: {status: ▸actve}}'),
    message: '"status" is never "actve"',
    suggestion: 'did you mean "active"?',
  },
  {
    what: 'a value that a code never has, in a list',
    file: 'project.yaml',
    content: rule(
      'project',
      '{id: a, from: erp, to: crm, fields: [name], when: {status: [active, ▸archived]}}',
    ),
    message: '"status" is never "archived"',
    suggestion: 'known: active, closed',
  },
  {
    what: 'a value that is listed twice',
    file: 'project.yaml',
    content: rule(
      'project',
      '{id: a, from: erp, to: crm, fields: [name], when: {status: [active, ▸active]}}',
    ),
    message: '"status" lists "active" twice',
  },
  {
    what: 'an empty list of values',
    file: 'project.yaml',
    content: rule('project', '{id: a, from: erp, to: crm, fields: [name], when: {status: ▸[]}}'),
    message: '"status" lists no value, so the rule would never apply',
  },
  {
    what: 'a flag compared with text',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name], when: {is_company: ▸yes}}'),
    message: '"is_company" is compared with the text "yes": it is true or false',
  },
  {
    what: 'a text compared with a number',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name], when: {postal_code: ▸01067}}'),
    message: '"postal_code" is compared with the number 1067: it is text',
    suggestion: 'put it in quotes: "01067"',
  },
  {
    what: 'a condition without a value',
    file: 'customer.yaml',
    content:
      'entity: customer\nrules:\n  - id: a\n    from: erp\n    to: crm\n    fields: [name]\n    when:\n      ▸vat:\n',
    message: '"vat" is compared with nothing: it needs a value',
    suggestion: 'write null to test for an empty field',
  },
  {
    what: 'a condition with a map',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name], when: {vat: ▸{not: null}}}'),
    message: '"vat" is compared with a map: it needs a single value or a list of them',
  },
  {
    what: 'a day that is none',
    file: 'timesheet.yaml',
    content: rule('timesheet', '{id: a, from: psa, to: crm, fields: [hours], when: {day: ▸31.12.2025}}'),
    message: '"day" is a day, not "31.12.2025"',
    suggestion: 'write it like "2026-01-31"',
  },
  {
    what: 'a condition on an amount',
    file: 'timesheet.yaml',
    content: rule('timesheet', '{id: a, from: psa, to: crm, fields: [day], when: {▸hours: "8"}}'),
    message: '"when" cannot test "hours"',
    suggestion: 'it tests fields of kind text, code, flag, day, reference',
  },
];

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
    message: 'nothing that goes to psa refers to a customer, so it would never be needed',
    suggestion: 'write "create: always" or "create: never"',
  },
];

const capable: readonly ConnectorOffer[] = [
  {
    name: 'odoo',
    streams: ['outbox'],
    options: [],
    entities: { customer: { read: { batch: 10 } }, worker: {} },
  },
  {
    name: 'hubspot',
    entities: { customer: { write: { batch: 10, fields: ['name', 'vat'] }, find: ['vat'] }, worker: {} },
  },
  { name: 'harvest', entities: {}, options: ['account'] },
];

const beyondConnectors: Refusal[] = [
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
    what: 'an object that the target cannot remove',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: [name], otherwise: ▸remove}'),
    message: 'hubspot cannot remove a customer',
    suggestion: 'write "otherwise: keep"',
  },
];

describe.each([
  ['any file', inAnyFile],
  ['systems.yaml', inSystems],
  ['a rule', inRules],
  ['a condition', inConditions],
  ['rules side by side', betweenRules],
  ['what connectors can do', beyondConnectors.map((refusal) => ({ ...refusal, offers: capable }))],
])('refused in %s:', (_, refusals) => {
  test.each(refusals)('$what', ({ file, content, message, suggestion, beside, offers }) => {
    const marked = unmark(content);
    const files = { 'systems.yaml': systems, ...beside, [file]: marked.content };

    const problems = problemsOf(files, offers ?? names);

    expect(problems).toEqual([
      {
        file,
        line: marked.line,
        column: marked.column,
        message,
        ...(suggestion === undefined ? {} : { suggestion }),
      },
    ]);
  });
});

test('a folder without systems.yaml', () => {
  const { 'systems.yaml': _, ...others } = good;
  expect(problemsOf(others)).toEqual([
    {
      file: 'systems.yaml',
      line: 1,
      column: 1,
      message: 'this file is missing',
      suggestion: 'it says which systems there are',
    },
  ]);
});
