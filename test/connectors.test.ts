import { expect, test } from 'vitest';
import { extensionsFor } from '../bridge/connectors.ts';
import type { Extension } from '../bridge/entities/extension.ts';
import type { EntityPolicy, RuleSet } from '../bridge/rules/rule.ts';
import { customerToCrm } from './engine/rules.ts';

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
