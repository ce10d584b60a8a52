import { expect } from 'vitest';
import type { ConnectorOffer } from '../../bridge/rules/offer.ts';
import { withFlow } from './flow-folder.ts';
import { describeRefusals, type Refusal } from './refusal.ts';

const { 'flow.yaml': _, ...beside } = withFlow('');
const head = `flow: f
title: F
subject: {entity: timesheet, from: psa}
objects:
  project: {entity: project, of: subject, field: project, in: erp}
  line: {entity: timesheet, of: subject, in: erp}
  lines: {entity: timesheet, of: project, back: project, in: erp}
`;

function refused(
  what: string,
  step: string,
  message: string,
  suggestion?: string,
  more: Partial<Refusal> = {},
): Refusal {
  const content = `${head}steps:\n  - ${step}\n`;
  const advice = suggestion === undefined ? {} : { suggestion };
  return { what, file: 'flow.yaml', content, message, beside, ...advice, ...more };
}

const words = 'owner: x, says: b, remedy: c';
const needs = (condition: string, more = '') => `{id: a, require: ${condition}, ${words}${more}}`;

const steps: Refusal[] = [
  refused('a step without an id', `▸{deliver: {to: erp}, owner: x}`, 'the step lacks "id"'),
  refused(
    'an id that is none',
    `{id: ▸In Odoo, deliver: {to: erp}, owner: x}`,
    'a step cannot have the id "In Odoo"',
    'use lower case words and digits joined by "-", such as "customer-to-crm"',
  ),
  refused(
    'two steps of one id',
    `{id: a, deliver: {to: erp}, owner: x}\n  - {id: ▸a, deliver: {to: erp}, owner: x}`,
    'the step id "a" is taken, see flow.yaml:9:10',
    'choose another id',
  ),
  refused(
    'a step that is nothing',
    `▸{id: a, ${words}}`,
    'the step does not say what it is',
    'add one of require, await, deliver, call',
  ),
  refused(
    'a kind of step that is misspelt',
    `{id: a, ▸requires: {when: {billable: true}}, ${words}}`,
    'the step has an unknown key "requires"',
    'did you mean "require"?',
  ),
  refused(
    'a step that is two things',
    `{id: a, require: {when: {billable: true}}, deliver: ▸{to: erp}, ${words}}`,
    'a step is one thing, and this is "require" and "deliver"',
    'make two steps of it',
  ),
  refused(
    'an object that there is not',
    needs('{when: {status: active}}', ', on: ▸projects'),
    'there is no object "projects"',
    'did you mean "project"?',
  ),
  refused(
    'a step that nobody owns',
    `▸{id: a, deliver: {to: erp}}`,
    'nobody owns the step',
    'add "owner" to it, or to the flow',
  ),
  refused(
    'a condition that says nothing to anybody',
    `▸{id: a, await: {when: {billable: true}}, owner: x, remedy: c}`,
    'the step lacks "says"',
    'the people who have to see to it read it',
  ),
  refused(
    'a condition without a remedy',
    `▸{id: a, require: {when: {billable: true}}, owner: x, says: b}`,
    'the step lacks "remedy"',
    'the people who have to see to it read it',
  ),
];

const conditions: Refusal[] = [
  refused(
    'an expression alone',
    needs(`▸'hours > 0'`),
    '"require" must be a map, not the text "hours > 0"',
    'write {when: …} or {where: …}',
  ),
  refused(
    'a condition that asks for nothing',
    needs('▸{quantity: any}'),
    '"require" asks for nothing',
    'add "when" or "where"',
  ),
  refused(
    'a key that is unknown',
    needs('{▸wen: {billable: true}}'),
    '"require" has an unknown key "wen"',
    'did you mean "when"?',
  ),
  refused(
    'a field of another object',
    needs('{when: {▸hours: "1"}}', ', on: project'),
    '"when" tests "hours", which is no field of project',
    expectKnown(),
  ),
  refused(
    'a value that it never has',
    needs('{when: {status: ▸open}}', ', on: project'),
    '"status" is never "open"',
    'known: active, paused, closed',
  ),
  refused(
    'an amount in "when"',
    needs('{when: {▸hours: "1"}}'),
    '"when" cannot test "hours"',
    'it tests fields of kind text, code, flag, day, reference; "where" can compare the others',
  ),
  refused(
    'an unknown quantity',
    needs('{when: {billable: true}, quantity: ▸some}', ', on: lines'),
    '"quantity" must be one of all, any, none, not "some"',
  ),
  refused(
    'an unknown field in an expression',
    needs(`{where: 'hours > 0 && ▸aproval == "x"'}`),
    'the expression reads "aproval", which is no field of timesheet',
    'did you mean "approval"?',
  ),
  refused(
    'an unknown field of another object, with its place',
    needs(`{where: 'hours > 0 && project.▸stauts == "active"'}`),
    'the expression reads "project.stauts", which is no field of project',
    'did you mean "status"?',
  ),
  refused(
    'an unknown field of another object in double quotes',
    needs(`{where: "project.name != \\"\\u00e4\\" && project . ▸stauts == 'active'"}`),
    'the expression reads "project.stauts", which is no field of project',
    'did you mean "status"?',
  ),
  refused(
    'an unknown object in an expression',
    needs(`{where: 'hours > 0 && ▸projct.status == "active"'}`),
    'the expression reads "projct.status", and there is no object "projct"',
    'did you mean "project"?',
  ),
  refused(
    'a function that is not called',
    needs(`{where: '▸hours.isEmpty'}`),
    'the expression reads "hours.isEmpty", and there is no object "hours"',
    'write "hours.isEmpty()"',
  ),
  refused(
    'several objects in an expression about another one',
    needs(`{where: 'hours > ▸lines.hours'}`),
    'the expression reads "lines.hours", and there may be several of "lines"',
    'use a step of its own, with "on: lines"',
  ),
  refused(
    'kinds that cannot be compared',
    needs(`{where: '▸project.budget == "1"'}`),
    '"==" cannot stand between a decimal and a text',
    'make one like the other with string(…) or decimal(…)',
  ),
  refused(
    'an unknown function of another object',
    needs(`{where: 'project.name.▸startswith("A")'}`),
    'there is no function "startswith"',
    'did you mean "startsWith"?',
  ),
  refused(
    'an expression that is no condition',
    needs(`{where: ▸project.name}`),
    'the expression makes a text, and "where" is a flag',
    'compare it with something',
  ),
  refused(
    'an "only" that asks for nothing',
    needs('{when: {billable: true}}', ', only: ▸{}'),
    '"only" asks for nothing',
    'add "when" or "where"',
  ),
  refused(
    'an "only" about the object of the step',
    needs('{when: {status: active}}', ', on: project, only: {when: {▸status: active}}'),
    '"when" tests "status", which is no field of timesheet',
    expectKnown(),
  ),
  refused(
    'a quantity in "only"',
    needs('{when: {billable: true}}', ', only: {where: billable, ▸quantity: any}'),
    '"only" has an unknown key "quantity"',
    'known: when, where',
  ),
];

function expectKnown(): string {
  return expect.stringContaining('known: ') as unknown as string;
}

const deadlines: Refusal[] = [
  ...['1 hour', '90', '1w', '1h30m', '-1d', '0.5d'].map((text) =>
    refused(
      `the length ${text}`,
      needs('{when: {billable: true}}', `, within: ▸"${text}"`),
      `"within" is no length of time: "${text}"`,
      'write minutes, hours or days: "30m", "12h", "3d"',
    ),
  ),
  refused(
    'a length that is a number',
    needs('{when: {billable: true}}', ', within: ▸60'),
    '"within" is no length of time: 60',
    'write minutes, hours or days: "30m", "12h", "3d"',
  ),
  refused(
    'no time at all',
    needs('{when: {billable: true}}', ', within: ▸0d'),
    '"within" leaves no time at all',
    'write minutes, hours or days: "30m", "12h", "3d"',
  ),
  refused(
    'a pause that is none',
    `{id: a, on: line, call: {action: make-draft-invoice, pause: ▸soon}, ${words}}`,
    '"pause" is no length of time: "soon"',
    'write minutes, hours or days: "30m", "12h", "3d"',
  ),
  refused(
    'a day without a length',
    needs('{when: {billable: true}}', ', after: ▸subject.day'),
    '"after" does not say how long it may take',
    'add "within"',
  ),
  refused(
    'a day that is none',
    needs('{when: {billable: true}}', ', within: 1d, after: ▸subject.hours'),
    '"after" names "subject.hours", which is a decimal, not a day',
    'known: day',
  ),
  refused(
    'a day of an unknown object',
    needs('{when: {billable: true}}', ', within: 1d, after: ▸projct.ends_on'),
    '"after" names "projct.ends_on", and there is no object "projct"',
    'did you mean "project"?',
  ),
  refused(
    'an unknown day',
    needs('{when: {billable: true}}', ', within: 1d, after: project.▸ends_at'),
    '"after" names "ends_at", which is no field of project',
    'did you mean "ends_on"?',
  ),
  refused(
    'a day of several objects',
    needs('{when: {billable: true}}', ', within: 1d, after: ▸lines.day'),
    '"after" names "lines.day", and there may be several of "lines"',
  ),
  refused(
    'a day of the several that the step is about',
    needs('{when: {billable: true}}', ', on: lines, within: 1d, after: ▸lines.day'),
    '"after" names "lines.day", and there may be several of it',
  ),
  refused(
    'a person that is none',
    needs('{when: {billable: true}}', ', person: ▸subject.worker'),
    '"person" names "subject.worker", which is a reference, not a text, such as an e-mail address',
    'known: notes, currency, resource_role, legal_entity, cost_centre',
  ),
  refused(
    'an address in place of the field that has it',
    needs('{when: {billable: true}}', ', person: ▸lead@example.com'),
    '"person" is an address itself',
    'name the field that has it: project.manager_email',
  ),
  refused(
    'a person among several',
    needs('{when: {billable: true}}', ', person: ▸lines.notes'),
    '"person" names "lines.notes", and there may be several of "lines"',
  ),
];

const deliveries: Refusal[] = [
  refused(
    'to where it is already',
    '{id: a, deliver: {to: ▸psa}, owner: x}',
    '"subject" is in the psa already',
    'name the role that it is brought to',
  ),
  refused(
    'what no rule brings',
    '{id: a, deliver: {to: ▸crm}, owner: x}',
    'no rule brings a timesheet from psa to crm',
    'add one, with "create: needed" where only the flow may bring it',
  ),
  refused(
    'what rules bring only the other way',
    '{id: a, deliver: {to: ▸psa}, on: line, owner: x}',
    'no rule brings a timesheet from erp to psa',
    'add one, with "create: needed" where only the flow may bring it',
  ),
  refused(
    'a role alone',
    '{id: a, deliver: ▸erp, owner: x}',
    '"deliver" must be a map, not the text "erp"',
    'write {to: …}',
  ),
  refused('without a role', '{id: a, deliver: ▸{}, owner: x}', '"deliver" lacks "to"'),
];

const offers: readonly ConnectorOffer[] = [
  {
    name: 'odoo',
    entities: {
      customer: { write: { batch: 1, fields: ['name'] } },
      project: { read: { batch: 1 } },
      timesheet: { read: { batch: 1 }, write: { batch: 1, fields: ['hours'] } },
    },
    actions: {
      bill: {
        meaning: 'Makes an invoice.',
        on: 'project',
        batch: 1,
        takes: {
          until: { meaning: 'Last day.', required: true, kind: 'day' },
          amount: { meaning: 'How much.', kind: 'decimal' },
          note: { meaning: 'What it says.', kind: 'text' },
          fast: { meaning: 'At once.', kind: 'flag' },
        },
      },
    },
  },
  { name: 'hubspot' },
  { name: 'harvest' },
];
const call = (text: string) => `{id: a, on: project, owner: x, call: ${text}}`;
const until = 'until: {field: subject.day}';

const calls: Refusal[] = [
  refused('an action without a name', call('▸{with: {}}'), '"call" lacks "action"'),
  refused(
    'an unknown action',
    call(`{action: ▸bil, with: {${until}}}`),
    'odoo has no action "bil"',
    'did you mean "bill"?',
    { offers },
  ),
  refused(
    'an action of something else',
    `{id: a, on: line, owner: x, call: {action: ▸bill, with: {${until}}}}`,
    '"bill" is done with a project, and "line" is a timesheet',
    'name a project in "on"',
    { offers },
  ),
  refused(
    'an action that lacks what it needs',
    call('{action: ▸bill}'),
    '"bill" needs "until" (last day)',
    'add it to "with"',
    { offers },
  ),
  refused(
    'what an action does not take',
    call(`{action: bill, with: {${until}, ▸notes: {constant: a}}}`),
    '"bill" takes no "notes"',
    'did you mean "note"?',
    { offers },
  ),
  refused(
    'a kind that an action does not take',
    call(`{action: bill, with: {${until}, ▸amount: {field: billable}}}`),
    '"amount" is made of a flag, and "bill" takes a decimal',
    'use another field, or an expression',
    { offers },
  ),
  refused(
    'an expression of another kind',
    call(`{action: bill, with: {${until}, ▸fast: {expression: 'name'}}}`),
    '"fast" is made of a text, and "bill" takes a flag',
    'use another field, or an expression',
    { offers },
  ),
  refused(
    'a value that is no map',
    call('{action: bill, with: {until: ▸subject.day}}'),
    'how "until" is made must be a map, not the text "subject.day"',
    'write {field: …}, {expression: …} or {constant: …}',
  ),
  refused(
    'a value that says nothing',
    call('{action: bill, with: {until: ▸{}}}'),
    'how "until" is made says nothing',
    'write {field: …}, {expression: …} or {constant: …}',
  ),
  refused(
    'a value that is said twice',
    call('{action: bill, with: {▸until: {field: name, constant: x}}}'),
    'how "until" is made is said in several ways',
    'leave one of: expression, constant, or field',
  ),
  refused(
    'a field of an unknown object',
    call('{action: bill, with: {until: {field: ▸subjct.day}}}'),
    '"until" names "subjct.day", and there is no object "subjct"',
    'did you mean "subject"?',
  ),
  refused(
    'an unknown field',
    call('{action: bill, with: {until: {field: subject.▸dai}}}'),
    '"until" names "dai", which is no field of timesheet',
    'did you mean "day"?',
  ),
  refused(
    'a field of several objects',
    call('{action: bill, with: {until: {field: ▸lines.day}}}'),
    '"until" names "lines.day", and there may be several of "lines"',
  ),
  refused(
    'a number that is not written as text',
    call('{action: bill, with: {amount: {constant: ▸12.50}}}'),
    '"amount" is made the number 12.5: it needs a text or a flag',
    'put it in quotes: "12.50"',
  ),
  refused(
    'a table without a field',
    call('{action: bill, with: {until: {table: ▸days}}}'),
    'how "until" is made does not say what is looked up in the table',
    'add "field"',
  ),
  refused(
    'a table that there is not',
    call('{action: bill, with: {until: {field: status, table: ▸states}}}'),
    'there is no value table "states"',
  ),
  refused(
    'an expression that makes a list',
    call(`{action: bill, with: {until: {expression: ▸'name.split(" ")'}}}`),
    'the expression of "until" makes no single value',
    'an action takes texts, flags and decimals',
  ),
  refused(
    'an unknown timing',
    call('{action: bill, timing: ▸nightly}'),
    '"timing" must be one of real-time, window, not "nightly"',
  ),
];

const objects: Refusal[] = [
  {
    what: 'an entity that the system does not know',
    file: 'flow.yaml',
    content: `flow: f\ntitle: F\nowner: x\nsubject: {entity: invoice, from: ▸erp}\nsteps: [{id: a, await: {when: {payment: paid}}, says: b, remedy: c}]\n`,
    beside,
    offers,
    message: 'odoo does not know the entity invoice',
    suggestion: 'known: customer, project, timesheet',
  },
  {
    what: 'an object that the system cannot look up',
    file: 'flow.yaml',
    content: `flow: f\ntitle: F\nowner: x\nsubject: {entity: project, from: erp}\nobjects: {customer: {entity: customer, of: subject, field: customer, in: ▸erp}}\nsteps: [{id: a, await: {when: {status: closed}}, says: b, remedy: c}]\n`,
    beside: { 'systems.yaml': beside['systems.yaml'] as string },
    offers,
    message: 'odoo cannot look up a customer, so "customer" cannot be found',
  },
  {
    what: 'a field of the firm’s own that the system does not have',
    file: 'flow.yaml',
    content: `flow: f\ntitle: F\nowner: x\nsubject: {entity: customer, from: erp}\nsteps: [{id: a, await: {where: '▸x_one != ""'}, says: b, remedy: c}]\n`,
    beside: {
      'systems.yaml': beside['systems.yaml'] as string,
      'customer.yaml':
        'entity: customer\nextensions:\n  x_one: {kind: text, meaning: One., crm: one}\nrules: []\n',
    },
    message: '"x_one" of customer has no name in the erp',
    suggestion: 'add "erp: <its name there>" in customer.yaml:3:3',
  },
];

describeRefusals('a step', steps);
describeRefusals('the condition of a step', conditions);
describeRefusals('deadlines and people', deadlines);
describeRefusals('a delivery of a flow', deliveries);
describeRefusals('a call', calls);
describeRefusals('what flows look at', objects);
