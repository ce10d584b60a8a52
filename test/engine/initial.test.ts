import { describe, expect, test } from 'vitest';
import type { Rule } from '../../bridge/rules/rule.ts';
import { customerToCrm } from './rules.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

// Sales make a customer, which gets a name and a VAT number in the erp; from then on these are the erp's.
const toErp: Rule = {
  ...customerToCrm,
  id: 'customer-to-erp',
  from: 'crm',
  to: 'erp',
  fields: ['phone'],
  initial: { fields: ['name', 'vat'], mappings: {} },
  match: ['vat'],
};
const toCrm: Rule = { ...customerToCrm, fields: ['name', 'vat'], match: ['vat'] };
const policy = { owner: 'erp', owners: { phone: 'crm' }, extensions: {}, conflict: 'restore' } as const;

const created = (more: Partial<WorldOptions> = {}) =>
  createWorld({ rules: [toErp], policies: { customer: policy }, ...more });

async function seen(world: World, fields: Record<string, string | null>): Promise<void> {
  world.hubspot.patch('customer', '7', fields);
  await world.tell(world.hubspot, 'customer', '7');
  await world.calm();
}

const acme = { name: 'Acme', vat: 'BE1', phone: '1' };

test('an object that is created gets its initial fields beside the others', async () => {
  const world = await created();
  await seen(world, acme);
  expect(world.odoo.states('customer')).toEqual([acme]);
  const [write] = world.odoo.calls('write');
  expect(write?.changes).toMatchObject([{ fields: acme, initial: ['name', 'vat'] }]);
  // The trace tells all that was sent.
  const attempts = world.rows<{ fields: string }>('select fields from attempt where fields is not null');
  expect(attempts.map(({ fields }) => JSON.parse(fields))).toEqual([acme]);
});

test('an object that is there already gets only the others', async () => {
  const world = await created();
  world.odoo.put('customer', '1', { name: 'Acme SA', vat: 'BE1', phone: null });
  await seen(world, acme);
  expect(world.odoo.all('customer')).toEqual({ 1: { name: 'Acme SA', vat: 'BE1', phone: '1' } });
});

test('initial fields are not written again, and a change of them is no drift', async () => {
  const world = await created();
  await seen(world, acme);
  const [id] = Object.keys(world.odoo.all('customer')) as [string];
  world.odoo.patch('customer', id, { name: 'Acme Holding' });
  await world.tell(world.odoo, 'customer', id);
  await world.calm();
  await seen(world, { name: 'Acme Ltd' });
  expect(world.odoo.calls('write')).toHaveLength(1);

  await seen(world, { phone: '2' });
  expect(world.odoo.get('customer', id)).toEqual({ name: 'Acme Holding', vat: 'BE1', phone: '2' });
  expect(world.rows("select drift from link where system = 'odoo' and drift is not null")).toEqual([]);
});

test('with the way back both agree: the owner has the last word, and nothing goes round', async () => {
  const world = await created({ rules: [toErp, toCrm] });
  await seen(world, acme);
  const [id] = Object.keys(world.odoo.all('customer')) as [string];
  await world.tell(world.odoo, 'customer', id);
  await world.calm();
  const writes = () => [world.odoo.calls('write').length, world.hubspot.calls('write').length];
  const before = writes();

  world.odoo.patch('customer', id, { name: 'Acme Holding' });
  await world.tell(world.odoo, 'customer', id);
  await world.calm();
  await world.tell(world.hubspot, 'customer', '7');
  await world.calm();

  expect(world.odoo.get('customer', id)).toEqual({ ...acme, name: 'Acme Holding' });
  expect(world.hubspot.get('customer', '7')).toEqual({ ...acme, name: 'Acme Holding' });
  expect(writes()).toEqual([before[0], (before[1] as number) + 1]);
});

test('what is created tells nobody of the values that it was given', async () => {
  const world = await created({ rules: [toErp, toCrm] });
  await seen(world, acme);
  const [id] = Object.keys(world.odoo.all('customer')) as [string];
  await world.tell(world.odoo, 'customer', id);
  await world.calm();
  for (const { changes } of world.hubspot.calls('write'))
    for (const { fields } of changes) expect(fields).toEqual({ name: 'Acme', vat: 'BE1' });
  expect(world.hubspot.get('customer', '7')).toEqual(acme);
});

test('a rule can give everything once and keep nothing', async () => {
  const rule = { ...toErp, fields: [], initial: { fields: ['name', 'vat'], mappings: {} } };
  const world = await created({ rules: [rule] });
  await seen(world, acme);
  expect(world.odoo.states('customer')).toEqual([{ name: 'Acme', vat: 'BE1' }]);
  await seen(world, { name: 'Acme Ltd', phone: '3' });
  expect(world.odoo.states('customer')).toEqual([{ name: 'Acme', vat: 'BE1' }]);
});

test('how an initial value is made is said like that of any other', async () => {
  const table = { name: 'countries', values: { BE: 'Belgium' } };
  const initial = {
    fields: ['country', 'city'],
    mappings: {
      country: { kind: 'field', field: 'country', table },
      city: { kind: 'constant', value: 'Ghent' },
    },
  } as const;
  const world = await created({ rules: [{ ...toErp, fields: ['phone'], initial, match: [] }] });
  await seen(world, { phone: '1', country: 'BE' });
  expect(world.odoo.states('customer')).toEqual([{ phone: '1', country: 'Belgium', city: 'Ghent' }]);
});

test('a value that keeps it from being created is corrected in an initial field', async () => {
  const table = { name: 'countries', values: { BE: 'Belgium' } };
  const initial = {
    fields: ['country'],
    mappings: { country: { kind: 'field', field: 'country', table } },
  } as const;
  const world = await created({ rules: [{ ...toErp, initial, match: [] }] });
  await seen(world, { phone: '1', country: 'XX' });
  expect(world.delivery('7')).toMatchObject({ state: 'dead', error: 'invalid' });
  await seen(world, { country: 'BE' });
  expect(world.odoo.states('customer')).toEqual([{ phone: '1', country: 'Belgium' }]);
});

test('a lost answer leaves what the owner changed meanwhile', async () => {
  // Nothing finds it but its reference.
  const world = await created({ rules: [{ ...toErp, match: [] }] });
  world.odoo.failNext('write', { kind: 'lost' });
  await seen(world, acme);
  const [id] = Object.keys(world.odoo.all('customer')) as [string];
  world.odoo.patch('customer', id, { name: 'Acme Holding' });
  await world.pass(60_000);
  expect(world.odoo.all('customer')).toEqual({ [id]: { ...acme, name: 'Acme Holding' } });
  expect(world.delivery('7')).toMatchObject({ state: 'done' });
});

test('what an initial field refers to is brought first', async () => {
  const project: Rule = {
    ...customerToCrm,
    id: 'project-to-erp',
    entity: 'project',
    from: 'crm',
    to: 'erp',
    fields: ['name'],
    initial: { fields: ['customer'], mappings: {} },
  };
  const world = await createWorld({ rules: [{ ...toErp, create: 'needed' }, project] });
  world.hubspot.put('customer', '7', acme);
  world.hubspot.put('project', '3', { name: 'Website', customer: '7' });
  await world.tell(world.hubspot, 'project', '3');
  await world.calm();
  const [customer] = Object.keys(world.odoo.all('customer'));
  expect(customer).toBeDefined();
  expect(world.odoo.states('project')).toEqual([{ name: 'Website', customer }]);
});

describe('of several rules', () => {
  const other: Rule = {
    ...toErp,
    id: 'address-to-erp',
    fields: ['city'],
    initial: { fields: ['vat', 'country'], mappings: {} },
  };

  test('all give what they have', async () => {
    const first = { ...toErp, initial: { fields: ['name'], mappings: {} } };
    const world = await created({ rules: [first, other], policies: {} });
    await seen(world, { ...acme, city: 'Ghent', country: 'BE' });
    expect(world.odoo.states('customer')).toEqual([{ ...acme, city: 'Ghent', country: 'BE' }]);
  });

  test('what another one always writes is always written', async () => {
    const world = await created({
      rules: [
        { ...toErp, fields: ['phone', 'vat'], initial: { fields: ['name'], mappings: {} } },
        { ...other, initial: { fields: ['vat'], mappings: { vat: { kind: 'constant', value: 'none' } } } },
      ],
      policies: {},
    });
    await seen(world, { ...acme, city: 'Ghent' });
    expect(world.odoo.states('customer')).toEqual([{ ...acme, city: 'Ghent' }]);
  });
});

describe('in shadow', () => {
  test('it is recorded with what it would be created with', async () => {
    const world = await created({ shadow: ['odoo'] });
    await seen(world, acme);
    expect(world.odoo.calls('write')).toEqual([]);
    const [{ shadow }] = world.rows<{ shadow: string }>(
      'select shadow from attempt where shadow is not null',
    ) as [{ shadow: string }];
    expect(JSON.parse(shadow)).toEqual({ action: 'create', fields: acme });
  });
});

describe('what must not be given to anybody is refused right before it would be written', () => {
  test.each([
    ['an accounting outcome', { fields: ['billing_open'], mappings: {} }, 'billing_open'],
    ['a field of a third role', { fields: ['city'], mappings: {} }, 'city (owned by the psa)'],
  ])('%s', async (_, initial, named) => {
    const world = await createWorld({
      rules: [{ ...toErp, initial, match: [] }],
      policies: { customer: { ...policy, owners: { phone: 'crm', city: 'psa' } } },
    });
    await seen(world, { ...acme, city: 'Ghent', billing_open: '10.00' });
    expect(world.odoo.calls('write')).toEqual([]);
    const { state, error, cause } = world.delivery('7');
    expect({ state, error }).toEqual({ state: 'dead', error: 'denied' });
    expect(cause).toContain(named);
  });
});
