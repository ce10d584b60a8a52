import { customerRule, describeRefusals, type Refusal, rule } from './refusal.ts';

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
    suggestion: 'begin each of them with "- "',
  },
  {
    what: 'likely matches of what has no name',
    file: 'timesheet.yaml',
    content: rule('timesheet', '{id: a, from: psa, to: erp, fields: [day, hours], likely: ▸true}'),
    message: 'nothing tells how alike two objects are that have no name, such as timesheets',
    suggestion: 'leave "likely" out',
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
    suggestion: 'put it in quotes: "7"',
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
    suggestion: 'add one to systems.yaml, or leave this out',
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
    message: '"otherwise" must be one of keep, remove, raise, not "delete"',
  },
  {
    what: 'fields that are no list',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: erp, to: crm, fields: ▸name}'),
    message: '"fields" must be a list, not the text "name"',
    suggestion: 'put it in brackets: [name]',
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
    content: customerRule('{id: a, from: erp, to: crm, fields: [{name: ▸vat}]}'),
    message: 'how "name" is made must be a map, not the text "vat"',
    suggestion: 'write {field: …}, {table: …}, {expression: …} or {constant: …}',
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
    suggestion: 'known: active, paused, closed',
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
    message: '"status" lists no value, so it would never hold',
    suggestion: 'name one',
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
    suggestion: 'write null for an empty field',
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
    suggestion: 'it tests fields of kind text, code, flag, day, reference; "where" can compare the others',
  },
];

describeRefusals('a rule', inRules);
describeRefusals('a condition', inConditions);
