import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { loadRules } from '../../bridge/rules/load.ts';
import { createHarvest } from '../../bridge/systems/harvest/connector.ts';
import { createHubspot } from '../../bridge/systems/hubspot/connector.ts';
import { createOdoo } from '../../bridge/systems/odoo/connector.ts';
import { composeRules } from '../../scripts/demo/systems.ts';

const directory = 'scripts/demo/rules';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'demo-rules-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// Made, but never called: nothing is asked but what they can do.
const connectors = [
  createOdoo({
    system: 'odoo',
    url: 'http://127.0.0.1:1',
    database: 'none',
    login: 'nobody',
    apiKey: 'none',
  }),
  createHubspot({ token: () => 'none' }),
  createHarvest({ token: () => 'none', accountId: '1' }),
];

test('the rules of the demo suit the connectors, and every part that the demo shows is in them', () => {
  const folder = composeRules(join(temporaryFolder(), 'sync-rules'), {
    ownRules: directory,
    withoutWindows: true,
  });
  const offers = connectors.map(({ system, streams, entities, actions }) => ({
    name: system,
    streams,
    entities,
    ...(actions === undefined ? {} : { actions }),
  }));
  const { rules, entities, tables, subscribers, flows } = loadRules(folder, offers);
  expect(entities.customer).toMatchObject({ owner: 'erp', owners: { phone: 'crm' }, conflict: 'restore' });
  expect(Object.keys(tables)).toEqual([
    'segment-of-importance',
    'payment-in-the-psa',
    'service-of-billing-method',
  ]);
  expect(subscribers.map(({ name }) => name)).toEqual(['data-warehouse']);
  const overridden = rules.filter(({ overrides }) => overrides.length > 0).map(({ id }) => id);
  expect(overridden).toEqual(['customer-to-crm', 'invoice-to-psa', 'opportunity-to-crm']);
  const [draft] = flows.flatMap(({ steps }) =>
    steps.filter(({ kind, id }) => kind === 'call' && id === 'draft'),
  );
  expect(draft).toMatchObject({ timing: { kind: 'real-time' } });
});

test.each(readdirSync(directory))('an editor finds the schema of %s and takes it', (name) => {
  const text = readFileSync(join(directory, name), 'utf8');
  const schema = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text)?.[1] ?? 'none';
  const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false, allowUnionTypes: true });
  const validate = ajv.compile(JSON.parse(readFileSync(join(directory, schema), 'utf8')) as object);
  expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
});
