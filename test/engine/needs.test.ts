import { describe, expect, test } from 'vitest';
import { openDatabaseForReading } from '../../bridge/store/database.ts';
import { readStatus } from '../../bridge/store/status.ts';
import { customerToPsa, projectToPsa, shippedLikeRules } from './rules.ts';
import { createWorld, type World } from './world.ts';

const companies = { ...customerToPsa, when: { is_company: true } };
const privatePerson =
  'customer 1 of odoo does not go to harvest by the rules (customer-to-psa asks for is_company true), so this cannot either. Correct the customer in odoo, refer to another one, or change the rules.';

async function customer(world: World, id: string, is_company: boolean): Promise<void> {
  world.odoo.put('customer', id, { name: `customer ${id}`, is_company });
  await world.tell(world.odoo, 'customer', id);
}

async function project(world: World, customer: string): Promise<void> {
  world.odoo.put('project', '5', { name: 'P', customer, status: 'active', billable: true });
  await world.tell(world.odoo, 'project', '5');
}

async function forPeople(world: World): Promise<string[]> {
  const reader = openDatabaseForReading(world.path);
  const { problems } = await readStatus(reader);
  reader.connection.close();
  return problems.filter(({ needsPerson }) => needsPerson).map(({ sourceId }) => sourceId);
}

describe('a project of a customer that does not go to the PSA', () => {
  test.each(['known before', 'never seen before'])('is shown to people (%s)', async (when) => {
    const world = await createWorld({ rules: [companies, projectToPsa] });
    if (when === 'known before') {
      await customer(world, '1', false);
      await world.calm();
    } else world.odoo.put('customer', '1', { name: 'customer 1', is_company: false });
    await project(world, '1');
    await world.pass(1000);
    expect(world.delivery('5')).toMatchObject({ state: 'waiting', error: 'unmet', cause: privatePerson });
    expect(await forPeople(world)).toEqual(['5']);
    // It is not looked at again and again.
    const outcomes = world.outcomes().length;
    await world.pass(3_600_000);
    expect(world.outcomes()).toHaveLength(outcomes);
  });

  test('goes on when the customer becomes one that goes there', async () => {
    const world = await createWorld({ rules: [companies, projectToPsa] });
    await customer(world, '1', false);
    await project(world, '1');
    await world.calm();
    expect(world.delivery('5').error).toBe('unmet');
    await customer(world, '1', true);
    await world.calm();
    expect(world.harvest.states('project')).toHaveLength(1);
    expect(await forPeople(world)).toEqual([]);
  });

  test('goes on when it gets another customer', async () => {
    const world = await createWorld({ rules: [companies, projectToPsa] });
    await customer(world, '1', false);
    await customer(world, '2', true);
    await project(world, '1');
    await world.calm();
    expect(world.delivery('5').error).toBe('unmet');
    await project(world, '2');
    await world.calm();
    expect(world.harvest.states('project')).toHaveLength(1);
    expect(world.rows('select * from need')).toEqual([]);
  });

  test('is looked at again at the next start, because the rules may have changed', async () => {
    const world = await createWorld({ rules: [companies, projectToPsa] });
    await customer(world, '1', false);
    await project(world, '1');
    await world.calm();
    const before = world.outcomes().length;
    await world.crash();
    await world.calm();
    expect(world.outcomes().slice(before)).toEqual(['waiting']);
    expect(world.delivery('5').error).toBe('unmet');
  });

  test.each([false, null])(
    'learns of it when that changes while the customer is on its way (%s)',
    async (becomes) => {
      const world = await createWorld({ rules: [companies, projectToPsa] });
      world.harvest.failNext('write', { kind: 'call', error: world.harvest.error('unavailable', 'down') });
      await customer(world, '1', true);
      await project(world, '1');
      await world.calm();
      expect(world.delivery('5')).toMatchObject({ state: 'waiting', error: 'missing' });
      expect(await forPeople(world)).toEqual([]);
      if (becomes === null) {
        world.odoo.delete('customer', '1');
        await world.tell(world.odoo, 'customer', '1', { operation: 'unlink' });
      } else await customer(world, '1', becomes);
      await world.pass(10_000);
      expect(world.delivery('5')).toMatchObject({ state: 'waiting', error: 'unmet' });
      expect(world.delivery('5').cause).toContain(becomes === null ? 'is gone from odoo' : 'by the rules');
      expect(world.harvest.states('customer')).toEqual([]);
    },
  );
});

test('a customer that is needed, and more urgent than what needs it, is brought at once', async () => {
  const urgent = { ...customerToPsa, create: 'needed', lane: 'finance' } as const;
  const world = await createWorld({ rules: [urgent, projectToPsa] });
  await customer(world, '1', true);
  await world.calm();
  expect(world.harvest.states('customer')).toEqual([]);
  await project(world, '1');
  await world.calm();
  expect(world.harvest.states('project')).toHaveLength(1);
});

test('time on a project that only the PSA knows is shown to people, and goes on when the project is linked', async () => {
  const world = await createWorld({ rules: shippedLikeRules });
  world.harvest.put('timesheet', 't1', { project: 'harvest-1', hours: '1', approval: 'approved' });
  await world.tell(world.harvest, 'timesheet', 't1');
  await world.calm();
  expect(world.delivery('t1')).toMatchObject({
    state: 'waiting',
    error: 'unmet',
    cause:
      'project harvest-1 of harvest is not known in odoo and no rule brings it there, so this cannot go there either. Refer to a project that both know, or add a rule.',
  });
  expect(await forPeople(world)).toEqual(['t1']);
  world.odoo.put('project', '5', { name: 'P', customer: null, status: 'active', billable: true });
  await world.tell(world.odoo, 'project', '5');
  await world.calm();
  expect(world.odoo.states('timesheet')).toEqual([{ project: '5', hours: '1' }]);
  expect(await forPeople(world)).toEqual([]);
});

test('what waits for an object or a counterpart is shown to people after an hour', async () => {
  const world = await createWorld();
  await project(world, '1');
  world.harvest.put('worker', 'w1', { name: 'Ann', email: 'ann@firm.example' });
  world.harvest.put('timesheet', 't1', { worker: 'w1', hours: '1', approval: 'approved' });
  await world.tell(world.harvest, 'timesheet', 't1');
  await world.pass(59 * 60_000);
  expect(await forPeople(world)).toEqual([]);
  await world.pass(2 * 60_000);
  expect((await forPeople(world)).sort()).toEqual(['5', 't1', 'w1']);
});
