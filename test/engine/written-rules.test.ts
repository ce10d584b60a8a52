import { describe, expect, test } from 'vitest';
import type { ValueTable } from '../../bridge/rules/part.ts';
import type { RuleSet } from '../../bridge/rules/rule.ts';
import { customerToCrm, customerToPsa, projectToPsa } from './rules.ts';
import { createWorld, type World } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;

/** A customer of Odoo, as its system keeps it. */
async function tell(world: World, id: string, state: Record<string, string | boolean | null>): Promise<void> {
  world.odoo.put('customer', id, state);
  await world.tell(world.odoo, 'customer', id);
  await world.calm();
}

describe('ownership at the write', () => {
  const policies: RuleSet['entities'] = {
    customer: { owner: 'erp', owners: { email: 'crm' }, extensions: {}, conflict: 'keep' },
  };

  test('a field of another owner is not written: the delivery is dead, and nobody was called', async () => {
    // The check of the rules does not let such a rule pass; the write does not rely on it.
    const world = await createWorld({ rules: [customerToCrm], policies });
    await tell(world, '1', { name: 'Acme', vat: 'BE1', email: 'info@acme.example' });
    expect(world.hubspot.calls('write')).toEqual([]);
    expect(world.delivery('1')).toMatchObject({
      state: 'dead',
      error: 'denied',
      cause:
        'Nothing was written: odoo, the erp, must not set email (owned by the crm) of customer in hubspot. Take it out of the rules, or change the owner there.',
    });
  });

  test('others of the same call are written', async () => {
    const world = await createWorld({ rules: [customerToCrm], policies, batch: 10 });
    world.odoo.put('customer', '1', { name: 'Acme', vat: 'BE1', email: 'info@acme.example' });
    world.odoo.put('customer', '2', { name: 'Bolt', vat: 'BE2' });
    await world.tell(world.odoo, 'customer', '1');
    await world.tell(world.odoo, 'customer', '2');
    await world.calm();
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Bolt', vat: 'BE2' }]);
    expect(world.delivery('1').state).toBe('dead');
    expect(world.delivery('2').state).toBe('done');
  });

  test('nobody writes accounting outcomes to the erp', async () => {
    const rules = [
      { ...customerToCrm, id: 'back', from: 'crm', to: 'erp', fields: ['name', 'billing_open'] },
    ] as const;
    const world = await createWorld({ rules });
    world.hubspot.put('customer', 'c1', { name: 'Acme', billing_open: '0' });
    await world.tell(world.hubspot, 'customer', 'c1');
    await world.calm();
    expect(world.odoo.calls('write')).toEqual([]);
    expect(world.delivery('c1')).toMatchObject({ state: 'dead', error: 'denied' });
  });
});

describe('value tables', () => {
  const table: ValueTable = { name: 'countries', values: { BE: 'Belgium' } };
  const rules = [
    {
      ...customerToCrm,
      fields: ['name', 'city'],
      mappings: { city: { kind: 'field', field: 'country', table } },
    },
  ] as const;

  test('write what a value is on the other side', async () => {
    const world = await createWorld({ rules });
    await tell(world, '1', { name: 'Acme', country: 'BE' });
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme', city: 'Belgium' }]);
  });

  test('a change of the field that a value is made from is news', async () => {
    const world = await createWorld({ rules });
    await tell(world, '1', { name: 'Acme', country: 'BE' });
    await tell(world, '1', { name: 'Acme', country: null });
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme', city: null }]);
  });

  test('a value that is not in the table waits for a person, and goes on when it is corrected', async () => {
    const world = await createWorld({ rules });
    await tell(world, '1', { name: 'Acme', country: 'XX' });
    expect(world.hubspot.calls('write')).toEqual([]);
    expect(world.delivery('1')).toMatchObject({
      state: 'dead',
      error: 'invalid',
      cause:
        'The value table "countries" does not say what "XX" becomes, which the rule customer-to-crm needs for the field "city". Add it to the table, or correct the value.',
    });
    await tell(world, '1', { name: 'Acme', country: 'BE' });
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme', city: 'Belgium' }]);
    expect(world.rows("select id from delivery where state = 'dead'")).toEqual([]);
  });
});

describe('timing', () => {
  const nightly = { kind: 'window', cron: '0 20 * * *', minutes: 60 } as const;

  test('a delivery leaves when its window opens, with the newest state', async () => {
    const world = await createWorld({ rules: [{ ...customerToCrm, timing: nightly }] });
    await tell(world, '1', { name: 'Acme' });
    await world.pass(6 * hour);
    await tell(world, '1', { name: 'Acme Ltd' });
    expect(world.hubspot.calls('write')).toEqual([]);
    await world.pass(7 * hour);
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme Ltd' }]);
    expect(world.hubspot.calls('write')).toHaveLength(1);
    expect(world.delivery('1').tries).toBe(1);
  });

  test('what could not leave while its window was open waits for the next one', async () => {
    const world = await createWorld({ rules: [{ ...customerToCrm, timing: { ...nightly, minutes: 1 } }] });
    await tell(world, '1', { name: 'Acme' });
    const limited = world.hubspot.error('limited', 'slow down', { retryAfterMilliseconds: 2 * minute });
    world.hubspot.failNext('write', { kind: 'call', error: limited });
    await world.pass(13 * hour);
    expect(world.hubspot.calls('write')).toHaveLength(1);
    expect(world.delivery('1')).toMatchObject({
      state: 'pending',
      error: 'window',
      cause: 'The rules let a customer go to hubspot only at set times.',
    });
    await world.pass(24 * hour);
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme' }]);
    expect(world.hubspot.calls('write')).toHaveLength(2);
  });

  test('what waits for the next window after a try that failed leaves at once when it is not bound to one any more', async () => {
    const urgent = { when: { is_company: false }, skip: false, timing: { kind: 'real-time' } } as const;
    const timing = { ...nightly, minutes: 1 };
    const world = await createWorld({ rules: [{ ...customerToCrm, timing, overrides: [urgent] }] });
    await tell(world, '1', { name: 'Acme', is_company: true });
    world.hubspot.failNext('write', { kind: 'items', errors: { 'odoo:customer:1': 'unavailable' } });
    await world.pass(13 * hour);
    expect(world.delivery('1')).toMatchObject({ state: 'pending', tries: 1, error: 'window' });
    await tell(world, '1', { name: 'Ann', is_company: false });
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Ann' }]);
  });

  test('what is needed waits for its window too', async () => {
    const rules = [{ ...customerToPsa, timing: nightly }, projectToPsa];
    const world = await createWorld({ rules });
    world.odoo.put('customer', '1', { name: 'Acme' });
    world.odoo.put('project', '5', { name: 'P', customer: '1', status: 'active', billable: true });
    await world.tell(world.odoo, 'customer', '1');
    await world.tell(world.odoo, 'project', '5');
    await world.pass(6 * hour);
    expect(world.harvest.calls('write')).toEqual([]);
    await world.pass(7 * hour);
    expect(world.harvest.states('project')).toHaveLength(1);
  });

  test('the rules to one target leave together, at the earliest of their times', async () => {
    const rules = [
      { ...customerToCrm, fields: ['name'], timing: nightly },
      { ...customerToCrm, id: 'at-once', fields: ['vat'] },
    ];
    const world = await createWorld({ rules });
    await tell(world, '1', { name: 'Acme', vat: 'BE1' });
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme', vat: 'BE1' }]);
  });
});

describe('overrides', () => {
  const rules = [
    {
      ...customerToCrm,
      fields: ['name', 'vat'],
      otherwise: 'remove',
      deleted: 'keep',
      overrides: [
        { when: { country: 'FR' }, skip: true },
        { when: { country: 'DE' }, skip: false, fields: ['name'], mappings: {}, lane: 'bulk' },
      ],
    },
  ] as const;

  test('bring less, in another lane', async () => {
    const world = await createWorld({ rules });
    await tell(world, '1', { name: 'Acme', vat: 'BE1', country: 'BE' });
    await tell(world, '2', { name: 'Bolt', vat: 'DE2', country: 'DE' });
    await tell(world, '3', { name: 'Coq', vat: 'FR3', country: 'FR' });
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme', vat: 'BE1' }, { name: 'Bolt' }]);
    expect(world.rows('select lane from delivery order by source_id')).toEqual([{ lane: 1 }, { lane: 2 }]);
  });

  test('an object that comes under one is brought as it says', async () => {
    const world = await createWorld({ rules });
    await tell(world, '1', { name: 'Acme', vat: 'DE1', country: 'DE' });
    await tell(world, '1', { name: 'Acme', vat: 'DE1', country: 'BE' });
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme', vat: 'DE1' }]);
  });

  test('an object that is left out from now on is taken back; one that was deleted stays', async () => {
    const world = await createWorld({ rules });
    await tell(world, '1', { name: 'Acme', vat: 'BE1', country: 'BE' });
    await tell(world, '2', { name: 'Bolt', vat: 'BE2', country: 'BE' });
    await tell(world, '1', { name: 'Acme', vat: 'BE1', country: 'FR' });
    world.odoo.delete('customer', '2');
    await world.tell(world.odoo, 'customer', '2', { operation: 'unlink' });
    await world.calm();
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Bolt', vat: 'BE2' }]);
  });
});

describe('what should not be there any more', () => {
  const rules = [
    { ...customerToCrm, when: { is_company: true }, otherwise: 'raise', deleted: 'raise' },
  ] as const;

  test('a person is asked what becomes of an object whose conditions do not hold any more', async () => {
    const world = await createWorld({ rules });
    await tell(world, '1', { name: 'Acme', is_company: true });
    await tell(world, '1', { name: 'Ann', is_company: false });
    expect(world.delivery('1')).toMatchObject({
      state: 'dead',
      error: 'conflict',
      cause:
        'customer 1 of odoo does not meet the conditions of the rule customer-to-crm any more, and it is customer hubspot-1 in hubspot. Decide what becomes of it there.',
    });
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme' }]);
    // Back to what it was: nothing has to be decided any more.
    await tell(world, '1', { name: 'Ann & Co', is_company: true });
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Ann & Co' }]);
    expect(world.rows("select id from delivery where state = 'dead'")).toEqual([]);
  });

  test('and of one that was deleted', async () => {
    const world = await createWorld({ rules });
    await tell(world, '1', { name: 'Acme', is_company: true });
    world.odoo.delete('customer', '1');
    await world.tell(world.odoo, 'customer', '1', { operation: 'unlink' });
    await world.calm();
    expect(world.delivery('1')).toMatchObject({ state: 'dead', error: 'conflict' });
    expect(world.delivery('1').cause).toContain('customer 1 of odoo was deleted');
    expect(world.hubspot.states('customer')).toHaveLength(1);
  });

  test('and of one that was deleted after its conditions did not hold any more', async () => {
    const world = await createWorld({ rules: [{ ...rules[0], otherwise: 'keep' }] });
    await tell(world, '1', { name: 'Acme', is_company: true });
    await tell(world, '1', { name: 'Ann', is_company: false });
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme' }]);
    world.odoo.delete('customer', '1');
    await world.tell(world.odoo, 'customer', '1', { operation: 'unlink' });
    await world.calm();
    expect(world.delivery('1')).toMatchObject({ state: 'dead', error: 'conflict' });
  });

  describe('where an override says it', () => {
    const german = { when: { country: 'DE' }, skip: false } as const;
    const base = { ...customerToCrm, when: { is_company: true } } as const;

    test.each([
      ['keep', 'remove'],
      ['remove', 'keep'],
    ] as const)('goes by the override: %s, and %s where none holds', async (ofGermans, ofOthers) => {
      const overrides = [{ ...german, otherwise: ofGermans }];
      const world = await createWorld({ rules: [{ ...base, otherwise: ofOthers, overrides }] });
      for (const [id, country] of [
        ['1', 'DE'],
        ['2', 'BE'],
      ] as const) {
        await tell(world, id, { name: country, country, is_company: true });
        await tell(world, id, { name: country, country, is_company: false });
      }
      expect(world.hubspot.states('customer')).toEqual([{ name: ofGermans === 'keep' ? 'DE' : 'BE' }]);
    });

    test('goes by the override of the newest state', async () => {
      const overrides = [{ ...german, otherwise: 'keep' }] as const;
      const world = await createWorld({ rules: [{ ...base, otherwise: 'remove', overrides }] });
      await tell(world, '1', { name: 'Acme', country: 'DE', is_company: true });
      await tell(world, '1', { name: 'Acme', country: 'BE', is_company: false });
      expect(world.hubspot.states('customer')).toEqual([]);
    });

    test('takes nothing away where that cannot be computed: a person is told', async () => {
      const where = { text: '1 / (size(name) - 4) < 1', fields: { name: 'text' } } as const;
      const overrides = [{ when: {}, where, skip: false, otherwise: 'keep' }] as const;
      const world = await createWorld({ rules: [{ ...base, otherwise: 'remove', overrides }] });
      await tell(world, '1', { name: 'Acme & Co', is_company: true });
      await tell(world, '1', { name: 'Acme', is_company: false });
      expect(world.delivery('1')).toMatchObject({ state: 'dead', error: 'invalid' });
      expect(world.hubspot.states('customer')).toHaveLength(1);
    });
  });

  test('nobody is asked about an object that never went there', async () => {
    const world = await createWorld({ rules });
    await tell(world, '1', { name: 'Ann', is_company: false });
    await tell(world, '1', { name: 'Anne', is_company: false });
    expect(world.rows('select id from delivery')).toEqual([]);
  });
});

test('a condition that cannot be computed takes nothing away: a person is told', async () => {
  const where = { text: '1 / (size(name) - 4) < 1', fields: { name: 'text' } } as const;
  const world = await createWorld({
    rules: [{ ...customerToCrm, fields: ['name'], where, otherwise: 'remove' }],
  });
  await tell(world, '1', { name: 'Acme & Co' });
  expect(world.hubspot.states('customer')).toHaveLength(1);
  await tell(world, '1', { name: 'Acme' });
  expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme & Co' }]);
  expect(world.delivery('1')).toMatchObject({
    state: 'dead',
    error: 'invalid',
    cause:
      'The rule customer-to-crm cannot compute "where" by 1 / (size(name) - 4) < 1: division by zero. Correct the values that it reads, or the expression.',
  });
});

test('a counterpart is looked for by the value as it would be written', async () => {
  const expression = { text: '"C-" + name', fields: { name: 'text' } } as const;
  const mappings = { name: { kind: 'expression', expression, result: { kind: 'text' } } } as const;
  const world = await createWorld({
    rules: [{ ...customerToCrm, fields: ['name', 'vat'], mappings, match: ['name'] }],
  });
  world.hubspot.put('customer', 'c1', { name: 'C-Acme' });
  await tell(world, '1', { name: 'Acme', vat: 'BE1' });
  expect(world.hubspot.states('customer')).toEqual([{ name: 'C-Acme', vat: 'BE1' }]);
});
