import { describe, expect, test } from 'vitest';
import { entityNames } from '../../bridge/entities/catalogue.ts';
import { full, withFlow } from './flow-folder.ts';
import { load, problemsOf, systems } from './folder.ts';

describe('what is read', () => {
  test('a flow with everything it can say', () => {
    const [flow, ...others] = load(withFlow(full)).flows;
    expect(others).toEqual([]);
    expect(flow).toEqual({
      id: 'time-to-bill',
      title: 'Approved time is billed',
      entity: 'timesheet',
      from: 'psa',
      knownIn: 'erp',
      again: ['hours', 'project'],
      repeats: true,
      condition: {
        when: { approval: ['approved', 'submitted'], billable: true },
        where: { text: 'hours > 0', fields: { hours: 'decimal' } },
      },
      objects: [
        {
          name: 'project',
          entity: 'project',
          in: 'erp',
          of: 'subject',
          by: { kind: 'field', field: 'project' },
        },
        {
          name: 'contract',
          entity: 'contract',
          in: 'erp',
          of: 'project',
          by: { kind: 'field', field: 'contract' },
        },
        { name: 'line', entity: 'timesheet', in: 'erp', of: 'subject', by: { kind: 'same' } },
        {
          name: 'bookings',
          entity: 'assignment',
          in: 'erp',
          of: 'project',
          by: { kind: 'back', field: 'project' },
        },
      ],
      steps: [
        {
          id: 'open',
          kind: 'require',
          on: 'project',
          quantity: 'all',
          condition: {
            when: { status: 'active' },
            where: {
              text: 'budget.isEmpty() || budget > subject.rate',
              fields: { budget: 'decimal', 'subject.rate': 'decimal' },
            },
          },
          only: {
            when: { billable: true },
            where: { text: 'line.hours > 0', fields: { 'line.hours': 'decimal' } },
          },
          owner: 'delivery',
          person: { object: 'project', field: 'manager_email' },
          says: 'It is closed.',
          remedy: 'Open it.',
        },
        {
          id: 'booked',
          kind: 'require',
          on: 'bookings',
          quantity: 'any',
          condition: {
            when: {},
            where: {
              text: 'worker == line.worker',
              fields: { worker: 'reference', 'line.worker': 'reference' },
            },
          },
          owner: 'finance',
          says: 'Not booked.',
          remedy: 'Book it.',
        },
        {
          id: 'there',
          kind: 'deliver',
          on: 'subject',
          to: 'erp',
          within: 90 * 60_000,
          owner: 'finance',
          says: 'The timesheet could not be brought to the erp.',
          remedy: 'See the cause; it goes on by itself when that is mended.',
        },
        {
          id: 'drafted',
          kind: 'call',
          on: 'contract',
          action: 'make-draft-invoice',
          input: {
            until: { kind: 'field', field: 'subject.day' },
            name: { kind: 'field', field: 'number' },
            note: {
              kind: 'expression',
              expression: {
                text: 'project.name + " " + number',
                fields: { 'project.name': 'text', number: 'text' },
              },
              result: { kind: 'text' },
            },
            mode: { kind: 'constant', value: 'all' },
          },
          timing: { kind: 'window', cron: '0 2 * * *', minutes: 60 },
          within: 0,
          after: { object: 'subject', field: 'day' },
          owner: 'finance',
          says: 'The action make-draft-invoice could not be done.',
          remedy: 'See the cause; it goes on by itself when that is mended.',
        },
        {
          id: 'billed',
          kind: 'await',
          on: 'line',
          quantity: 'all',
          condition: {
            when: {},
            where: {
              text: '!invoice.isEmpty() && today > day',
              fields: { day: 'day', invoice: 'reference', today: 'day' },
            },
          },
          within: 35 * 24 * 3_600_000,
          owner: 'finance',
          says: 'Not billed.',
          remedy: 'Bill it.',
        },
      ],
    });
  });

  test('a flow that says no more than it must', () => {
    const text = `flow: small
title: Small
subject: {entity: invoice, from: erp}
steps:
  - {id: paid, await: {when: {payment: paid}}, owner: finance, says: Not paid., remedy: Remind them.}
`;
    const [flow] = load({ 'systems.yaml': systems, 'flow.yaml': text }).flows;
    expect(flow).toEqual({
      id: 'small',
      title: 'Small',
      entity: 'invoice',
      from: 'erp',
      condition: { when: {} },
      objects: [],
      steps: [
        {
          id: 'paid',
          kind: 'await',
          on: 'subject',
          quantity: 'all',
          condition: { when: { payment: 'paid' } },
          owner: 'finance',
          says: 'Not paid.',
          remedy: 'Remind them.',
        },
      ],
    });
  });

  test('an object of its own name beside a field of that name', () => {
    // timesheet.project is a field of the subject, project.status one of the object.
    const text = full.replace(
      'where: worker == line.worker',
      'where: \'!line.project.isEmpty() && project.status == "active"\'',
    );
    const step = load(withFlow(text)).flows[0]?.steps[1];
    expect(step?.kind === 'require' && step.condition.where?.fields).toEqual({
      'line.project': 'reference',
      'project.status': 'code',
    });
  });

  test('a table for what an action takes', () => {
    const text = full.replace('mode: { constant: all }', 'mode: { field: project.status, table: states }');
    const tables = { 'tables.yaml': 'tables: {states: {active: open, otherwise: shut}}\n' };
    const step = load(withFlow(text, tables)).flows[0]?.steps[3];
    expect(step?.kind === 'call' && step.input.mode).toEqual({
      kind: 'field',
      field: 'project.status',
      table: { name: 'states', values: { active: 'open' }, otherwise: 'shut' },
    });
  });

  test('every entity can be the subject', () => {
    for (const entity of entityNames) {
      const text = `flow: a\ntitle: A\nsubject: {entity: ${entity}, from: erp}\nowner: x\nsteps: [{id: b, require: {where: 'today > "2026-01-01"'}, says: c, remedy: d}]\n`;
      expect(problemsOf({ 'systems.yaml': systems, 'flow.yaml': text }), entity).toEqual([]);
    }
  });
});

describe('a rule that waits for a flow', () => {
  const needed = (deliver: string) =>
    withFlow(full.replace('deliver: { to: erp }', deliver), {
      'timesheet.yaml':
        'entity: timesheet\nrules: [{id: time, from: psa, to: erp, fields: [hours], create: needed}]\n',
    });

  test('is needed by its step', () => {
    expect(load(needed('deliver: { to: erp }')).rules.map(({ create }) => create)).toContain('needed');
  });

  test('is never needed without one', () => {
    const problems = problemsOf(needed('require: { when: { billable: true } }\n    says: a\n    remedy: b'));
    expect(problems.map(({ message }) => message)).toEqual([
      'nothing that goes to erp refers to a timesheet, and no flow delivers one, so it would never be needed',
    ]);
  });

  test('is not said to be missing where a file cannot be read', () => {
    const files = { ...needed('deliver: { to: erp }'), 'flow.yaml': `${full}  - {` };
    expect(problemsOf(files).map(({ file }) => file)).toEqual(['flow.yaml']);
  });
});

describe('the version', () => {
  const version = (text: string) => load(withFlow(text)).version;
  const reference = version(full);

  test.each([
    ['the order of the values of a condition', '[approved, submitted]', '[submitted, approved]'],
    ['the order of "again"', 'again: [hours, project]', 'again: [project, hours]'],
    ['a default that is written out', 'deliver: { to: erp }', 'deliver: { to: erp }\n    owner: finance'],
    ['a comment', 'owner: finance', 'owner: finance # always'],
  ])('is the same for %s', (_, from, to) => {
    expect(full).toContain(from);
    expect(version(full.replace(from, to))).toBe(reference);
  });

  test.each([
    ['a condition', 'status: active', 'status: closed'],
    ['an expression', 'line.hours > 0', 'line.hours > 1'],
    ['a deadline', 'within: 35d', 'within: 36d'],
    ['an owner', 'owner: finance', 'owner: sales'],
    ['what it says', 'It is closed.', 'It is shut.'],
    ['an input', 'constant: all', 'constant: some'],
    ['the system that an object is looked at in', 'back: project, in: erp', 'back: project, in: psa'],
  ])('is another for %s', (_, from, to) => {
    expect(full).toContain(from);
    expect(version(full.replace(from, to))).not.toBe(reference);
  });

  test('is another for other steps first', () => {
    const [head = '', ...steps] = full.split(/^(?= {2}- id: )/m);
    const [first = '', second = '', ...others] = steps;
    expect(version([head, second, first, ...others].join(''))).not.toBe(reference);
  });
});
