import { describe, expect, test } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import type { Rule } from '../../bridge/rules/rule.ts';
import { customerToCrm } from './rules.ts';
import { createWorld, type World } from './world.ts';

const byDomain: Rule = { ...customerToCrm, match: ['vat', 'domain'], fields: ['name', 'vat', 'domain'] };

/** A customer of the erp with a domain that a company of the CRM has too. `isKnown`: the bridge has read the company. */
async function meet(
  crm: State,
  erp: State,
  isKnown = true,
  rules: readonly Rule[] = [byDomain],
): Promise<World> {
  const world = await createWorld({ rules });
  world.hubspot.put('customer', 'c1', crm);
  if (isKnown) await world.tell(world.hubspot, 'customer', 'c1');
  await world.calm();
  world.odoo.put('customer', '1', erp);
  await world.tell(world.odoo, 'customer', '1');
  await world.pass(60_000);
  return world;
}

const baker: State = { name: 'Bakkerij Jan', vat: null, domain: 'shop.example' };
const cafe: State = { name: 'Cafe Central', vat: null, domain: 'shop.example' };

async function decide(world: World, accept: boolean) {
  const [proposal] = await world.store.openProposals();
  const decided = await world.store.decide(proposal?.id as string, { accept, by: 'ann' });
  if (decided.ok) world.engine.wakeDeliveries(decided.woken);
  await world.pass(1000);
  return decided;
}

describe.each([true, false])('a company with the same domain (read before: %s)', (isKnown) => {
  test('and another name is proposed, and nothing is written', async () => {
    const world = await meet(baker, cafe, isKnown);
    expect(world.hubspot.all('customer')).toEqual({ c1: baker });
    expect(world.delivery('1')).toMatchObject({ state: 'waiting', error: 'proposed' });
    expect(await world.store.openProposals()).toMatchObject([
      {
        targetId: 'c1',
        evidence: [
          { field: 'domain', left: 'shop.example', right: 'shop.example', similarity: 1 },
          { field: 'name', left: 'Cafe Central', right: 'Bakkerij Jan' },
        ],
      },
    ]);
  });

  test('is linked and written once a person says that they are one', async () => {
    const world = await meet(baker, cafe, isKnown);
    expect(await decide(world, true)).toMatchObject({ ok: true });
    expect(world.hubspot.all('customer')).toEqual({ c1: cafe });
    expect(world.delivery('1')).toMatchObject({ state: 'done' });
  });

  test('stays as it is once a person says that they are two', async () => {
    const world = await meet(baker, cafe, isKnown);
    await decide(world, false);
    expect(world.hubspot.get('customer', 'c1')).toEqual(baker);
    expect(world.hubspot.states('customer')).toEqual([baker, cafe]);
  });

  test.each([
    ['a name with a word more', { name: 'Bakkerij Jan Gent NV' }, {}],
    ['no name', { name: null }, {}],
    [
      'another name and the same VAT number',
      { name: 'Cafe Central', vat: 'BE0477472701' },
      { vat: '0477.472.701', country: 'BE' },
    ],
  ])('and %s is linked at once', async (_, erp, crm) => {
    const rule = { ...byDomain, match: ['domain'] };
    const world = await meet({ ...baker, ...crm }, { ...baker, ...erp }, isKnown, [rule]);
    expect(world.delivery('1')).toMatchObject({ state: 'done' });
    expect(Object.keys(world.hubspot.all('customer'))).toEqual(['c1']);
    expect(await world.store.openProposals()).toEqual([]);
  });

  test('and another VAT number is proposed, also with the same name', async () => {
    const world = await meet({ ...baker, vat: 'BE0477472701' }, { ...baker, vat: 'BE0400000001' }, isKnown);
    expect(await world.store.openProposals()).toHaveLength(1);
    expect(world.hubspot.calls('write')).toEqual([]);
  });
});

test('a domain that is contradicted does not hide what a later field finds', async () => {
  const world = await createWorld({ rules: [{ ...byDomain, match: ['domain', 'name'] }] });
  world.hubspot.put('customer', 'c1', baker);
  world.hubspot.put('customer', 'c2', { ...cafe, domain: null });
  for (const id of ['c1', 'c2']) await world.tell(world.hubspot, 'customer', id);
  await world.calm();
  world.odoo.put('customer', '1', cafe);
  await world.tell(world.odoo, 'customer', '1');
  await world.pass(60_000);
  expect(world.hubspot.all('customer')).toEqual({ c1: baker, c2: cafe });
});

test('it is proposed together with what is likely the same', async () => {
  const world = await createWorld({ rules: [{ ...byDomain, propose: true }] });
  world.hubspot.put('customer', 'c1', baker);
  world.hubspot.put('customer', 'c2', { ...cafe, domain: null });
  for (const id of ['c1', 'c2']) await world.tell(world.hubspot, 'customer', id);
  await world.calm();
  world.odoo.put('customer', '1', cafe);
  await world.tell(world.odoo, 'customer', '1');
  await world.pass(60_000);
  expect((await world.store.openProposals()).map(({ targetId }) => targetId).sort()).toEqual(['c1', 'c2']);
});

test.each([true, false])('is decided about once when rules go both ways (the same: %s)', async (accept) => {
  const fields = ['name', 'vat', 'domain'];
  const back: Rule = {
    ...byDomain,
    id: 'back',
    from: 'crm',
    to: 'erp',
    propose: true,
    fields: [],
    initial: { fields, mappings: {} },
  };
  const world = await createWorld({ rules: [byDomain, back] });
  world.hubspot.put('customer', 'c1', baker);
  world.odoo.put('customer', '1', cafe);
  await world.tell(world.hubspot, 'customer', 'c1');
  await world.tell(world.odoo, 'customer', '1');
  await world.pass(60_000);
  expect(await world.store.openProposals()).toHaveLength(1);
  await decide(world, accept);
  await world.pass(60_000);
  expect(await world.store.openProposals()).toEqual([]);
  expect(world.odoo.states('customer')).toEqual(accept ? [cafe] : [cafe, baker]);
  expect(world.hubspot.states('customer')).toEqual(accept ? [cafe] : [baker, cafe]);
});

test('a page on a platform identifies nobody: the customer is created', async () => {
  const world = await meet({ ...baker, domain: 'facebook.com' }, { ...cafe, domain: 'facebook.com' });
  expect(world.hubspot.get('customer', 'c1')).toEqual({ ...baker, domain: 'facebook.com' });
  expect(world.hubspot.states('customer')).toHaveLength(2);
  expect(await world.store.openProposals()).toEqual([]);
});
