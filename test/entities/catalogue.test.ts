import { describe, expect, test } from 'vitest';
import {
  catalogue,
  type EntityName,
  entityNames,
  entityOf,
  isEntityName,
} from '../../bridge/entities/catalogue.ts';
import type { EntityField } from '../../bridge/entities/entity.ts';
import { extensionPrefix } from '../../bridge/entities/extension.ts';

const fields = entityNames.flatMap((entity) =>
  Object.entries(entityOf(entity).fields).map(([name, field]): [string, EntityField, EntityName] => [
    `${entity}.${name}`,
    field,
    entity,
  ]),
);

test('every business object that flows between the systems is there, under its own name', () => {
  expect(entityNames).toEqual([
    'customer',
    'contact',
    'opportunity',
    'quote',
    'contract',
    'rate',
    'project',
    'milestone',
    'task',
    'worker',
    'assignment',
    'timesheet',
    'expense',
    'invoice',
    'payment',
  ]);
  for (const [name, entity] of Object.entries(catalogue)) expect(entity.name).toBe(name);
});

describe('every field', () => {
  test.each(fields)('%s says what it means, in sentences', (_name, field) => {
    expect(field.meaning).toMatch(/^\S.*\.$/);
  });

  test.each(fields.filter(([, field]) => field.kind === 'decimal'))(
    '%s has a unit',
    (_name, field, entity) => {
      if (field.currency === undefined) expect(field.unit).toMatch(/\S/);
      else expect(entityOf(entity).fields[field.currency]?.kind).toBe('text');
    },
  );

  test.each(fields.filter(([, field]) => field.kind.startsWith('reference')))(
    '%s refers to an entity',
    (_name, field) => {
      expect(isEntityName(field.entity ?? '')).toBe(true);
    },
  );

  test.each(fields)('%s leaves the names of extension fields free', (name) => {
    expect(name.split('.')[1]?.startsWith(extensionPrefix)).toBe(false);
  });
});

describe('a shared dimension', () => {
  const where = (dimension: string) =>
    entityNames.filter((name) => Object.hasOwn(entityOf(name).fields, dimension));

  test.each([
    [
      'legal_entity',
      ['customer', 'opportunity', 'quote', 'contract', 'project', 'worker', 'timesheet', 'expense'],
    ],
    ['legal_entity', ['invoice', 'payment']],
    ['currency', ['opportunity', 'quote', 'contract', 'rate', 'project', 'expense', 'invoice', 'payment']],
    ['tax', ['quote', 'expense', 'invoice']],
    ['service_line', ['opportunity', 'quote', 'contract', 'project', 'worker']],
    ['cost_centre', ['project', 'worker', 'timesheet', 'expense']],
    ['billing_method', ['opportunity', 'quote', 'contract', 'project']],
    ['resource_role', ['rate', 'worker', 'assignment', 'timesheet']],
  ])('%s stands in %j, and has one kind', (dimension, entities) => {
    expect(where(dimension)).toEqual(expect.arrayContaining(entities));
    expect(new Set(where(dimension).map((name) => entityOf(name).fields[dimension]?.kind)).size).toBe(1);
  });
});

describe('an accounting outcome', () => {
  const outcomes = fields.filter(([, field]) => field.accounting === true).map(([name]) => name);

  test.each([
    'invoice.number',
    'invoice.total',
    'invoice.disputed',
    'payment.amount',
    'customer.billing_open',
  ])('is %s', (name) => expect(outcomes).toContain(name));

  test.each(['quote.tax', 'expense.tax', 'expense.booking', 'timesheet.invoice', 'contract.billed'])(
    'is %s, in an entity that is none as a whole',
    (name) => expect(outcomes).toContain(name),
  );

  test.each(['customer.name', 'opportunity.amount', 'timesheet.hours', 'expense.approval'])(
    'is not %s',
    (name) => expect(outcomes).not.toContain(name),
  );

  test.each(fields.filter(([, field]) => field.accounting === true))(
    '%s belongs to the erp',
    (_name, field) => {
      expect(field.owner).toBe('erp');
    },
  );

  test('is the whole of what the erp alone makes', () => {
    expect(entityNames.filter((name) => entityOf(name).accounting)).toEqual(['invoice', 'payment']);
  });
});
