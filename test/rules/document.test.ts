import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { functionNames } from '../../bridge/rules/expression.ts';
import {
  callKeys,
  deliverKeys,
  flowFileKeys,
  flowObjectKeys,
  flowSubjectKeys,
  stepConditionKeys,
  stepKeys,
} from '../../bridge/rules/flow-keys.ts';
import {
  entityFileKeys,
  extensionKeys,
  mappingKeys,
  overrideKeys,
  ruleKeys,
  subscriberKeys,
  subscribersFileKeys,
  systemKeys,
  systemsFileKeys,
  tablesFileKeys,
  timingKeys,
} from '../../bridge/rules/keys.ts';
import { reconcileFileKeys, reconciliationKeys } from '../../bridge/rules/reconcile-keys.ts';
import { actionsInOdoo } from '../../bridge/systems/odoo/act.ts';
import { problemsOf, systems } from './folder.ts';

const document = readFileSync('docs/rules.md', 'utf8');

interface Example {
  /** The line that it stands below. */
  readonly about: string;
  /** Named in its first line. */
  readonly file: string;
  readonly content: string;
  /** What `bridge check` says to it, line by line. */
  readonly said: readonly string[];
}

/** The YAML of the document, each with the text block that follows it. */
function examples(): Example[] {
  const found: Example[] = [];
  for (const { 1: language, 2: text = '', index } of document.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    const [about = ''] = document.slice(0, index).trimEnd().split('\n').slice(-1);
    if (language === 'yaml')
      found.push({ about, file: /^# (\S+\.yaml)$/m.exec(text)?.[1] ?? 'none', content: text, said: [] });
    else found.push({ ...(found.pop() as Example), said: text.trimEnd().split('\n') });
  }
  return found;
}

/** Rules of other files that the flows of the examples ask for. */
const beside = {
  'beside-customer.yaml': `entity: customer
rules: [{id: customer, from: crm, to: erp, fields: [name]}]
`,
  'beside-project.yaml': `entity: project
rules: [{id: project, from: erp, to: psa, fields: [name]}]
`,
  'beside-timesheet.yaml': `entity: timesheet
rules: [{id: timesheet, from: psa, to: erp, fields: [hours]}]
`,
};

/** What can be asked of Odoo is what the examples may ask for. */
const offers = [{ name: 'odoo', actions: actionsInOdoo }, { name: 'hubspot' }, { name: 'harvest' }];

describe('docs/rules.md', () => {
  const all = examples();

  test('has examples of everything', () => {
    expect(all.length).toBeGreaterThan(15);
    expect(all.filter(({ said }) => said.length > 0).length).toBeGreaterThanOrEqual(7);
  });

  test.each(all)('$about: $file', ({ file, content, said }) => {
    const others = /^(flow|reconcile):/m.test(content) ? beside : {};
    const problems = problemsOf({ 'systems.yaml': systems, ...others, [file]: content }, offers);
    expect(
      problems.map(({ file: name, line, column, message, suggestion }) =>
        [`${name}:${line}:${column} ${message}`, ...(suggestion === undefined ? [] : [suggestion])].join(
          ' – ',
        ),
      ),
    ).toEqual(said);
  });

  test('speaks of every key and every function', () => {
    const keys = [
      systemsFileKeys,
      systemKeys,
      subscribersFileKeys,
      subscriberKeys,
      entityFileKeys,
      tablesFileKeys,
      extensionKeys,
      ruleKeys,
      overrideKeys,
      mappingKeys,
      timingKeys,
      flowFileKeys,
      flowSubjectKeys,
      flowObjectKeys,
      stepKeys,
      stepConditionKeys,
      deliverKeys,
      callKeys,
      reconcileFileKeys,
      reconciliationKeys,
    ].flatMap((table) => Object.keys(table));
    const silent = [...new Set([...keys, ...functionNames])].filter(
      (word) => !new RegExp(`\`${word}[\`(:]`).test(document),
    );
    expect(silent).toEqual([]);
  });
});
