import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configure, extensionsFor } from '../bridge/connectors.ts';
import type { Extension } from '../bridge/entities/extension.ts';
import { RulesError } from '../bridge/rules/problem.ts';
import type { EntityPolicy, RuleSet } from '../bridge/rules/rule.ts';
import { readSettings } from '../bridge/settings.ts';
import { customerToCrm } from './engine/rules.ts';
import { temporaryPath } from './store/temporary.ts';

const extension = (field: string, names: Extension['names'], more: Partial<Extension> = {}): Extension => ({
  entity: 'customer',
  field,
  kind: 'text',
  meaning: `Meaning of ${field}.`,
  names,
  ...more,
});

const policy = (...extensions: Extension[]): EntityPolicy => ({
  owners: {},
  extensions: Object.fromEntries(extensions.map((one) => [one.field, one])),
  conflict: 'restore',
});

const rules: Pick<RuleSet, 'entities' | 'rules'> = {
  rules: [
    { ...customerToCrm, fields: ['name', 'x_segment'] },
    {
      ...customerToCrm,
      fields: ['name'],
      overrides: [{ when: {}, skip: false, fields: ['name', 'x_motto'] }],
    },
  ],
  entities: {
    customer: policy(
      extension('x_segment', { erp: 'x_studio_segment', crm: 'segment' }, { kind: 'code', values: ['gold'] }),
      extension('x_motto', { erp: 'x_studio_motto', crm: 'motto' }),
      extension('x_unsaid', { erp: 'x_studio_unsaid' }),
    ),
    opportunity: policy(extension('x_segment', { crm: 'deal_segment' }, { entity: 'opportunity' })),
  },
};

test('a connector is handed the fields that name its role, and which of them the rules write there', () => {
  const customer = { entity: 'customer', kind: 'text' } as const;
  expect(extensionsFor(rules, 'crm')).toEqual([
    {
      entity: 'customer',
      field: 'x_segment',
      kind: 'code',
      values: ['gold'],
      meaning: 'Meaning of x_segment.',
      name: 'segment',
      written: true,
    },
    { ...customer, field: 'x_motto', meaning: 'Meaning of x_motto.', name: 'motto', written: true },
    {
      entity: 'opportunity',
      field: 'x_segment',
      kind: 'text',
      meaning: 'Meaning of x_segment.',
      name: 'deal_segment',
      written: false,
    },
  ]);
  expect(extensionsFor(rules, 'erp').map(({ name, written }) => [name, written])).toEqual([
    ['x_studio_segment', false],
    ['x_studio_motto', false],
    ['x_studio_unsaid', false],
  ]);
  expect(extensionsFor(rules, 'psa')).toEqual([]);
});

test('the connectors take the fields that the files of the rules add', async () => {
  const directory = temporaryPath();
  mkdirSync(directory);
  writeFileSync(
    join(directory, 'systems.yaml'),
    'systems: { odoo: { connector: odoo, role: erp }, hubspot: { connector: hubspot, role: crm } }',
  );
  writeFileSync(
    join(directory, 'customer.yaml'),
    `entity: customer
owner: erp
owners: { x_tier: crm, phone: crm }
extensions:
  x_segment: { kind: code, values: [gold, silver], meaning: Importance., erp: x_studio_segment, crm: segment }
  x_tier: { kind: text, meaning: Tier of sales., erp: x_studio_tier, crm: tier }
rules:
  - { id: to-crm, from: erp, to: crm, match: [vat], fields: [name, vat, x_segment] }
  - { id: from-crm, from: crm, to: erp, create: never, match: [vat], fields: [phone, x_tier] }
`,
  );
  const settings = readSettings({
    RULES_DIRECTORY: directory,
    ODOO_URL: 'http://127.0.0.1:9',
    ODOO_DATABASE: 'firm',
    ODOO_LOGIN: 'bridge',
    ODOO_API_KEY: 'key',
    WEBHOOK_SECRETS: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
    HUBSPOT_TOKEN: 'token',
  });
  const { connectors } = configure(settings, async (_, id) => id);
  for (const { entities } of connectors)
    expect(entities.customer).toMatchObject({
      extensible: true,
      write: { fields: expect.arrayContaining(['x_segment', 'x_tier']) },
    });
  await Promise.all(connectors.map((connector) => connector.close()));
});

test('an option that a connector does not have is refused where it stands', () => {
  const directory = join(temporaryPath(), '..', 'options');
  mkdirSync(directory);
  writeFileSync(
    join(directory, 'systems.yaml'),
    `systems:
  odoo: { connector: odoo, role: erp, options: { time_zone: Europe/Berlin } }
  hubspot: { connector: hubspot, role: crm, options: { timezone: Europe/Berlin } }
`,
  );
  const settings = readSettings({
    RULES_DIRECTORY: directory,
    ODOO_URL: 'http://127.0.0.1:9',
    ODOO_DATABASE: 'firm',
    ODOO_LOGIN: 'bridge',
    ODOO_API_KEY: 'key',
    WEBHOOK_SECRETS: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
    HUBSPOT_TOKEN: 'token',
  });
  const file = join(directory, 'systems.yaml');
  expect(() => configure(settings, async (_, id) => id)).toThrow(
    new RulesError(directory, [
      { file, line: 2, column: 50, message: 'odoo has no option "time_zone"' },
      {
        file,
        line: 3,
        column: 56,
        message: 'hubspot has no option "timezone"',
        suggestion: 'did you mean "time_zone"?',
      },
    ]),
  );
});
