import { describe, expect, test } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import type { FlowStep } from '../../bridge/rules/flow.ts';
import { inputOf, meets } from '../../bridge/rules/flow-condition.ts';
import { MappingError } from '../../bridge/rules/mapping.ts';
import { withFlow } from './flow-folder.ts';
import { load } from './folder.ts';

const head = `flow: a
title: A
owner: x
subject: {entity: timesheet, from: psa}
objects:
  project: {entity: project, of: subject, field: project, in: erp}
  lines: {entity: timesheet, of: project, back: project, in: erp}
`;

/** The step of a flow with these keys. */
function stepOf(text: string): FlowStep {
  const flow = `${head}steps: [{id: b, says: c, remedy: d, ${text}}]\n`;
  const tables = { 'tables.yaml': 'tables: {sites: {Website: site}}\n' };
  return load(withFlow(flow, tables)).flows[0]?.steps[0] as FlowStep;
}

const conditionOf = (text: string) => (stepOf(text) as Extract<FlowStep, { kind: 'require' }>).condition;

const subject: State = {
  hours: '7.50',
  rate: '100',
  day: '2026-03-31',
  billable: true,
  project: '5',
  notes: null,
};
const project: State = { name: 'Website', status: 'active', budget: '750.00', code: null, billable: true };
const states = new Map<string, State | undefined>([
  ['subject', subject],
  ['project', project],
  ['lines', { hours: '2' }],
]);
const today = '2026-04-01';

describe('an expression', () => {
  test.each([
    ['fields of its own object', 'hours == 7.5', true],
    ['its own object by its name', 'subject.hours == 7.5', true],
    ['another object', 'project.status == "active"', true],
    ['exact decimals of several objects', 'hours * rate == project.budget', true],
    ['exact decimals that are not equal', 'hours * rate < project.budget', false],
    ['a field and an object of one name', '!project.isEmpty() && project.status == "active"', true],
    ['a path with spaces', 'project . status == "active" && project .status.size() == 6', true],
    ['a path in a text, which is none', '"project.status" == "project.status"', true],
    ['an empty field', 'notes.isEmpty() && project.code.isEmpty()', true],
    ['a function of a path', 'project.name.startsWith("Web")', true],
    ['the day it is', 'today > day && today == "2026-04-01"', true],
    ['an unknown field of its own', 'approval == "approved" || hours > 0', false],
    ['an unknown field of another object', 'project.manager_email == "x" || hours > 0', false],
    ['what cannot be computed', 'hours / (rate - 100) > 0', false],
  ])('reads %s', (_, text, holds) => {
    const condition = conditionOf(`require: {where: '${text}'}`);
    expect(meets(condition, states, 'subject', today)).toBe(holds);
  });

  test('is not true while another object is not there', () => {
    const condition = conditionOf(`require: {where: 'hours > 0 || project.status == "active"'}`);
    expect(meets(condition, new Map([['subject', subject]]), 'subject', today)).toBe(false);
    expect(meets(condition, new Map([...states, ['project', undefined]]), 'subject', today)).toBe(false);
  });

  test('reads each of several objects that it is about', () => {
    const condition = conditionOf(`require: {where: 'hours < subject.hours && lines.hours > 0'}, on: lines`);
    const withLine = (line: State) => new Map([...states, ['lines', line]]);
    expect(meets(condition, withLine({ hours: '7.49' }), 'lines', today)).toBe(true);
    expect(meets(condition, withLine({ hours: '7.500' }), 'lines', today)).toBe(false);
  });
});

describe('a condition', () => {
  test('needs both its parts', () => {
    const both = conditionOf(
      `require: {when: {status: active}, where: 'budget > subject.hours'}, on: project`,
    );
    const other = (changed: State) => new Map([...states, ['project', { ...project, ...changed }]]);
    expect(meets(both, states, 'project', today)).toBe(true);
    expect(meets(both, other({ status: 'closed' }), 'project', today)).toBe(false);
    expect(meets(both, other({ budget: '7' }), 'project', today)).toBe(false);
  });

  test('is met by no object that is not there, whatever it asks for', () => {
    const absent = new Map([...states, ['project', undefined]]);
    const conditions = [
      conditionOf('require: {when: {code: null}}, on: project'),
      conditionOf(`require: {where: 'today > "2000-01-01"'}, on: project`),
    ];
    for (const condition of conditions) {
      expect(meets(condition, absent, 'project', today)).toBe(false);
      expect(meets(condition, states, 'project', today)).toBe(true);
    }
  });
});

describe('what an action gets', () => {
  const input = (text: string, changed: State = {}) =>
    inputOf(
      stepOf(`call: {action: do, with: ${text}}, on: project`) as Extract<FlowStep, { kind: 'call' }>,
      new Map([...states, ['project', { ...project, ...changed }]]),
      today,
      'a',
    );

  test('is made like a field of a rule', () => {
    const text = `{day: {field: subject.day}, name: {field: name}, own: {field: project.status}, kind: {field: name, table: sites}, value: {expression: 'round(subject.hours * 1.333, 2)'}, when: {expression: today}, all: {constant: true}}`;
    expect(input(text)).toEqual({
      day: '2026-03-31',
      name: 'Website',
      own: 'active',
      kind: 'site',
      value: '10',
      when: '2026-04-01',
      all: true,
    });
  });

  test('lacks what is not known', () => {
    expect(
      input('{mail: {field: manager_email}, note: {field: subject.approval}, code: {field: code}}'),
    ).toEqual({ code: null });
  });

  test('is refused where a table does not know the value', () => {
    const wrong = () => input('{kind: {field: name, table: sites}}', { name: 'Shop' });
    expect(wrong).toThrow(MappingError);
    expect(wrong).toThrow('which the flow a needs for the field "kind"');
  });
});
