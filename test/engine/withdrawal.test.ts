import { describe, expect, test } from 'vitest';
import { createWorld, type World } from './world.ts';

const approved = {
  worker: 'w1',
  project: 'harvest-1',
  hours: '2',
  notes: 'n',
  approval: 'approved',
} as const;

/** A project and a worker that are linked, so that time can be brought. */
async function staffed(): Promise<World> {
  const world = await createWorld();
  world.odoo.put('project', '5', { name: 'P', customer: null, status: 'active', billable: true });
  world.odoo.put('worker', 'e1', { email: 'ann@firm.example' });
  world.harvest.put('worker', 'w1', { name: 'Ann', email: 'ann@firm.example' });
  world.harvest.put('timesheet', 't0', approved);
  await world.tell(world.odoo, 'project', '5');
  await world.calm();
  await world.tell(world.harvest, 'timesheet', 't0');
  await world.calm();
  expect(world.odoo.states('timesheet')).toHaveLength(1);
  world.harvest.delete('timesheet', 't0');
  await world.tell(world.harvest, 'timesheet', 't0', { operation: 'unlink' });
  await world.calm();
  expect(world.odoo.states('timesheet')).toEqual([]);
  return world;
}

async function time(world: World, approval: string): Promise<void> {
  world.harvest.put('timesheet', 't1', { ...approved, approval });
  await world.tell(world.harvest, 'timesheet', 't1');
}

describe('approval is withdrawn', () => {
  test('before anything left: nothing is brought', async () => {
    const world = await staffed();
    world.odoo.failNext('write', { kind: 'call', error: world.odoo.error('unavailable', 'down') });
    await time(world, 'approved');
    await world.calm();
    await time(world, 'submitted');
    await world.pass(60_000);
    expect(world.odoo.states('timesheet')).toEqual([]);
    expect(world.odoo.calls('remove')).toHaveLength(1);
    expect(world.delivery('t1').state).toBe('done');
  });

  test('while it is being brought: it is removed right after', async () => {
    const world = await staffed();
    const writing = world.odoo.gate('write');
    await time(world, 'approved');
    await writing.reached;
    await time(world, 'submitted');
    await world.calm();
    writing.open();
    await world.calm();
    expect(world.odoo.states('timesheet')).toEqual([]);
    expect(world.odoo.calls('remove')).toHaveLength(2);
  });

  test('after it was brought: it is removed, and brought again when it is approved again', async () => {
    const world = await staffed();
    await time(world, 'approved');
    await world.calm();
    expect(world.odoo.states('timesheet')).toHaveLength(1);
    await time(world, 'unsubmitted');
    await world.calm();
    expect(world.odoo.states('timesheet')).toEqual([]);
    await time(world, 'approved');
    await world.calm();
    expect(world.odoo.states('timesheet')).toEqual([{ worker: 'e1', project: '5', hours: '2', notes: 'n' }]);
  });

  test.each(['lost', 'hang'] as const)(
    'while nobody knows whether it arrived (%s): it is found and removed',
    async (kind) => {
      const world = await staffed();
      world.odoo.failNext('write', kind === 'lost' ? { kind } : { kind, done: true });
      await time(world, 'approved');
      await world.calm();
      await time(world, 'submitted');
      await world.pass(90_000);
      expect(world.odoo.states('timesheet')).toEqual([]);
      expect(world.delivery('t1').state).toBe('done');
      expect(
        world.rows("select external_id from link where system = 'odoo' and entity = 'timesheet'"),
      ).toEqual([]);
    },
  );

  test('and the removal is refused: a person hears why', async () => {
    const world = await staffed();
    await time(world, 'approved');
    await world.calm();
    world.odoo.failNext('remove', { kind: 'items', errors: { 'harvest:timesheet:t1': 'conflict' } });
    await time(world, 'submitted');
    await world.calm();
    expect(world.delivery('t1')).toMatchObject({ state: 'dead', error: 'conflict' });
    expect(world.odoo.states('timesheet')).toHaveLength(1);
  });

  test('a lost answer to the removal does no harm', async () => {
    const world = await staffed();
    await time(world, 'approved');
    await world.calm();
    world.odoo.failNext('remove', { kind: 'lost' });
    await time(world, 'submitted');
    await world.pass(60_000);
    expect(world.delivery('t1').state).toBe('done');
    expect(world.odoo.states('timesheet')).toEqual([]);
  });
});

test.each(['lost', 'hang'] as const)(
  'approved again while nobody knows whether it was removed (%s): it is brought once',
  async (kind) => {
    const world = await staffed();
    await time(world, 'approved');
    await world.calm();
    world.odoo.failNext('remove', kind === 'lost' ? { kind } : { kind, done: true });
    await time(world, 'submitted');
    await world.calm();
    await time(world, 'approved');
    await world.pass(90_000);
    expect(world.odoo.states('timesheet')).toHaveLength(1);
    expect(world.delivery('t1').state).toBe('done');
  },
);

test('what a person removed from the target is not brought again behind their back', async () => {
  const world = await staffed();
  await time(world, 'approved');
  await world.calm();
  for (const id of Object.keys(world.odoo.all('timesheet'))) world.odoo.delete('timesheet', id);
  world.harvest.patch('timesheet', 't1', { notes: 'changed' });
  await world.tell(world.harvest, 'timesheet', 't1');
  await world.pass(10_000);
  expect(world.delivery('t1')).toMatchObject({ state: 'dead', error: 'missing' });
  expect(world.odoo.states('timesheet')).toEqual([]);
});

test('an entry that is deleted is removed', async () => {
  const world = await staffed();
  await time(world, 'approved');
  await world.calm();
  world.harvest.delete('timesheet', 't1');
  await world.tell(world.harvest, 'timesheet', 't1', { operation: 'unlink' });
  await world.calm();
  expect(world.odoo.states('timesheet')).toEqual([]);
});

test('"otherwise: keep" leaves what was brought', async () => {
  const world = await createWorld();
  world.odoo.put('project', '5', { name: 'P', customer: null, status: 'active', billable: true });
  await world.tell(world.odoo, 'project', '5');
  await world.calm();
  world.odoo.patch('project', '5', { billable: false, name: 'Internal' });
  await world.tell(world.odoo, 'project', '5');
  await world.calm();
  world.odoo.delete('project', '5');
  await world.tell(world.odoo, 'project', '5', { operation: 'unlink' });
  await world.calm();
  expect(world.harvest.states('project')).toEqual([{ name: 'P', customer: null, status: 'active' }]);
});
