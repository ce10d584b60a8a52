import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadRules } from '../../bridge/rules/load.ts';
import { RulesError } from '../../bridge/rules/problem.ts';
import { customer, type Files, good, load, names, problemsOf, systems, withFolder } from './folder.ts';

describe('what is read', () => {
  test('a system with everything it can say', () => {
    const files = {
      'systems.yaml': [
        'systems:',
        '  harvest:',
        '    connector: harvest',
        '    role: psa',
        '    poll: {time: "*/5 * * * *", users: "@hourly"}',
        '    options: {trailing_days: 07, rounding: off}',
      ].join('\n'),
    };
    expect(load(files).systems).toEqual([
      {
        name: 'harvest',
        connector: 'harvest',
        role: 'psa',
        poll: { time: '*/5 * * * *', users: '@hourly' },
        options: { trailing_days: '07', rounding: 'off' },
        shadow: false,
      },
    ]);
  });

  test('a rule with everything it can say', () => {
    const text = `entity: customer
rules:
  - id: customer-to-crm
    from: erp
    to: crm
    fields: [name, vat]
    when: {is_company: true, country: [DE, AT], parent: null}
    otherwise: remove
    match: [vat, domain]
    create: never
    lane: bulk
`;
    expect(load({ ...good, 'customer.yaml': text }).rules).toEqual([
      {
        id: 'customer-to-crm',
        entity: 'customer',
        from: 'erp',
        to: 'crm',
        fields: ['name', 'vat'],
        when: { is_company: true, country: ['DE', 'AT'], parent: null },
        otherwise: 'remove',
        deleted: 'remove',
        mappings: {},
        propose: false,
        timing: { kind: 'real-time' },
        shadow: false,
        overrides: [],
        match: ['vat', 'domain'],
        create: 'never',
        lane: 'bulk',
      },
    ]);
  });

  test('what an object gets only when it is created', () => {
    const text = `entity: customer
rules:
  - id: a
    from: crm
    to: erp
    fields: []
    initial: [name, city: {constant: Ghent}]
`;
    const [rule] = load({ ...good, 'customer.yaml': text }).rules;
    expect(rule?.fields).toEqual([]);
    expect(rule?.initial).toEqual({
      fields: ['name', 'city'],
      mappings: { city: { kind: 'constant', value: 'Ghent' } },
    });
  });

  test('what a rule leaves out gets its usual value', () => {
    const text = 'entity: customer\nrules: [{id: a, from: erp, to: crm, fields: [name]}]';
    expect(load({ ...good, 'customer.yaml': text }).rules).toEqual([
      {
        id: 'a',
        entity: 'customer',
        from: 'erp',
        to: 'crm',
        fields: ['name'],
        when: {},
        otherwise: 'keep',
        deleted: 'keep',
        mappings: {},
        propose: false,
        timing: { kind: 'real-time' },
        shadow: false,
        overrides: [],
        match: [],
        create: 'always',
        lane: 'operations',
      },
    ]);
  });

  test('an object may refer to another of its own entity', () => {
    const text = 'entity: customer\nrules: [{id: a, from: erp, to: crm, fields: [name, parent]}]';
    expect(problemsOf({ ...good, 'customer.yaml': text })).toEqual([]);
  });

  test('a link that a rule of the other direction makes satisfies a reference', () => {
    const files = {
      'systems.yaml': systems,
      'worker.yaml': 'entity: worker\nrules: [{id: w, from: erp, to: psa, fields: [name]}]',
      'timesheet.yaml': 'entity: timesheet\nrules: [{id: t, from: psa, to: erp, fields: [worker, hours]}]',
    };
    expect(problemsOf(files)).toEqual([]);
  });

  test('other files in the folder are left alone', () => {
    expect(load({ ...good, 'README.md': '# Rules', 'customer.yaml~': 'entity: [' }).rules).toHaveLength(1);
  });
});

describe('problems', () => {
  const broken: Files = {
    'systems.yaml': 'systems:\n  odoo: {connector: odo, role: erp}\n  crm: {connector: hubspot, role: crm}\n',
    'customer.yaml':
      'entity: customer\nrules:\n  - {id: a, from: erp, to: crm, feilds: [name], lane: fast}\n',
    'task.yaml': 'entity: task\nrules:\n  - {id: a, from: erp, to: crm, fields: [name, titel]}\n',
  };

  test('all of all files come at once, in order', () => {
    expect(problemsOf(broken).map(({ file, line, column }) => `${file}:${line}:${column}`)).toEqual([
      'customer.yaml:3:5',
      'customer.yaml:3:33',
      'customer.yaml:3:55',
      'systems.yaml:2:21',
      'task.yaml:3:10',
      'task.yaml:3:48',
    ]);
  });

  test('are a text to read: place, problem, suggestion', () => {
    const error = catchError(() => load({ ...good, 'customer.yaml': customer.replace('vat', 'vaat') }));
    expect(error).toBeInstanceOf(RulesError);
    expect(String(error)).toMatch(
      /^RulesError: The rules in \S+ have a problem:\n {2}\S+\/customer\.yaml:3:62 "fields" names "vaat", which is no field of customer – did you mean "vat"\?$/,
    );
  });

  test('nor is an extension field or a table missing then', () => {
    const files = {
      'systems.yaml': systems,
      'own.yaml': 'entity: customer\nextensions: {\n',
      'customer.yaml': `entity: customer
rules:
  - {id: a, from: erp, to: crm, where: 'x_one == "a"', when: {x_two: a}, fields: [x_one, {vat: {field: name, table: t}}]}
`,
    };
    expect(problemsOf(files).map((problem) => problem.file)).toEqual(['own.yaml']);
  });

  test('nothing is said to be missing while a file cannot be read', () => {
    const files = {
      'systems.yaml': systems,
      'project.yaml': 'entity: project\nrules: [\n',
      'task.yaml': 'entity: task\nrules: [{id: t, from: erp, to: psa, fields: [name, project]}]',
    };
    expect(problemsOf(files).map((problem) => problem.file)).toEqual(['project.yaml']);
  });

  test('a folder that is called like a file', () => {
    withFolder(good, (directory) => {
      mkdirSync(join(directory, 'more.yaml'));
      const error = catchError(() => loadRules(directory, names));
      expect(String(error)).toContain(
        `${join(directory, 'more.yaml')}:1:1 this file cannot be read – check that it is a file, and its rights`,
      );
    });
  });

  test('a folder that is not there', () => {
    const error = catchError(() => loadRules('/nowhere/rules', names));
    expect(String(error)).toBe(
      'RulesError: The rules in /nowhere/rules have a problem:\n' +
        '  /nowhere/rules:1:1 this folder cannot be read – name the folder that systems.yaml is in',
    );
  });
});

describe('version', () => {
  const version = (files: Files) => load(files).version;
  const original = version(good);

  test('is a short hash', () => expect(original).toMatch(/^[0-9a-f]{32}$/));

  test.each([
    ['comments and layout', { 'customer.yaml': `# Who buys\n${customer.replaceAll(', ', ',   ')}\n\n` }],
    ['the order of keys', { 'customer.yaml': customer.replace('from: erp, to: crm', 'to: crm, from: erp') }],
    ['the order of fields', { 'customer.yaml': customer.replace('[name, vat]', '[vat, name]') }],
    ['usual values written out', { 'customer.yaml': customer.replace('match', 'lane: operations, match') }],
    ['the order of systems', { 'systems.yaml': reversed(systems) }],
    ['the name of a file', { 'customer.yaml': '{entity: customer, rules: []}', 'who.yaml': customer }],
  ])('does not depend on %s', (_, change) => {
    expect(version({ ...good, ...change })).toBe(original);
  });

  test.each([
    ['a field', { 'customer.yaml': customer.replace('vat]', 'vat, city]') }],
    ['a condition', { 'customer.yaml': customer.replace('match', 'when: {country: DE}, match') }],
    ['an owner', { 'customer.yaml': customer.replace('rules', 'owner: erp\nrules') }],
    ['the owner of a field', { 'customer.yaml': customer.replace('rules', 'owners: {vat: erp}\nrules') }],
    ['a policy for conflicts', { 'customer.yaml': customer.replace('rules', 'conflict: keep\nrules') }],
    ['an expression', { 'customer.yaml': customer.replace('match', "where: 'is_company', match") }],
    ['how a field is made', { 'customer.yaml': customer.replace('vat]', '{vat: {constant: "1"}}]') }],
    [
      'an override',
      { 'customer.yaml': customer.replace('match', 'overrides: [{when: {vat: a}, skip: true}], match') },
    ],
    [
      'timing',
      { 'customer.yaml': customer.replace('match', 'timing: {window: "0 2 * * *", minutes: 9}, match') },
    ],
    [
      'what becomes of deleted objects',
      { 'customer.yaml': customer.replace('match', 'deleted: raise, match') },
    ],
    ['shadow', { 'systems.yaml': systems.replace('role: psa', 'role: psa, shadow: true') }],
    ['a value table', { 'tables.yaml': 'tables: {grades: {a: b}}' }],
    ['an extension field', { 'own.yaml': own }],
    ['a subscriber', { 'subscribers.yaml': 'subscribers: {a: {events: [invoice.paid]}}' }],
    ['a lane', { 'customer.yaml': customer.replace('match', 'lane: bulk, match') }],
    ['a schedule', { 'systems.yaml': systems.replace('role: psa', 'role: psa, poll: {time: "* * * * *"}') }],
  ])('depends on %s', (_, change) => {
    expect(version({ ...good, ...change })).not.toBe(original);
  });

  test('depends on the order of match, which is the order of the search', () => {
    const ordered = (match: string) =>
      version({ ...good, 'customer.yaml': customer.replace('[vat]', match) });
    expect(ordered('[vat, domain]')).not.toBe(ordered('[domain, vat]'));
  });
});

const own = 'entity: customer\nextensions: {x_one: {kind: text, meaning: One., erp: one}}\nrules: []';

function catchError(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown');
}

function reversed(text: string): string {
  const [head, ...lines] = text.trim().split('\n');
  return [head, ...lines.reverse()].join('\n');
}
