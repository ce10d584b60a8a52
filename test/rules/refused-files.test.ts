import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadRules } from '../../bridge/rules/load.ts';
import { RulesError } from '../../bridge/rules/problem.ts';
import { good, names, problemsOf, systems, withFolder } from './folder.ts';
import { describeRefusals, type Refusal } from './refusal.ts';

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
    suggestion: 'write {entity: …, rules: …}',
  },
  {
    what: 'an item that is left out',
    file: 'customer.yaml',
    content:
      'entity: customer\nrules:\n  - id: a\n    from: erp\n    to: crm\n    fields:\n      - name\n      -▸\n      - vat\n',
    message: 'an item of "fields" must be text, not nothing',
    suggestion: 'give it a value, or leave it out',
  },
  {
    what: 'an unknown key of the file',
    file: 'customer.yaml',
    content: 'entity: customer\nrules: []\n▸version: 2\n',
    message: 'the file has an unknown key "version"',
    suggestion: 'known: entity, rules, owner, owners, conflict, extensions, tables',
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
    suggestion: 'leave one of them',
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
    suggestion: 'leave one of them',
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
    suggestion: 'write {connector: …, role: …}',
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
    suggestion: 'put it in quotes: "5"',
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

describeRefusals('any file', inAnyFile);
describeRefusals('systems.yaml', inSystems);

test('files in a folder below, which would never be read', () => {
  withFolder(good, (directory) => {
    for (const folder of ['france', '.git', 'notes']) mkdirSync(join(directory, folder));
    for (const file of ['france/customer.yaml', '.git/x.yaml', 'notes/why.md'])
      writeFileSync(join(directory, file), 'entity: customer\nrules: []\n');
    expect(() => loadRules(directory, names)).toThrow(
      new RulesError(directory, [
        {
          file: join(directory, 'france'),
          line: 1,
          column: 1,
          message: 'folders in this folder are not read',
          suggestion: 'move its files out of it',
        },
      ]),
    );
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
