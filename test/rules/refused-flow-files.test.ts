import { withFlow } from './flow-folder.ts';
import { describeRefusals, type Refusal } from './refusal.ts';

const { 'flow.yaml': _, ...beside } = withFlow('');
const refused = (what: string, content: string, message: string, suggestion?: string): Refusal => ({
  what,
  file: 'flow.yaml',
  content,
  message,
  beside,
  ...(suggestion === undefined ? {} : { suggestion }),
});

const steps = 'steps: [{id: a, require: {when: {billable: true}}, says: b, remedy: c}]\n';
const top = (keys: string) => `flow: f\ntitle: F\nowner: x\n${keys}${steps}`;
const time = 'subject: {entity: timesheet, from: psa}\n';

const files: Refusal[] = [
  refused(
    'a key that is unknown',
    top(`${time}▸ownr: finance\n`),
    'the flow has an unknown key "ownr"',
    'did you mean "owner"?',
  ),
  refused(
    'the flow itself misspelt',
    `flow: f\n▸Flow: g\ntitle: F\nowner: x\n${time}${steps}`,
    'the flow has an unknown key "Flow"',
    'did you mean "flow"?',
  ),
  refused('steps without a name', `▸title: F\nowner: x\n${time}${steps}`, 'the flow lacks "flow"'),
  refused(
    'a subject that is no map',
    top('subject: ▸timesheet\n'),
    '"subject" must be a map, not the text "timesheet"',
    'write {entity: …, from: …}',
  ),
  refused(
    'objects that are a list',
    top(`${time}objects:\n  ▸- {entity: project}\n`),
    '"objects" must be a map, not a list',
    'write "<name>: …", one in each line',
  ),
  refused(
    'a condition that tests nothing',
    top(`${time}when: ▸{}\n`),
    '"when" tests nothing',
    'name a field, or leave it out',
  ),
  refused('what lacks its steps', `▸flow: f\ntitle: F\n${time}`, 'the flow lacks "steps"'),
  refused(
    'a name that is none',
    `flow: ▸Time to bill\ntitle: F\nowner: x\n${time}${steps}`,
    'a flow cannot be called "Time to bill"',
    'use lower case words and digits joined by "-", such as "customer-to-crm"',
  ),
  refused(
    'no step at all',
    `flow: f\ntitle: F\n${time}steps: ▸[]\n`,
    'the flow has no step',
    'say at least what has to be true: require',
  ),
  refused(
    'a flow that repeats and does nothing',
    top(`${time}repeats: ▸true\n`),
    'the flow repeats, but does nothing',
    'leave it out, or add a step with "call"',
  ),
  refused(
    'a flow that repeats so and so',
    top(`${time}repeats: ▸weekly\n`),
    '"repeats" must be true or false, not the text "weekly"',
  ),
  refused(
    'a flow that is there already',
    `flow: ▸f\ntitle: F\nowner: x\n${time}${steps}`,
    'the flow "f" is there already, see first.yaml:1:7',
    'choose another name',
  ),
].map((refusal) =>
  refusal.what === 'a flow that is there already'
    ? { ...refusal, beside: { ...beside, 'first.yaml': `flow: f\ntitle: F\nowner: x\n${time}${steps}` } }
    : refusal,
);

const subjects: Refusal[] = [
  refused(
    'an unknown entity',
    top('subject: {entity: ▸timesheets, from: psa}\n'),
    '"entity" of "subject" must be one of customer, contact, opportunity, quote, contract, rate, project, milestone, task, worker, assignment, timesheet, expense, invoice, payment, not "timesheets"',
    'did you mean "timesheet"?',
  ),
  refused(
    'a system instead of a role',
    top('subject: {entity: timesheet, from: ▸harvest}\n'),
    '"from" of "subject" must be one of erp, crm, psa, not "harvest"',
  ),
  refused(
    'a subject that the role knows anyway',
    top('subject: {entity: timesheet, from: psa, known_in: ▸psa}\n'),
    'the psa tells of it, so it is always known there',
    'leave it out',
  ),
  refused(
    'a subject that nobody brings there',
    top('subject: {entity: timesheet, from: psa, known_in: ▸crm}\n'),
    'the crm could never know the subject: no rule links timesheet between psa and crm',
    'add a rule for timesheet',
  ),
  refused(
    'a condition on an unknown field',
    top(`${time}when: {▸aproval: approved}\n`),
    '"when" tests "aproval", which is no field of timesheet',
    'did you mean "approval"?',
  ),
  refused(
    'a condition on a value that it never has',
    top(`${time}when: {approval: ▸aproved}\n`),
    '"approval" is never "aproved"',
    'did you mean "approved"?',
  ),
  refused(
    'a condition that reads another object',
    top(
      `${time}where: 'hours > 0 && ▸project.billable'\nobjects: {project: {entity: project, of: subject, field: project, in: erp}}\n`,
    ),
    'the expression reads "project.billable", and there is no object "project"',
    'known: subject',
  ),
  refused(
    'beginning again for an unknown field',
    top(`${time}again: [hours, ▸taks]\n`),
    '"again" names "taks", which is no field of timesheet',
    'did you mean "task"?',
  ),
  refused(
    'beginning since what is no day',
    top(`${time}since: ▸hours\n`),
    '"hours" is no day',
    'name a field that is one, such as close_on',
  ),
  refused(
    'beginning since an unknown field',
    top(`${time}since: ▸dya\n`),
    '"since" names "dya", which is no field of timesheet',
    'did you mean "day"?',
  ),
  refused('beginning again twice', top(`${time}again: [hours, ▸hours]\n`), '"again" lists "hours" twice'),
];

const objects = (text: string) => top(`${time}objects:\n${text}`);
const project = '  project: {entity: project, of: subject, field: project, in: erp}\n';

const others: Refusal[] = [
  refused(
    'an object that is named further down',
    objects(`  contract: {entity: contract, of: ▸project, field: contract, in: erp}\n${project}`),
    '"project" is no object that is named before "contract"',
    'known: subject',
  ),
  refused(
    'an object found from itself',
    objects('  project: {entity: project, of: ▸project, field: contract, in: erp}\n'),
    '"project" is no object that is named before "project"',
    'known: subject',
  ),
  refused(
    'an object that is misspelt',
    objects(`${project}  contract: {entity: contract, of: ▸projct, field: contract, in: erp}\n`),
    '"projct" is no object that is named before "contract"',
    'did you mean "project"?',
  ),
  refused(
    'two objects of one name',
    objects(`${project}  ▸project: {entity: task, of: subject, field: task, in: psa}\n`),
    '"objects" has "project" twice, first in line 6',
    'leave one of them',
  ),
  ...['subject', 'today', 'gone', 'in', 'Project', 'the-project', '2nd'].map((name) =>
    refused(
      `the name ${name}`,
      objects(`  ▸${name}: {entity: project, of: subject, field: project, in: erp}\n`),
      `an object cannot be called "${name}"`,
      'use another name, of lower case letters, digits and "_", which begins with a letter',
    ),
  ),
  refused(
    'an object of which nobody knows whether it is optional',
    objects('  project: {entity: project, of: subject, field: project, in: erp, optional: ▸maybe}\n'),
    '"optional" of object "project" must be true or false, not the text "maybe"',
  ),
  refused(
    'an object in no role',
    objects('  project: ▸{entity: project, of: subject, field: project}\n'),
    'object "project" lacks "in"',
  ),
  refused(
    'a field that is none',
    objects('  project: {entity: project, of: subject, field: ▸projct, in: erp}\n'),
    '"field" of object "project" names "projct", which is no field of timesheet',
    'did you mean "project"?',
  ),
  refused(
    'a field that refers to something else',
    objects('  project: {entity: project, of: subject, field: ▸task, in: erp}\n'),
    '"field" of object "project" names "task", which refers to a task, not to a project',
    'known: project',
  ),
  refused(
    'a field that refers to nothing',
    objects('  project: {entity: project, of: subject, field: ▸hours, in: erp}\n'),
    '"field" of object "project" names "hours", which refers to nothing: it is a decimal',
    'known: project',
  ),
  refused(
    'a field where none refers to it',
    objects('  quote: {entity: quote, of: subject, field: ▸hours, in: psa}\n'),
    '"field" of object "quote" names "hours", which refers to nothing: it is a decimal',
    'timesheet has no field that refers to a quote',
  ),
  refused(
    'a way back by a field of the other one',
    objects(`${project}  bookings: {entity: assignment, of: project, back: ▸worker, in: erp}\n`),
    '"back" of object "bookings" names "worker", which refers to a worker, not to a project',
    'known: project',
  ),
  refused(
    'two ways to an object',
    objects('  project: {entity: project, of: subject, field: project, back: ▸contract, in: erp}\n'),
    'object "project" is found in two ways',
    'leave one of "field" and "back"',
  ),
  refused(
    'no way to an object',
    objects('  project: ▸{entity: project, of: subject, in: erp}\n'),
    'nothing says how object "project" is found from "subject", which is a timesheet',
    'add "field", a field of timesheet that refers to it, or "back", a field of project that refers back',
  ),
  refused(
    'an object that is the other one',
    objects('  line: {entity: timesheet, of: subject, in: ▸psa}\n'),
    'object "line" is "subject" itself',
    'name another role, or say by which field it is found',
  ),
  refused(
    'an object that nothing links',
    objects('  task: {entity: task, of: ▸subject, field: task, in: erp}\n'),
    '"task" could never be found: no rule links task between psa and erp',
    'add a rule for task, if only to match it ("create: never")',
  ),
  refused(
    'a way back from an object that nothing links',
    objects(
      '  task: {entity: task, of: subject, field: task, in: psa}\n  entries: {entity: timesheet, of: ▸task, back: task, in: erp}\n',
    ),
    '"entries" could never be found: no rule links task between psa and erp',
    'add a rule for task, if only to match it ("create: never")',
  ),
  {
    ...refused(
      'a role that no system has',
      objects('  project: {entity: project, of: subject, field: project, in: ▸crm}\n'),
      'no system has the role crm',
      'add one to systems.yaml, or leave this out',
    ),
    beside: {
      'systems.yaml':
        'systems:\n  odoo: {connector: odoo, role: erp}\n  harvest: {connector: harvest, role: psa}\n',
      'project.yaml': 'entity: project\nrules:\n  - {id: a, from: erp, to: psa, fields: [name]}\n',
    },
  },
];

describeRefusals('a flow', files);
describeRefusals('the subject of a flow', subjects);
describeRefusals('the objects of a flow', others);
