import { customerRule, describeRefusals, type Refusal, rule } from './refusal.ts';

const customerFile = (policy: string, ...rules: string[]) =>
  `entity: customer\n${policy}\nrules:\n${rules.map((text) => `  - ${text}\n`).join('')}`;
const toCrm = '{id: a, from: erp, to: crm, fields: [name, phone]}';

const owners: Refusal[] = [
  {
    what: 'an owner that is no role',
    file: 'customer.yaml',
    content: customerFile('owner: ▸odoo', toCrm),
    message: '"owner" must be one of erp, crm, psa, not "odoo"',
  },
  {
    what: 'an owner of a field that is no role',
    file: 'customer.yaml',
    content: customerFile('owners: {phone: ▸cmr}', '{id: a, from: erp, to: crm, fields: [name]}'),
    message: 'the owner of "phone" must be one of erp, crm, psa, not "cmr"',
    suggestion: 'did you mean "crm"?',
  },
  {
    what: 'an owner of an unknown field',
    file: 'customer.yaml',
    content: customerFile('owners: {▸fhone: crm}', toCrm),
    message: '"owners" names "fhone", which is no field of customer',
    suggestion: 'did you mean "phone"?',
  },
  {
    what: 'two owners of a field',
    file: 'customer.yaml',
    content: customerFile('owners:\n  phone: erp\n  ▸phone: crm', toCrm),
    message: '"phone" has two owners, the first in line 3',
    suggestion: 'leave one of them',
  },
  {
    what: 'two owners of a field in two files',
    file: 'more.yaml',
    content: 'entity: customer\nowners: {▸phone: crm}\nrules: []\n',
    beside: { 'customer.yaml': customerFile('owners: {phone: erp}', toCrm) },
    message: '"phone" has two owners, see customer.yaml:2:17',
    suggestion: 'leave one of them',
  },
  {
    what: 'two owners of an entity',
    file: 'more.yaml',
    content: 'entity: customer\nowner: ▸crm\nrules: []\n',
    beside: { 'customer.yaml': customerFile('owner: erp', toCrm) },
    message: 'customer has two owners, see customer.yaml:2:8',
    suggestion: 'leave one of them',
  },
  {
    what: 'two owners of a field, as rules have it',
    file: 'customer.yaml',
    content: customerFile(
      'conflict: keep',
      '{id: a, from: erp, to: crm, fields: [name]}',
      '{id: b, from: crm, to: psa, fields: [▸name]}',
    ),
    message: '"name" of customer comes from crm here and from erp in customer.yaml:4:42',
    suggestion: 'a field has one owner',
  },
  {
    what: 'an owner that no system is',
    file: 'customer.yaml',
    content: customerFile('owners: {phone: ▸psa}', '{id: a, from: erp, to: crm, fields: [name]}'),
    beside: {
      'systems.yaml':
        'systems:\n  odoo: {connector: odoo, role: erp}\n  hubspot: {connector: hubspot, role: crm}\n',
    },
    message: 'no system has the role psa',
    suggestion: 'add one to systems.yaml, or leave this out',
  },
  {
    what: 'a policy for conflicts that is said twice',
    file: 'more.yaml',
    content: 'entity: customer\nconflict: ▸keep\nrules: []\n',
    beside: { 'customer.yaml': customerFile('conflict: raise', toCrm) },
    message: '"conflict" of customer is said twice, see customer.yaml:2:11',
    suggestion: 'leave one of them',
  },
  {
    what: 'an unknown policy for conflicts',
    file: 'customer.yaml',
    content: customerFile('conflict: ▸restor', toCrm),
    message: '"conflict" must be one of restore, keep, raise, not "restor"',
    suggestion: 'did you mean "restore"?',
  },
];

const writes: Refusal[] = [
  {
    what: 'a field of another owner',
    file: 'customer.yaml',
    content: customerFile('owners: {phone: crm}', '{id: a, from: erp, to: crm, fields: [name, ▸phone]}'),
    message: '"phone" of customer is owned by crm, see customer.yaml:2:17, so erp cannot write it to crm',
    suggestion: 'bring it from crm, or write "phone: erp" under "owners"',
  },
  {
    what: 'a field of the owner of the entity',
    file: 'customer.yaml',
    content: customerFile('owner: erp', '{id: a, from: crm, to: erp, fields: [▸name]}'),
    message: '"name" of customer is owned by erp, see customer.yaml:2:8, so crm cannot write it to erp',
    suggestion: 'bring it from erp, or write "name: crm" under "owners"',
  },
  {
    what: 'a field that is passed on by a role that does not own it',
    file: 'customer.yaml',
    content: customerFile(
      'owners: {phone: crm}',
      '{id: a, from: crm, to: erp, fields: [phone]}',
      '{id: b, from: erp, to: psa, fields: [name, ▸phone]}',
    ),
    message: '"phone" of customer is owned by crm, see customer.yaml:2:17, so erp cannot write it to psa',
    suggestion: 'bring it from crm, or write "phone: erp" under "owners"',
  },
  {
    what: 'a field that is made from others, of another owner',
    file: 'customer.yaml',
    content: customerFile(
      'owners: {phone: crm}',
      '{id: a, from: erp, to: crm, fields: [{▸phone: {constant: "112"}}]}',
    ),
    message: '"phone" of customer is owned by crm, see customer.yaml:2:17, so erp cannot write it to crm',
    suggestion: 'bring it from crm, or write "phone: erp" under "owners"',
  },
  {
    what: 'a field of another owner in an override',
    file: 'customer.yaml',
    content: customerFile(
      'owners: {phone: crm}',
      '{id: a, from: erp, to: crm, fields: [name], overrides: [{when: {country: DE}, fields: [name, ▸phone]}]}',
    ),
    message: '"phone" of customer is owned by crm, see customer.yaml:2:17, so erp cannot write it to crm',
    suggestion: 'bring it from crm, or write "phone: erp" under "owners"',
  },
];

const accountingAdvice = 'accounting outcomes are written by nobody but the erp';

const accounting: Refusal[] = [
  {
    what: 'an invoice',
    file: 'invoice.yaml',
    content: rule('invoice', '{id: a, from: crm, to: ▸erp, fields: [number]}'),
    message: 'a rule cannot write invoices to the erp',
    suggestion: accountingAdvice,
  },
  {
    what: 'a payment',
    file: 'payment.yaml',
    content: rule('payment', '{id: a, from: psa, to: ▸erp, fields: [amount]}'),
    message: 'a rule cannot write payments to the erp',
    suggestion: accountingAdvice,
  },
  {
    what: 'a billing field',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: crm, to: erp, fields: [name, ▸billing_open]}'),
    message: 'a rule cannot write "billing_open" to the erp',
    suggestion: accountingAdvice,
  },
  {
    what: 'a billing field that is made from others',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: crm, to: erp, fields: [{▸billing_open: {constant: "0"}}]}'),
    message: 'a rule cannot write "billing_open" to the erp',
    suggestion: accountingAdvice,
  },
  {
    what: 'a billing field in an override',
    file: 'customer.yaml',
    content: customerRule(
      '{id: a, from: crm, to: erp, fields: [name], overrides: [{when: {country: DE}, fields: [▸billing_open]}]}',
    ),
    message: 'a rule cannot write "billing_open" to the erp',
    suggestion: accountingAdvice,
  },
  {
    what: 'a billing field that somebody else brings',
    file: 'customer.yaml',
    content: customerRule('{id: a, from: psa, to: crm, fields: [▸billing_open]}'),
    message: '"billing_open" is an accounting outcome, which the erp owns, and comes from psa here',
    suggestion: 'bring it from the erp',
  },
  {
    what: 'another owner of a billing field',
    file: 'customer.yaml',
    content: customerFile('owners: {billing_open: ▸crm}', toCrm),
    message: '"billing_open" is an accounting outcome, which the erp owns',
    suggestion: 'leave it out',
  },
  {
    what: 'another owner of payments',
    file: 'payment.yaml',
    content: 'entity: payment\nowner: ▸psa\nrules: []\n',
    message: 'payment is an accounting outcome, which the erp owns',
    suggestion: 'write "owner: erp"',
  },
];

const extensions =
  'extensions:\n  x_one: {kind: text, meaning: One., erp: one, crm: one}\n  x_two: {kind: text, meaning: Two., erp: two, crm: two}';

const echoes: Refusal[] = [
  {
    what: 'two fields that make each other',
    file: 'customer.yaml',
    content: customerFile(
      extensions,
      '{id: there, from: erp, to: crm, fields: [{x_two: {field: x_one}}]}',
      '{id: back, from: crm, to: erp, fields: [{▸x_one: {field: x_two}}]}',
    ),
    message: '"x_one" of customer would echo: it goes round crm x_two → erp x_one → crm x_two',
    suggestion: 'leave out this way or the one back, see customer.yaml:6:47',
  },
  {
    what: 'tables that are not inverse',
    file: 'customer.yaml',
    content: customerFile(
      `${extensions}\ntables:\n  there: {a: b, otherwise: c}\n  back: {b: c, otherwise: a}`,
      '{id: there, from: erp, to: crm, fields: [{x_two: {field: x_one, table: there}}]}',
      '{id: back, from: crm, to: erp, fields: [{▸x_one: {field: x_two, table: back}}]}',
    ),
    message: '"x_one" of customer would echo: it goes round crm x_two → erp x_one → crm x_two',
    suggestion: 'leave out this way or the one back, see customer.yaml:9:47',
  },
  {
    what: 'an expression that reads what comes of it',
    file: 'customer.yaml',
    content: customerFile(
      extensions,
      '{id: there, from: erp, to: crm, fields: [{x_two: {expression: "name + x_one"}}]}',
      '{id: back, from: crm, to: erp, fields: [{▸x_one: {expression: "x_two + city"}}]}',
    ),
    message: '"x_one" of customer would echo: it goes round crm x_two → erp x_one → crm x_two',
    suggestion: 'leave out this way or the one back, see customer.yaml:6:47',
  },
  {
    what: 'a way through three roles',
    file: 'customer.yaml',
    content: customerFile(
      extensions.replace(', crm: one', ', psa: one, crm: one').replace(', crm: two', ', psa: two, crm: two'),
      '{id: one, from: erp, to: crm, fields: [{x_two: {field: x_one}}]}',
      '{id: two, from: crm, to: psa, fields: [{city: {field: x_two}}]}',
      '{id: three, from: psa, to: erp, fields: [{▸x_one: {field: city}}]}',
    ),
    message: '"x_one" of customer would echo: it goes round psa city → erp x_one → crm x_two → psa city',
    suggestion: 'leave out this way or the one back, see customer.yaml:6:45 and customer.yaml:7:45',
  },
  {
    what: 'an override that brings a field back',
    file: 'customer.yaml',
    content: customerFile(
      extensions,
      '{id: there, from: erp, to: crm, fields: [{x_two: {field: x_one}}]}',
      '{id: back, from: crm, to: erp, fields: [phone], overrides: [{when: {country: DE}, fields: [{▸x_one: {field: x_two}}]}]}',
    ),
    message: '"x_one" of customer would echo: it goes round crm x_two → erp x_one → crm x_two',
    suggestion: 'leave out this way or the one back, see customer.yaml:6:47',
  },
  {
    what: 'the same field in both directions',
    file: 'customer.yaml',
    content: customerFile(
      'conflict: keep',
      '{id: there, from: erp, to: crm, fields: [name]}',
      '{id: back, from: crm, to: erp, fields: [▸name]}',
    ),
    message: '"name" of customer comes from crm here and from erp in customer.yaml:4:46',
    suggestion: 'a field has one owner',
  },
];

describeRefusals('owners', owners);
describeRefusals('what is owned elsewhere', writes);
describeRefusals('accounting', accounting);
describeRefusals('what comes back', echoes);
