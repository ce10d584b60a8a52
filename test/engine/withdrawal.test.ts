import { describe, expect, test } from 'vitest';
import type { Rule } from '../../bridge/rules/rule.ts';
import { openDatabaseForReading } from '../../bridge/store/database.ts';
import { readStatus } from '../../bridge/store/status.ts';
import { customerToCrm } from './rules.ts';
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

describe('what a person was asked about', () => {
  const companies: Rule = { ...customerToCrm, when: { is_company: true } };
  const acme = { name: 'Acme', vat: 'BE1', email: null, is_company: true };

  const dead = (world: World) => world.rows("select target, error from delivery where state = 'dead'");

  const deliveries = (world: World) => world.rows('select state from delivery order by seq');

  async function problems(world: World) {
    const reader = openDatabaseForReading(world.path);
    const status = await readStatus(reader);
    reader.connection.close();
    return status.problems;
  }

  async function change(world: World, fields: object): Promise<void> {
    world.odoo.patch('customer', '1', fields as never);
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
  }

  async function remove(world: World): Promise<void> {
    world.odoo.delete('customer', '1');
    await world.tell(world.odoo, 'customer', '1', { operation: 'unlink' });
    await world.calm();
  }

  const refuseNext = (world: World) =>
    world.hubspot.failNext('write', { kind: 'items', errors: { 'odoo:customer:1': 'invalid' } });

  /** The customer was refused when it was new. */
  async function refused(...rules: Rule[]): Promise<World> {
    const world = await createWorld({ rules });
    world.odoo.put('customer', '1', acme);
    refuseNext(world);
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    expect(world.delivery('1')).toMatchObject({ state: 'dead', error: 'invalid' });
    return world;
  }

  const leave = (world: World) => change(world, { is_company: false });

  test.each([
    ['is deleted', remove],
    ['leaves the conditions', leave],
  ])('is over when the object %s, and nothing is written', async (_, end) => {
    const world = await refused(companies);
    const written = world.hubspot.calls('write').length;
    await end(world);
    expect(dead(world)).toEqual([]);
    expect(await problems(world)).toEqual([]);
    expect(world.outcomes().at(-1)).toBe('skipped');
    // Once is enough.
    if (world.odoo.get('customer', '1') !== undefined) await change(world, { name: 'Acme AG' });
    await world.pass(3_600_000);
    expect(deliveries(world)).toEqual([{ state: 'superseded' }, { state: 'done' }]);
    expect(world.hubspot.calls('write')).toHaveLength(written);
  });

  test('also of an object that is linked: what is there stays as it is', async () => {
    const world = await createWorld({ rules: [companies] });
    world.odoo.put('customer', '1', acme);
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    refuseNext(world);
    await change(world, { vat: 'wrong' });
    expect(dead(world)).toHaveLength(1);
    const written = world.hubspot.calls('write').length;
    await leave(world);
    expect(dead(world)).toEqual([]);
    expect(world.hubspot.calls('write')).toHaveLength(written);
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme', vat: 'BE1', email: null }]);
    // It comes back as ever.
    await change(world, { is_company: true, vat: 'BE2' });
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme', vat: 'BE2', email: null }]);
  });

  test('is over when it fails while the object leaves the conditions', async () => {
    const world = await createWorld({ rules: [companies] });
    world.odoo.put('customer', '1', acme);
    refuseNext(world);
    const writing = world.hubspot.gate('write');
    await world.tell(world.odoo, 'customer', '1');
    await writing.reached;
    await leave(world);
    writing.open();
    await world.calm();
    expect(world.outcomes()).toEqual(['dead', 'skipped']);
    expect(dead(world)).toEqual([]);
  });

  test('tells what waits for the object that it will not come', async () => {
    const opportunity: Rule = {
      ...customerToCrm,
      id: 'deal',
      entity: 'opportunity',
      fields: ['name', 'customer'],
    };
    const world = await refused(companies, opportunity);
    world.odoo.put('opportunity', '7', { name: 'Roadmap', customer: '1' });
    await world.tell(world.odoo, 'opportunity', '7');
    await world.calm();
    expect(world.delivery('7')).toMatchObject({ state: 'waiting', error: 'missing' });
    await leave(world);
    expect(dead(world)).toEqual([]);
    expect(world.delivery('7')).toMatchObject({ state: 'waiting', error: 'unmet' });
    await world.pass(3_600_000);
    expect(world.rows("select * from delivery where source_id = '1'")).toHaveLength(2);
  });

  test('is tried again without what a rule gave that brings it no longer', async () => {
    const names: Rule = { ...customerToCrm, id: 'names', fields: ['name'] };
    const world = await refused(names, { ...companies, fields: ['vat'] });
    await leave(world);
    expect(dead(world)).toEqual([]);
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme' }]);
  });

  test('is not tried again by a change that no rule brings', async () => {
    const names: Rule = { ...customerToCrm, id: 'names', fields: ['name'] };
    const world = await refused(names, { ...companies, when: { is_company: false } });
    await change(world, { email: 'a@b.example' });
    expect(deliveries(world)).toEqual([{ state: 'dead' }]);
  });

  test('is not asked again by each change as long as nobody has decided', async () => {
    const raising: Rule = { ...companies, id: 'raising', otherwise: 'raise', deleted: 'raise' };
    const world = await createWorld({ rules: [raising, { ...companies, id: 'keeping', fields: ['email'] }] });
    world.odoo.put('customer', '1', acme);
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    await leave(world);
    expect(dead(world)).toEqual([{ target: 'hubspot', error: 'conflict' }]);
    for (const name of ['Acme AG', 'Acme SE']) await change(world, { name });
    expect(dead(world)).toHaveLength(1);
    await remove(world);
    // Asked once more, in place of the first time.
    expect(dead(world)).toHaveLength(1);
    expect(world.delivery('1').cause).toContain('was deleted');
    expect(world.outcomes()).toEqual(['created', 'dead', 'dead']);
  });

  test('is over at the next change when the rules have changed', async () => {
    const world = await refused(customerToCrm);
    await world.engine.stop(0);
    await world.restart({ rules: [{ ...companies, when: { is_company: false } }] });
    await world.calm();
    expect(dead(world)).toHaveLength(1);
    await remove(world);
    expect(dead(world)).toEqual([]);
  });
});
