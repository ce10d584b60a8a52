import { describe, expect, test } from 'vitest';
import type { Rule } from '../../bridge/rules/rule.ts';
import { customerToCrm, projectToPsa } from './rules.ts';
import { createWorld, type World } from './world.ts';

const likely: Rule = { ...customerToCrm, match: ['vat'], propose: true };

/** `Acme GmbH` of the erp, and what the CRM has. */
async function acme(
  crm: Readonly<Record<string, string>>,
  rules: readonly Rule[] = [likely],
): Promise<World> {
  const world = await createWorld({ rules });
  for (const [id, name] of Object.entries(crm)) {
    world.hubspot.put('customer', id, { name });
    await world.tell(world.hubspot, 'customer', id);
  }
  await world.calm();
  world.odoo.put('customer', '1', { name: 'Acme GmbH', vat: 'DE123456789' });
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  return world;
}

async function decide(world: World, targetId: string, accept: boolean) {
  const proposal = (await world.store.openProposals()).find((one) => one.targetId === targetId);
  const decided = await world.store.decide(proposal?.id as string, { accept, by: 'ann' });
  if (decided.ok) world.engine.wakeDeliveries(decided.woken);
  await world.pass(1000);
  return decided;
}

const states = (world: World) =>
  world.rows<{ targetId: string; state: string }>(
    'select target_id as targetId, state from proposal order by target_id',
  );

const linked = (world: World) =>
  world.rows<{ ids: string }>(
    `select group_concat(system || ' ' || external_id, ', ' order by system) as ids from link group by object_id`,
  );

describe('an object that is likely there', () => {
  test('is proposed with a score and the evidence, and nothing is written', async () => {
    const world = await acme({ c1: 'ACME', c2: 'Initech' });
    expect(world.delivery('1')).toEqual({
      state: 'waiting',
      tries: 0,
      error: 'proposed',
      cause:
        'hubspot may have this customer already: c1 (0.95). Say which one is odoo:customer:1, or none: bridge matches.',
    });
    expect(await world.store.openProposals()).toMatchObject([
      {
        entity: 'customer',
        source: 'odoo',
        sourceId: '1',
        target: 'hubspot',
        targetId: 'c1',
        score: 0.95,
        evidence: [{ field: 'name', left: 'Acme GmbH', right: 'ACME', similarity: 1, weight: 0.4 }],
        state: 'open',
      },
    ]);
    await world.pass(24 * 3_600_000);
    expect(world.hubspot.calls('write')).toEqual([]);
  });

  test('is created when the rules do not ask for proposals', async () => {
    const world = await acme({ c1: 'ACME' }, [{ ...likely, propose: false }]);
    expect(world.hubspot.states('customer')).toHaveLength(2);
    expect(states(world)).toEqual([]);
  });

  test.each([true, false])(
    'is none of those that an earlier try made whose answer was lost (repeatable: %s)',
    async (repeatable) => {
      // Of the number that they are matched by, the rules bring nothing there.
      const world = await createWorld({ rules: [{ ...likely, fields: ['name'] }] });
      world.hubspot.failNext('write', { kind: 'lost', repeatable });
      world.odoo.put('customer', '1', { name: 'Acme GmbH', vat: 'DE123456789' });
      await world.tell(world.odoo, 'customer', '1');
      await world.calm();
      // A poll sees it before the next try is made.
      const [made] = Object.keys(world.hubspot.all('customer'));
      await world.tell(world.hubspot, 'customer', made as string);
      await world.calm();
      await world.pass(60_000);
      expect(world.delivery('1')).toMatchObject({ state: 'done' });
      expect(states(world)).toEqual([]);
      expect(Object.keys(world.hubspot.all('customer'))).toEqual([made]);
    },
  );

  test('accepted: linked, written, and what waited for it goes on', async () => {
    const world = await acme({ c1: 'ACME', c2: 'Acme AG' }, [likely, { ...projectToPsa, to: 'crm' }]);
    world.odoo.put('project', '5', { name: 'P', customer: '1', status: 'active', billable: true });
    await world.tell(world.odoo, 'project', '5');
    await world.calm();
    expect(world.delivery('5').state).toBe('waiting');
    expect(await decide(world, 'c1', true)).toMatchObject({
      ok: true,
      proposal: { state: 'accepted', decidedBy: 'ann' },
    });
    expect(linked(world)).toContainEqual({ ids: 'hubspot c1, odoo 1' });
    expect(world.hubspot.get('customer', 'c1')).toEqual({ name: 'Acme GmbH', vat: 'DE123456789' });
    expect(world.delivery('5').state).toBe('done');
    expect(states(world)).toEqual([
      { targetId: 'c1', state: 'accepted' },
      { targetId: 'c2', state: 'obsolete' },
    ]);
    const [{ id }] = world.rows<{ id: string }>("select id from proposal where state = 'accepted'") as [
      { id: string },
    ];
    expect(await world.store.decide(id, { accept: false, by: 'bob' })).toMatchObject({
      ok: false,
      error: 'conflict',
      message: expect.stringMatching(/^This was accepted by ann already, at 20/),
    });
    expect(await world.store.decide('other', { accept: false, by: 'bob' })).toMatchObject({
      error: 'not_found',
    });
  });

  test('rejected, all of them: created; never proposed again', async () => {
    const world = await acme({ c1: 'ACME', c2: 'Acme AG' });
    await decide(world, 'c2', false);
    expect(world.delivery('1').state).toBe('waiting');
    await decide(world, 'c1', false);
    expect(world.delivery('1').state).toBe('done');
    expect(linked(world)).toEqual([{ ids: 'hubspot hubspot-1, odoo 1' }]);
    expect(world.hubspot.get('customer', 'c1')).toEqual({ name: 'ACME' });
    // Even the same number does not outvote the person.
    world.hubspot.delete('customer', 'hubspot-1');
    world.hubspot.patch('customer', 'c1', { vat: 'DE123456789' });
    await world.tell(world.hubspot, 'customer', 'c1');
    world.odoo.patch('customer', '1', { name: 'Acme Germany GmbH' });
    await world.tell(world.odoo, 'customer', '1');
    await world.pass(1000);
    expect(states(world)).toEqual([
      { targetId: 'c1', state: 'rejected' },
      { targetId: 'c2', state: 'rejected' },
    ]);
    expect(linked(world)).not.toContainEqual({ ids: 'hubspot c1, odoo 1' });
  });

  test('is decided about once when rules go both ways', async () => {
    const back: Rule = { ...likely, id: 'back', from: 'crm', to: 'erp', fields: ['email'], propose: false };
    const world = await createWorld({ rules: [likely, back] });
    world.odoo.put('customer', '1', { name: 'Acme GmbH' });
    world.hubspot.put('customer', 'c1', { name: 'ACME', email: 'a@b.example' });
    await Promise.all([world.tell(world.odoo, 'customer', '1'), world.tell(world.hubspot, 'customer', 'c1')]);
    await world.pass(2000);
    expect([world.delivery('1').error, world.delivery('c1').error]).toEqual(['proposed', 'proposed']);
    const [proposal, ...others] = await world.store.openProposals();
    expect(others).toEqual([]);
    await decide(world, proposal?.targetId as string, true);
    expect(linked(world)).toEqual([{ ids: 'hubspot c1, odoo 1' }]);
    expect(world.odoo.all('customer')).toEqual({ '1': { name: 'Acme GmbH', email: 'a@b.example' } });
    expect(world.hubspot.all('customer')).toEqual({ c1: { name: 'Acme GmbH', email: 'a@b.example' } });
    expect([world.delivery('1').state, world.delivery('c1').state]).toEqual(['done', 'done']);
  });

  test('that is linked already is not proposed', async () => {
    const world = await createWorld({ rules: [likely] });
    world.odoo.put('customer', '2', { name: 'Acme', vat: 'DE2' });
    await world.tell(world.odoo, 'customer', '2');
    await world.calm();
    await world.tell(world.hubspot, 'customer', 'hubspot-1');
    await world.calm();
    world.odoo.put('customer', '1', { name: 'Acme' });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    expect(world.delivery('1').state).toBe('done');
  });

  test('with "create: never" is proposed too, and looked for again when it is none', async () => {
    const world = await acme({ c1: 'ACME' }, [
      { ...likely, create: 'never' },
      { ...projectToPsa, to: 'crm' },
    ]);
    world.odoo.put('project', '5', { name: 'P', customer: '1', status: 'active', billable: true });
    await world.tell(world.odoo, 'project', '5');
    await world.calm();
    expect(world.delivery('1').error).toBe('proposed');
    await decide(world, 'c1', false);
    expect(world.delivery('1').error).toBe('unmatched');
  });
});

describe('a proposal is over', () => {
  test('when its counterpart is gone', async () => {
    const world = await acme({ c1: 'ACME' });
    world.hubspot.delete('customer', 'c1');
    await world.tell(world.hubspot, 'customer', 'c1');
    await world.calm();
    expect(states(world)).toEqual([{ targetId: 'c1', state: 'obsolete' }]);
    expect(world.delivery('1').state).toBe('done');
    expect(world.hubspot.states('customer')).toHaveLength(1);
  });

  test('when its object is gone', async () => {
    const world = await acme({ c1: 'ACME' });
    world.odoo.delete('customer', '1');
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    expect(states(world)).toEqual([{ targetId: 'c1', state: 'obsolete' }]);
    expect(world.delivery('1').state).toBe('done');
    expect(world.hubspot.calls('write')).toEqual([]);
  });

  test('when the two are not alike any more, and opens again when they are', async () => {
    const world = await acme({ c1: 'ACME', c2: 'Acme AG' });
    world.hubspot.patch('customer', 'c1', { name: 'Initech' });
    await world.tell(world.hubspot, 'customer', 'c1');
    await world.calm();
    expect(states(world)).toEqual([
      { targetId: 'c1', state: 'obsolete' },
      { targetId: 'c2', state: 'open' },
    ]);
    expect(world.delivery('1').state).toBe('waiting');
    world.hubspot.patch('customer', 'c1', { name: 'Acme Inc' });
    await world.tell(world.hubspot, 'customer', 'c1');
    world.hubspot.patch('customer', 'c2', { name: 'Acme SA' });
    await world.tell(world.hubspot, 'customer', 'c2');
    await world.calm();
    expect(states(world).map(({ state }) => state)).toEqual(['open', 'open']);
  });

  test('when its counterpart gets an exact one', async () => {
    const world = await acme({ c1: 'ACME' });
    world.odoo.put('customer', '2', { name: 'Acme Berlin', vat: 'DE2' });
    world.hubspot.patch('customer', 'c1', { vat: 'DE 2' });
    await world.tell(world.odoo, 'customer', '2');
    await world.tell(world.hubspot, 'customer', 'c1');
    await world.pass(1000);
    expect(states(world)).toEqual([{ targetId: 'c1', state: 'obsolete' }]);
    expect(linked(world)).toContainEqual({ ids: 'hubspot c1, odoo 2' });
    expect(world.delivery('1').state).toBe('done');
  });

  test('when its object gets an exact one, told of by the target', async () => {
    const world = await acme({ c1: 'ACME' });
    world.hubspot.put('customer', 'c9', { name: 'Something else', vat: 'de 123 456 789' });
    await world.tell(world.hubspot, 'customer', 'c9');
    await world.pass(1000);
    expect(linked(world)).toEqual([{ ids: 'hubspot c9, odoo 1' }]);
    expect(states(world)).toEqual([{ targetId: 'c1', state: 'obsolete' }]);
  });
});

test('a restart keeps what waits for a person, and what was decided', async () => {
  const world = await acme({ c1: 'ACME', c2: 'Acme AG' });
  await decide(world, 'c2', false);
  await world.crash();
  await world.pass(1000);
  expect(world.delivery('1').error).toBe('proposed');
  world.odoo.patch('customer', '1', { email: 'a@b.example' });
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  expect(states(world)).toEqual([
    { targetId: 'c1', state: 'open' },
    { targetId: 'c2', state: 'rejected' },
  ]);
  await decide(world, 'c1', true);
  expect(linked(world)).toEqual([{ ids: 'hubspot c1, odoo 1' }]);
});
