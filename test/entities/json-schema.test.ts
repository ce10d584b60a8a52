import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { catalogue, entityNames, entityOf } from '../../bridge/entities/catalogue.ts';
import { checkState, type Entity } from '../../bridge/entities/entity.ts';
import { type JsonSchema, schemaFile, schemasOf } from '../../bridge/entities/json-schema.ts';
import { customerOfVersion3 } from './planted.ts';

/** Values that are right for some kinds of fields and wrong for others. */
const values = [
  null,
  true,
  false,
  '',
  'text',
  '1250.50',
  '-0.5',
  '1.',
  '1e3',
  '2026-01-31',
  '2026-13-01',
  '2026-1-1',
  'open',
  'draft',
  'EUR',
  42,
  [],
  ['1', '2'],
  [''],
  [1],
  {},
  'x'.repeat(65_537),
];

const validator = () => new Ajv2020({ strict: true, keywords: annotations, allowUnionTypes: true });
const annotations = ['x-version', 'x-accounting', 'x-kind', 'x-entity', 'x-unit', 'x-currency', 'x-owner'];

function schemaOf(entity: Entity): JsonSchema {
  const schema = schemasOf(entity)[schemaFile(entity.name, entity.version)];
  if (schema === undefined) throw new Error(`there is no schema of ${entity.name}`);
  return schema;
}

describe.each(entityNames)('the schema of %s', (name) => {
  const entity = entityOf(name);

  test('is one, by draft 2020-12', () => {
    const ajv = validator();
    expect(ajv.validateSchema(schemaOf(entity)), ajv.errorsText()).toBe(true);
  });

  test('accepts and refuses the same values as the bridge, field by field', () => {
    const validate = validator().compile(schemaOf(entity));
    for (const field of Object.keys(entity.fields))
      for (const value of values) {
        const state = { [field]: value } as never;
        expect([field, value, validate(state)]).toEqual([
          field,
          value,
          checkState(entity, state).length === 0,
        ]);
      }
  });

  test('says of every field what it means and whose it usually is', () => {
    const properties = schemaOf(entity).properties as Record<string, Record<string, unknown>>;
    for (const [field, { meaning, owner, kind }] of Object.entries(entity.fields)) {
      expect(properties[field]).toMatchObject({ 'x-owner': owner, 'x-kind': kind });
      expect(properties[field]?.description).toContain(meaning);
    }
  });
});

test('fields of a firm may be there, other unknown ones not', () => {
  const validate = validator().compile(schemaOf(catalogue.customer));
  expect(validate({ x_segment: 'gold', x_key_account: true })).toBe(true);
  expect(validate({ segment: 'gold' })).toBe(false);
});

test('units, references and accounting outcomes are marked', () => {
  expect(schemaOf(catalogue.timesheet).properties).toMatchObject({
    hours: {
      description: 'Work, as approved (rounded where the PSA rounds). Unit: hours.',
      'x-unit': 'hours',
    },
    worker: { 'x-entity': 'worker' },
    invoice: { 'x-accounting': true },
  });
  expect(schemaOf(catalogue.invoice)).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:services-bridge:entity:invoice:1',
    title: 'invoice',
    'x-accounting': true,
    properties: { total: { 'x-currency': 'currency' } },
  });
});

test('every version that states may be stored in has a schema of its own', () => {
  const schemas = schemasOf(customerOfVersion3);
  expect(Object.keys(schemas)).toEqual(['customer.v1.json', 'customer.v2.json', 'customer.v3.json']);
  const ajv = validator();
  const good = [
    { title: 'Acme', sound: true },
    { name: 'Acme', sound: true },
    { name: 'Acme', standing: 'good' },
  ];
  for (const [index, schema] of Object.values(schemas).entries())
    expect(good.map((state) => ajv.compile(schema)(state))).toEqual(good.map((_, other) => other === index));
});
