import { expect, test } from 'vitest';
import { load, systems } from './folder.ts';
import { describeRefusals } from './refusal.ts';

const timesheet = `entity: timesheet
owner: psa
rules: [{id: time, from: psa, to: erp, fields: [day, hours, notes]}]
`;
const customer = `entity: customer
owner: erp
owners: {phone: crm}
rules:
  - {id: customer-to-erp, from: crm, to: erp, fields: [phone], create: never}
  - {id: customer-to-crm, from: erp, to: crm, fields: [name]}
  - {id: customer-to-psa, from: erp, to: psa, fields: [name]}
`;
const beside = { 'timesheet.yaml': timesheet, 'customer.yaml': customer };

const declared = (content: string) =>
  load({ 'systems.yaml': systems, ...beside, 'reconcile.yaml': `reconcile:\n${content}` }).reconciliations;

test('what is not said is found in the rules', () => {
  expect(declared('  - {id: time, entity: timesheet}\n')).toEqual([
    {
      id: 'time',
      entity: 'timesheet',
      between: ['psa', 'erp'],
      reach: { kind: 'months', count: 2 },
      schedule: '30 2 * * *',
      differences: 'repair',
      strangers: 'ignore',
      owner: 'operations',
      totals: ['hours'],
      by: ['customer', 'project', 'legal_entity', 'period'],
    },
  ]);
});

test('where rules go both ways, the owner stands first', () => {
  const [found] = declared(
    '  - {id: firms, entity: customer, between: [crm, erp], schedule: never, differences: raise, strangers: raise, owner: sales}\n',
  );
  expect(found).toEqual({
    id: 'firms',
    entity: 'customer',
    between: ['erp', 'crm'],
    reach: { kind: 'all' },
    differences: 'raise',
    strangers: 'raise',
    owner: 'sales',
    totals: [],
    by: ['legal_entity'],
  });
});

test('it belongs to what the version of the rules says', () => {
  const versionOf = (days: number) =>
    load({
      'systems.yaml': systems,
      ...beside,
      'reconcile.yaml': `reconcile: [{id: time, entity: timesheet, days: ${days}}]\n`,
    }).version;
  expect(versionOf(3)).toBe(versionOf(3));
  expect(versionOf(3)).not.toBe(versionOf(4));
});

const file = 'reconcile.yaml';

describeRefusals('reconcile.yaml', [
  {
    what: 'an entity that no rule brings',
    file,
    beside,
    content: 'reconcile:\n  - {id: all, entity: ▸expense}\n',
    message: 'no rule brings expense anywhere, so there is nothing to compare',
    suggestion: 'leave this out, or add a rule',
  },
  {
    what: 'an entity that goes between several roles',
    file,
    beside,
    content: 'reconcile:\n  - {id: all, entity: ▸customer}\n',
    message: 'rules bring customer between several roles',
    suggestion: 'say which with "between"',
  },
  {
    what: 'roles between which nothing goes',
    file,
    beside,
    content: 'reconcile:\n  - {id: all, entity: timesheet, between: ▸[crm, erp]}\n',
    message: 'no rule brings timesheet from one of these roles to the other',
    suggestion: 'there are [psa, erp]',
  },
  {
    what: 'one role twice',
    file,
    beside,
    content: 'reconcile:\n  - {id: all, entity: timesheet, between: ▸[erp, erp]}\n',
    message: '"between" must name two different roles',
    suggestion: 'write [psa, erp]',
  },
  {
    what: 'a total that no rule brings',
    file,
    beside,
    content: 'reconcile:\n  - {id: all, entity: customer, between: [erp, crm], totals: [▸billing_open]}\n',
    message: 'no rule brings billing_open of customer from the erp to the crm, so its totals need not agree',
    suggestion: 'leave it out, or let a rule bring it',
  },
  {
    what: 'a total of what is no number',
    file,
    beside,
    content: 'reconcile:\n  - {id: all, entity: timesheet, totals: [▸notes]}\n',
    message: '"totals" names notes, which is no hours or amount of timesheet',
    suggestion: 'known: hours',
  },
  {
    what: 'a total of rates, whose sum says nothing',
    file,
    beside,
    content: 'reconcile:\n  - {id: all, entity: timesheet, totals: [▸rate]}\n',
    message: '"totals" names rate, which is no hours or amount of timesheet',
    suggestion: 'known: hours',
  },
  {
    what: 'a total that is listed twice',
    file,
    beside,
    content: 'reconcile:\n  - {id: all, entity: timesheet, totals: [hours, ▸hours]}\n',
    message: '"totals" lists hours twice',
    suggestion: 'leave one of them',
  },
  {
    what: 'a dimension that is listed twice',
    file,
    beside,
    content: 'reconcile:\n  - {id: all, entity: timesheet, by: [customer, ▸customer]}\n',
    message: '"by" lists customer twice',
    suggestion: 'leave one of them',
  },
  ...['Never', 'false'].map((schedule) => ({
    what: `the schedule ${schedule}`,
    file,
    beside,
    content: `reconcile:\n  - {id: all, entity: timesheet, schedule: ▸${schedule}}\n`,
    message: `"schedule" is no cron expression: ${schedule}`,
    suggestion: 'write never',
  })),
  {
    what: 'what belongs into another file',
    file: 'compare.yaml',
    beside,
    content: '▸reconcile:\n  - {id: all, entity: timesheet}\n',
    message: '"reconcile" is not read in this file',
    suggestion: 'call the file reconcile.yaml, or move it there',
  },
  {
    what: 'what an entity does not belong to',
    file,
    beside,
    content: 'reconcile:\n  - {id: all, entity: customer, between: [erp, crm], by: [▸project]}\n',
    message: 'customer belongs to no project',
    suggestion: 'known: legal_entity',
  },
  {
    what: 'days of an entity that has none',
    file,
    beside,
    content: 'reconcile:\n  - {id: all, entity: customer, between: [erp, crm], months: ▸2}\n',
    message: 'customer has no day of its own, so all of them are compared',
    suggestion: 'leave it out',
  },
  {
    what: 'days beside months',
    file,
    beside,
    content: 'reconcile:\n  - {id: all, entity: timesheet, months: 2, days: ▸3}\n',
    message: '"days" stands beside "months"',
    suggestion: 'leave one of them',
  },
  {
    what: 'no number of days',
    file,
    beside,
    content: 'reconcile:\n  - {id: all, entity: timesheet, days: ▸0}\n',
    message: '"days" must be a whole number from 1 to 1830',
  },
  {
    what: 'an id that is taken',
    file,
    beside,
    content: 'reconcile:\n  - {id: all, entity: timesheet}\n  - {id: ▸all, entity: timesheet}\n',
    message: 'the id "all" is taken, first in line 2',
    suggestion: 'choose another id',
  },
  ...['show', 'help'].map((id) => ({
    what: `an id that is the command ${id}`,
    file,
    beside,
    content: `reconcile:\n  - {id: ▸${id}, entity: timesheet}\n`,
    message: `a reconciliation cannot be called "${id}": that is a command`,
    suggestion: 'choose another id',
  })),
]);
