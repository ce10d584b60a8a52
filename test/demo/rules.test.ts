import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadRules } from '../../bridge/rules/load.ts';
import { createHarvest } from '../../bridge/systems/harvest/connector.ts';
import { createHubspot } from '../../bridge/systems/hubspot/connector.ts';
import { createOdoo } from '../../bridge/systems/odoo/connector.ts';

const directory = 'scripts/demo/rules';

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
  const offers = connectors.map(({ system, streams, entities }) => ({ name: system, streams, entities }));
  const { rules, entities, tables, subscribers } = loadRules(directory, offers);
  expect(entities.customer).toMatchObject({ owner: 'erp', owners: { phone: 'crm' }, conflict: 'restore' });
  expect(Object.keys(tables)).toEqual(['segment-of-importance']);
  expect(subscribers.map(({ name }) => name)).toEqual(['data-warehouse']);
  const overridden = rules.filter(({ overrides }) => overrides.length > 0).map(({ id }) => id);
  expect(overridden).toEqual(['customer-to-crm', 'opportunity-to-crm']);
});

test.each(readdirSync(directory))('an editor finds the schema of %s and takes it', (name) => {
  const text = readFileSync(join(directory, name), 'utf8');
  const schema = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text)?.[1] ?? 'none';
  const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false, allowUnionTypes: true });
  const validate = ajv.compile(JSON.parse(readFileSync(join(directory, schema), 'utf8')) as object);
  expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
});
