import { expect, test } from 'vitest';
import type { Rule } from '../../bridge/rules/rule.ts';
import { load, systems } from './folder.ts';

const files = {
  'systems.yaml': systems.replace('role: psa', 'role: psa, shadow: true'),
  'subscribers.yaml': 'subscribers:\n  warehouse: {events: [invoice.paid, time.approved]}\n',
  'tables.yaml': 'tables:\n  flags: {true: "yes", false: "no"}\n  words: {"null": a, "otherwise": b}\n',
  'customer.yaml': `entity: customer
owner: erp
owners: {phone: crm}
conflict: raise
extensions:
  x_segment: {kind: code, values: [a, b], meaning: How important it is., erp: x_studio_segment, crm: segment}
tables:
  segments: {a: b, null: a, otherwise: a}
rules:
  - id: customer-to-crm
    from: erp
    to: crm
    fields:
      - name
      - x_segment: {table: segments}
      - city: {field: street}
      - vat: {field: is_company, table: flags}
      - street: {expression: 'city + ", " + country'}
      - active: {constant: true}
    where: 'billing_open > 0'
    match: [name]
    likely: true
    timing: {window: "0 2 * * *", minutes: 60}
    shadow: true
    overrides:
      - {when: {legal_entity: FR}, skip: true}
      - {where: 'country == "DE"', fields: [name], lane: finance, otherwise: remove, timing: real-time, shadow: false}
  - {id: customer-to-erp, from: crm, to: erp, fields: [phone], match: [name], deleted: keep, otherwise: raise,
     overrides: [{when: {country: DE}, otherwise: keep}]}
`,
};

const rules = load(files);

test('what an entity says over all its rules', () => {
  expect(rules.entities).toEqual({
    customer: {
      owner: 'erp',
      owners: { phone: 'crm' },
      conflict: 'raise',
      extensions: {
        x_segment: {
          entity: 'customer',
          field: 'x_segment',
          kind: 'code',
          values: ['a', 'b'],
          meaning: 'How important it is.',
          names: { erp: 'x_studio_segment', crm: 'segment' },
        },
      },
    },
  });
});

test('how fields are made', () => {
  const [{ fields, mappings, where }] = rules.rules as [Rule];
  expect(fields).toEqual(['name', 'x_segment', 'city', 'vat', 'street', 'active']);
  expect(mappings).toEqual({
    x_segment: { kind: 'field', field: 'x_segment', table: rules.tables.segments },
    city: { kind: 'field', field: 'street' },
    vat: { kind: 'field', field: 'is_company', table: rules.tables.flags },
    street: {
      kind: 'expression',
      expression: { text: 'city + ", " + country', fields: { city: 'text', country: 'text' } },
      result: { kind: 'text' },
    },
    active: { kind: 'constant', value: true },
  });
  expect(where).toEqual({ text: 'billing_open > 0', fields: { billing_open: 'decimal' } });
});

test('value tables: a quoted key is a value like any other', () => {
  expect(rules.tables).toEqual({
    flags: { name: 'flags', values: { true: 'yes', false: 'no' } },
    words: { name: 'words', values: { null: 'a', otherwise: 'b' } },
    segments: { name: 'segments', values: { a: 'b' }, empty: 'a', otherwise: 'a' },
  });
});

test('when, how and for whom', () => {
  const [rule] = rules.rules as [Rule];
  expect(rule).toMatchObject({
    timing: { kind: 'window', cron: '0 2 * * *', minutes: 60 },
    propose: true,
    shadow: true,
    otherwise: 'keep',
    deleted: 'keep',
  });
  expect(rule.overrides).toEqual([
    { when: { legal_entity: 'FR' }, skip: true },
    {
      when: {},
      where: { text: 'country == "DE"', fields: { country: 'text' } },
      skip: false,
      fields: ['name'],
      mappings: {},
      lane: 'finance',
      otherwise: 'remove',
      deleted: 'remove',
      timing: { kind: 'real-time' },
      shadow: false,
    },
  ]);
});

test('what is said about deleted objects is not changed by what an override says about others', () => {
  expect(rules.rules[1]).toMatchObject({ otherwise: 'raise', deleted: 'keep' });
  expect(rules.rules[1]?.overrides).toEqual([{ when: { country: 'DE' }, skip: false, otherwise: 'keep' }]);
});

test('systems in shadow, and subscribers', () => {
  expect(rules.systems.map(({ name, shadow }) => `${name} ${shadow}`)).toEqual([
    'odoo false',
    'hubspot false',
    'harvest true',
  ]);
  expect(rules.subscribers).toEqual([{ name: 'warehouse', events: ['invoice.paid', 'time.approved'] }]);
});
