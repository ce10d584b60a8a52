import { expect } from 'vitest';
import { customerRule, describeRefusals, type Refusal, rule } from './refusal.ts';

const fields = (text: string) => customerRule(`{id: a, from: erp, to: crm, fields: [${text}]}`);
const withTables = (tables: string, ...items: string[]) =>
  `entity: customer
extensions:
  x_grade: {kind: code, values: [a, b], meaning: How important it is., erp: x_grade}
  x_segment: {kind: code, values: [gold, silver], meaning: The same to sales., crm: segment}
tables:
  grades: ${tables}
rules:
  - {id: a, from: erp, to: crm, fields: [${items.join(', ')}]}
`;

const mappings: Refusal[] = [
  {
    what: 'an unknown field to write',
    file: 'customer.yaml',
    content: fields('{▸fone: {field: phone}}'),
    message: '"fields" names "fone", which is no field of customer',
    suggestion: expect.stringContaining('known: name, ') as unknown as string,
  },
  {
    what: 'an unknown field to read',
    file: 'customer.yaml',
    content: fields('{phone: {field: ▸phome}}'),
    message: '"phone" comes from "phome", which is no field of customer',
    suggestion: 'did you mean "phone"?',
  },
  {
    what: 'an unknown key of a mapping',
    file: 'customer.yaml',
    content: fields('{phone: {▸feld: vat}}'),
    message: 'how "phone" is made has an unknown key "feld"',
    suggestion: 'did you mean "field"?',
  },
  {
    what: 'a mapping that says nothing',
    file: 'customer.yaml',
    content: fields('{phone: ▸{}}'),
    message: 'how "phone" is made says nothing',
    suggestion: 'write "- phone" to carry it over as it stands',
  },
  {
    what: 'a mapping in two ways',
    file: 'customer.yaml',
    content: fields('{▸phone: {field: vat, constant: "112"}}'),
    message: 'how "phone" is made is said in several ways',
    suggestion: 'leave one of: expression, constant, or field with table',
  },
  {
    what: 'two fields in one item',
    file: 'customer.yaml',
    content: fields('{phone: {field: vat}, ▸vat: {field: phone}}'),
    message: 'an item of "fields" is about one field',
    suggestion: 'start a new line with "- "',
  },
  {
    what: 'a field that is listed plainly and mapped',
    file: 'customer.yaml',
    content: fields('phone, {▸phone: {field: vat}}'),
    message: '"fields" lists "phone" twice',
  },
  {
    what: 'a field of another kind',
    file: 'customer.yaml',
    content: fields('{phone: {field: ▸is_company}}'),
    message: '"is_company" is a flag, and "phone" is a text',
    suggestion: 'use a table or an expression',
  },
  {
    what: 'a reference to something else',
    file: 'task.yaml',
    content: rule('task', '{id: a, from: erp, to: erp, fields: [{project: {field: ▸milestone}}]}').replace(
      'to: erp',
      'to: psa',
    ),
    beside: {
      'project.yaml': rule('project', '{id: p, from: erp, to: psa, fields: [name]}'),
      'milestone.yaml': rule('milestone', '{id: m, from: erp, to: psa, fields: [name]}'),
    },
    message: '"milestone" refers to a milestone, and "project" to a project',
    suggestion: 'choose another field',
  },
  {
    what: 'a code with values that the target never has',
    file: 'project.yaml',
    content: rule('project', '{id: a, from: erp, to: crm, fields: [{name: {field: status}}]}')
      .replace('{name: {field: status}}', '{x_state: {field: ▸status}}')
      .replace(
        'rules:',
        'extensions:\n  x_state: {kind: code, values: [closed], meaning: Its end., crm: state}\nrules:',
      ),
    message: '"status" can be "active", which "x_state" never is',
    suggestion: 'use a table',
  },
  {
    what: 'a constant that the field never is',
    file: 'project.yaml',
    content: rule('project', '{id: a, from: erp, to: crm, fields: [{status: {constant: ▸open}}]}'),
    message: '"status" is never "open"',
    suggestion: expect.stringMatching(/^known: active, paused, closed/) as unknown as string,
  },
  {
    what: 'a constant that is a number',
    file: 'customer.yaml',
    content: fields('{phone: {constant: ▸112}}'),
    message: '"phone" is made the number 112: it is text',
    suggestion: 'put it in quotes: "112"',
  },
  {
    what: 'a constant reference',
    file: 'customer.yaml',
    content: fields('{parent: {constant: ▸"7"}}'),
    message: '"parent" cannot be a constant: it refers to other objects by ids of one system',
    suggestion: 'carry the field over as it stands',
  },
  {
    what: 'a reference that nothing links',
    file: 'project.yaml',
    content: rule(
      'project',
      '{id: a, from: erp, to: psa, fields: [name], overrides: [{when: {billable: true}, fields: [▸customer]}]}',
    ),
    message: '"customer" refers to a customer, and no rule links customer between erp and psa',
    suggestion: 'add a rule for customer, if only to match it ("create: never"), or leave the field out',
  },
];

const tables: Refusal[] = [
  {
    what: 'an unknown table',
    file: 'customer.yaml',
    content: withTables('{a: gold, b: silver}', '{x_segment: {field: x_grade, table: ▸grade}}'),
    message: 'there is no value table "grade"',
    suggestion: 'did you mean "grades"?',
  },
  {
    what: 'a table that lacks a value',
    file: 'customer.yaml',
    content: withTables('{a: gold}', '{x_segment: {field: x_grade, table: ▸grades}}'),
    message: 'the table "grades" does not say what "b" of "x_grade" becomes',
    suggestion: 'add it in customer.yaml:6:3, or an "otherwise"',
  },
  {
    what: 'a table with a value that the source never has',
    file: 'customer.yaml',
    content: withTables('{a: gold, b: silver, ▸c: gold}', '{x_segment: {field: x_grade, table: grades}}'),
    message: '"x_grade" is never "c"',
    suggestion: 'known: a, b',
  },
  {
    what: 'a table that makes what the target never is',
    file: 'customer.yaml',
    content: withTables('{a: gold, b: ▸silber}', '{x_segment: {field: x_grade, table: grades}}'),
    message: '"x_segment" is never "silber"',
    suggestion: 'did you mean "silver"?',
  },
  {
    what: 'an otherwise that the target never is',
    file: 'customer.yaml',
    content: withTables('{a: gold, otherwise: ▸bronze}', '{x_segment: {field: x_grade, table: grades}}'),
    message: '"x_segment" is never "bronze"',
    suggestion: 'known: gold, silver',
  },
  {
    what: 'a table for an amount',
    file: 'customer.yaml',
    content: withTables('{a: gold}', '{x_segment: {field: billing_open, table: ▸grades}}'),
    message: 'a value table cannot be used for "billing_open", which is a decimal',
    suggestion: 'take it out',
  },
  {
    what: 'a value that becomes a number',
    file: 'tables.yaml',
    content: 'tables:\n  grades: {a: ▸1}\n',
    message: '"a" of table "grades" becomes the number 1: it needs text',
    suggestion: 'put it in quotes: "1"',
  },
  {
    what: 'a value that becomes nothing',
    file: 'tables.yaml',
    content: 'tables:\n  grades:\n    ▸a:\n',
    message: '"a" of table "grades" becomes nothing: it needs a value',
    suggestion: 'write null for an empty field',
  },
  {
    what: 'a value that stands twice',
    file: 'tables.yaml',
    content: 'tables:\n  grades: {a: gold, ▸a: silver}\n',
    message: 'table "grades" has "a" twice, first in line 2',
    suggestion: 'leave one of them',
  },
  {
    what: 'a table that is there already',
    file: 'tables.yaml',
    content: 'tables:\n  ▸grades: {a: gold}\n',
    beside: { 'more.yaml': 'tables:\n  grades: {b: gold}\n' },
    message: 'the table "grades" is there already, see more.yaml:2:3',
    suggestion: 'choose another name',
  },
  {
    what: 'a table name with blanks',
    file: 'tables.yaml',
    content: 'tables:\n  ▸My grades: {a: gold}\n',
    message: 'a value table cannot be called "My grades"',
    suggestion: 'use lower case words and digits joined by "-", such as "customer-to-crm"',
  },
  {
    what: 'an unknown key beside tables',
    file: 'tables.yaml',
    content: 'tables: {}\n▸rule: []\n',
    message: 'the file has an unknown key "rule"',
    suggestion: 'known: tables',
  },
];

const extension = (text: string) =>
  `entity: customer\nextensions:\n  ${text}\nrules:\n  - {id: a, from: erp, to: crm, fields: [name]}\n`;
const extended = (names: string, ruleText: string) =>
  `entity: customer\nextensions:\n  x_one: {kind: text, meaning: One., ${names}}\nrules:\n  - ${ruleText}\n`;

const extensions: Refusal[] = [
  {
    what: 'a name that no prefix alone makes right',
    file: 'customer.yaml',
    content: extension('▸Our segment: {kind: text, meaning: One., erp: one}'),
    message: 'an extension field cannot be called "Our segment"',
    suggestion: 'begin with "x_", then lower case words and digits joined by "_"',
  },
  {
    what: 'a field of a system under two names',
    file: 'customer.yaml',
    content: extension(
      'x_one: {kind: text, meaning: One., erp: one, crm: same}\n  x_two: {kind: text, meaning: Two., erp: two, crm: ▸same}',
    ),
    message: '"same" in the crm is another extension field of customer already, see customer.yaml:3:53',
    suggestion: 'leave one of them',
  },
  {
    what: 'a name without its prefix',
    file: 'customer.yaml',
    content: extension('▸segment: {kind: text, meaning: One., erp: one}'),
    message: 'an extension field cannot be called "segment"',
    suggestion: 'write "x_segment"',
  },
  {
    what: 'a name with capital letters',
    file: 'customer.yaml',
    content: extension('▸x_Segment: {kind: text, meaning: One., erp: one}'),
    message: 'an extension field cannot be called "x_Segment"',
    suggestion: 'begin with "x_", then lower case words and digits joined by "_"',
  },
  {
    what: 'an unknown kind',
    file: 'customer.yaml',
    content: extension('x_one: {kind: ▸number, meaning: One., erp: one}'),
    message: '"kind" of extension "x_one" must be one of text, code, flag, decimal, day, not "number"',
  },
  {
    what: 'no meaning',
    file: 'customer.yaml',
    content: extension('x_one: ▸{kind: text, erp: one}'),
    message: 'extension "x_one" lacks "meaning"',
  },
  {
    what: 'a code without values',
    file: 'customer.yaml',
    content: extension('x_one: ▸{kind: code, meaning: One., erp: one}'),
    message: 'extension "x_one" is a code and lacks "values"',
  },
  {
    what: 'a text with values',
    file: 'customer.yaml',
    content: extension('x_one: {kind: text, values: ▸[a], meaning: One., erp: one}'),
    message: 'extension "x_one" is of kind text, which has no list of values',
    suggestion: 'write "kind: code"',
  },
  {
    what: 'a value that is listed twice',
    file: 'customer.yaml',
    content: extension('x_one: {kind: code, values: [a, ▸a], meaning: One., erp: one}'),
    message: 'extension "x_one" lists "a" twice',
  },
  {
    what: 'a field that is in no system',
    file: 'customer.yaml',
    content: extension('x_one: ▸{kind: text, meaning: One.}'),
    message: 'extension "x_one" is in no system',
    suggestion: 'name it where it is: erp, crm, psa',
  },
  {
    what: 'a field that is there already',
    file: 'more.yaml',
    content: 'entity: customer\nextensions:\n  ▸x_one: {kind: text, meaning: One., erp: one}\nrules: []\n',
    beside: { 'customer.yaml': extension('x_one: {kind: text, meaning: One., erp: one}') },
    message: '"x_one" of customer is there already, see customer.yaml:3:3',
    suggestion: 'leave one of them',
  },
  {
    what: 'a field that the target does not have',
    file: 'customer.yaml',
    content: extended('erp: one', '{id: a, from: erp, to: crm, fields: [name, ▸x_one]}'),
    message: '"x_one" of customer has no name in the crm',
    suggestion: 'add "crm: <its name there>" in customer.yaml:3:3',
  },
  {
    what: 'a field that the source does not have',
    file: 'customer.yaml',
    content: extended('crm: one', '{id: a, from: erp, to: crm, fields: [name, ▸x_one]}'),
    message: '"x_one" of customer has no name in the erp',
    suggestion: 'add "erp: <its name there>" in customer.yaml:3:3',
  },
  {
    what: 'a condition on a field that the source does not have',
    file: 'customer.yaml',
    content: extended('crm: one', '{id: a, from: erp, to: crm, fields: [name], when: {▸x_one: a}}'),
    message: '"x_one" of customer has no name in the erp',
    suggestion: 'add "erp: <its name there>" in customer.yaml:3:3',
  },
  {
    what: 'an expression over a field that the source does not have',
    file: 'customer.yaml',
    content: extended('crm: one', "{id: a, from: erp, to: crm, fields: [name], where: 'name == ▸x_one'}"),
    message: '"x_one" of customer has no name in the erp',
    suggestion: 'add "erp: <its name there>" in customer.yaml:3:3',
  },
  {
    what: 'an extension field of another entity',
    file: 'task.yaml',
    content: rule('task', '{id: b, from: erp, to: crm, fields: [name, ▸x_one]}'),
    beside: { 'customer.yaml': extension('x_one: {kind: text, meaning: One., erp: one}') },
    message: '"fields" names "x_one", which is no field of task',
    suggestion: expect.stringContaining('known: name, ') as unknown as string,
  },
  {
    what: 'an extension field where the system cannot have one',
    file: 'customer.yaml',
    content: extended('erp: one, crm: ▸two', '{id: a, from: erp, to: crm, fields: [name]}'),
    offers: [
      { name: 'odoo', entities: { customer: { extensible: true } } },
      { name: 'hubspot', entities: { customer: { write: { batch: 1, fields: ['name'] } } } },
      { name: 'harvest' },
    ],
    message: "hubspot cannot have fields of the firm's own for a customer",
    suggestion: 'leave "crm" out',
  },
];

describeRefusals('a mapping', mappings);
describeRefusals('a value table', tables);
describeRefusals('an extension field', extensions);
