import { describe, expect, test } from 'vitest';
import { customerToCrm, customerToPsa, projectToPsa, workerToErp } from './rules.ts';
import { createWorld, type World } from './world.ts';

/** A billable project of a customer, in Odoo. */
function project(world: World, id: string, customer: string): void {
  world.odoo.put('project', id, { name: `project ${id}`, customer, status: 'active', billable: true });
}

describe('what a delivery refers to', () => {
  test('is brought first where the rules say "needed", and the delivery goes on by itself', async () => {
    const world = await createWorld();
    world.odoo.put('customer', '1', { name: 'Acme' });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    expect(world.harvest.states('customer')).toEqual([]);
    project(world, '5', '1');
    await world.tell(world.odoo, 'project', '5');
    await world.calm();
    const [[customer]] = Object.entries(world.harvest.all('customer')) as [[string, object]];
    expect(world.harvest.states('project')).toEqual([{ name: 'project 5', customer, status: 'active' }]);
    expect(world.outcomes()).toEqual(expect.arrayContaining(['waiting']));
    expect(world.rows('select * from need')).toEqual([]);
  });

  test('is read on demand when it was never seen', async () => {
    const world = await createWorld();
    world.odoo.put('customer', '1', { name: 'Acme' });
    project(world, '5', '1');
    project(world, '6', '1');
    await Promise.all([world.tell(world.odoo, 'project', '5'), world.tell(world.odoo, 'project', '6')]);
    await world.calm();
    expect(world.harvest.states('customer')).toEqual([{ name: 'Acme' }]);
    expect(world.harvest.states('project')).toHaveLength(2);
    expect(world.odoo.calls('read').filter(({ entity }) => entity === 'customer')).toHaveLength(1);
  });

  test('is read again when it was not there the first time', async () => {
    const world = await createWorld();
    project(world, '5', '1');
    await world.tell(world.odoo, 'project', '5');
    await world.calm();
    expect(world.delivery('5').state).toBe('waiting');
    world.odoo.put('customer', '1', { name: 'Acme' });
    world.odoo.patch('project', '5', { status: 'closed' });
    await world.tell(world.odoo, 'project', '5');
    await world.calm();
    expect(world.harvest.states('project')).toEqual([expect.objectContaining({ status: 'closed' })]);
  });

  test('is tried again when it was corrected after a person had to look at it', async () => {
    const world = await createWorld();
    for (const id of ['1', '2']) world.odoo.put('customer', id, { name: `customer ${id}` });
    world.harvest.failNext('write', { kind: 'items', errors: { 'odoo:customer:1': 'invalid' } });
    project(world, '5', '1');
    await world.tell(world.odoo, 'project', '5');
    await world.calm();
    expect(world.delivery('5').state).toBe('waiting');
    // Nothing changed: it is not tried again by itself.
    world.odoo.patch('project', '5', { status: 'closed' });
    await world.tell(world.odoo, 'project', '5');
    await world.pass(1000);
    expect(world.harvest.calls('write')).toHaveLength(1);
    project(world, '5', '2');
    await world.tell(world.odoo, 'project', '5');
    await world.pass(1000);
    expect(world.delivery('5').state).toBe('done');
    // It is corrected while nothing needs it, and needed afterwards.
    world.odoo.put('customer', '1', { name: 'Corrected' });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    project(world, '6', '1');
    await world.tell(world.odoo, 'project', '6');
    await world.calm();
    expect(world.delivery('6').state).toBe('done');
  });

  test('that does not exist makes the delivery wait, with a plain cause', async () => {
    const world = await createWorld();
    project(world, '5', '1');
    await world.tell(world.odoo, 'project', '5');
    await world.pass(3_600_000);
    expect(world.delivery('5')).toMatchObject({
      state: 'waiting',
      cause: 'Waits until harvest knows customer 1 of odoo.',
    });
    expect(world.harvest.calls('write')).toEqual([]);
  });

  test('becomes known by a delivery the other way round: the delivery goes on at once', async () => {
    const world = await createWorld();
    // Time is booked on a project of the PSA while the erp is still bringing that project there.
    world.odoo.put('worker', 'e1', { email: 'a@firm.example' });
    world.harvest.put('worker', 'w1', { name: 'A', email: 'a@firm.example' });
    world.odoo.put('project', '5', { name: 'P', customer: null, status: 'active', billable: true });
    const settling = world.harvest.gate('write');
    await world.tell(world.odoo, 'project', '5');
    await settling.reached;
    world.harvest.put('timesheet', 't1', {
      worker: 'w1',
      project: 'harvest-1',
      hours: '1',
      notes: 'early',
      approval: 'approved',
    });
    await world.tell(world.harvest, 'timesheet', 't1');
    await world.calm();
    expect(world.delivery('t1').state).toBe('waiting');
    settling.open();
    await world.calm();
    expect(world.odoo.states('timesheet')).toEqual([
      { worker: 'e1', project: '5', hours: '1', notes: 'early' },
    ]);
  });

  test('becomes known through a third system', async () => {
    const task = {
      ...projectToPsa,
      id: 'task-to-psa',
      from: 'crm',
      entity: 'project',
      fields: ['name', 'customer'],
      when: {},
    } as const;
    const fromCrm = {
      ...customerToCrm,
      id: 'customer-to-erp',
      from: 'crm',
      to: 'erp',
      match: ['vat'],
    } as const;
    const world = await createWorld({ rules: [task, fromCrm, customerToPsa] });
    // The customer is known in the erp and the PSA; its company in the CRM is linked to it last.
    world.odoo.put('customer', '1', { name: 'Acme', vat: 'BE1' });
    world.hubspot.put('project', 'd1', { name: 'Deal', customer: 'c1' });
    await world.tell(world.odoo, 'customer', '1');
    await world.tell(world.hubspot, 'project', 'd1');
    await world.calm();
    expect(world.delivery('d1').state).toBe('waiting');
    world.odoo.put('project', '5', { name: 'P', customer: '1' });
    await world.store.settle([]);
    world.hubspot.put('customer', 'c1', { name: 'Acme', vat: 'BE1' });
    await world.tell(world.hubspot, 'customer', 'c1');
    await world.calm();
    expect(world.rows('select distinct object_id from link')).toHaveLength(1);
  });
});

describe('an object that is already there', () => {
  const rules = [{ ...customerToCrm, match: ['vat', 'name'] }];

  test('is found by the first field that has a hit, linked and written', async () => {
    const world = await createWorld({ rules });
    world.hubspot.put('customer', 'h1', { name: 'Acme', vat: 'BE2', city: 'Ghent' });
    world.hubspot.put('customer', 'h2', { name: 'Other', vat: 'BE1' });
    world.odoo.put('customer', '1', { name: 'Acme', vat: 'BE1' });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    expect(world.hubspot.all('customer')).toEqual({
      h1: { name: 'Acme', vat: 'BE2', city: 'Ghent' },
      h2: { name: 'Acme', vat: 'BE1' },
    });
    expect(world.outcomes()).toEqual(['adopted']);
  });

  test('several hits are left to a person, with a plain cause', async () => {
    const world = await createWorld({ rules });
    world.hubspot.put('customer', 'h1', { name: 'Acme', vat: 'BE1' });
    world.hubspot.put('customer', 'h2', { name: 'Acme 2', vat: 'BE1' });
    world.odoo.put('customer', '1', { name: 'Acme', vat: 'BE1' });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    expect(world.delivery('1')).toMatchObject({
      state: 'dead',
      error: 'conflict',
      cause:
        'hubspot has several that could be this customer: h1, h2 have the same vat. Merge them there, or make the vat differ.',
    });
    expect(world.hubspot.calls('write')).toEqual([]);
  });

  test('two objects are never linked to the same counterpart', async () => {
    const world = await createWorld({ rules });
    world.hubspot.put('customer', 'h1', { name: 'Acme', vat: 'BE1' });
    for (const id of ['1', '2']) world.odoo.put('customer', id, { name: `Acme ${id}`, vat: 'BE1' });
    await Promise.all(['1', '2'].map((id) => world.tell(world.odoo, 'customer', id)));
    await world.calm();
    world.odoo.put('customer', '3', { name: 'Acme 3', vat: 'BE1' });
    await world.tell(world.odoo, 'customer', '3');
    await world.calm();
    const names = world.hubspot.states('customer').map(({ name }) => name);
    expect(names.sort()).toEqual(['Acme 1', 'Acme 2', 'Acme 3']);
    const links = world.rows<{ id: string }>("select external_id as id from link where system = 'hubspot'");
    expect(new Set(links.map(({ id }) => id)).size).toBe(3);
  });

  test('a partner that answers with an object of somebody else links nothing', async () => {
    const world = await createWorld({ rules: [customerToCrm] });
    world.odoo.put('customer', '1', { name: 'One' });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    world.hubspot.write = async (_, changes) =>
      changes.map(() => ({ ok: true, id: 'hubspot-1', result: 'adopted' }));
    world.odoo.put('customer', '2', { name: 'Two' });
    await world.tell(world.odoo, 'customer', '2');
    await world.calm();
    expect(world.delivery('2')).toMatchObject({ state: 'dead', error: 'conflict' });
    expect(world.delivery('2').cause).toContain('one of them already belongs to another object');
  });

  test('that is linked to a third system already is found all the same', async () => {
    const fromPsa = { ...workerToErp, entity: 'customer', match: ['name'] } as const;
    const needed = { ...projectToPsa, id: 'p', entity: 'project', from: 'psa', to: 'erp', when: {} } as const;
    const world = await createWorld({
      rules: [customerToCrm, fromPsa, { ...needed, fields: ['name', 'customer'] }],
    });
    world.odoo.put('customer', '1', { name: 'Acme' });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    world.harvest.put('customer', 'k1', { name: 'Acme' });
    world.harvest.put('project', 'p1', { name: 'P', customer: 'k1' });
    await world.tell(world.harvest, 'project', 'p1');
    await world.calm();
    expect(world.odoo.states('project')).toEqual([{ name: 'P', customer: '1' }]);
    expect(world.rows('select distinct object_id from link where entity = ?', 'customer')).toHaveLength(1);
  });
});

describe('"create: never"', () => {
  async function booked(world: World): Promise<void> {
    world.odoo.put('project', '5', { name: 'P', customer: null, status: 'active', billable: true });
    await world.tell(world.odoo, 'project', '5');
    await world.calm();
    world.harvest.put('worker', 'w1', { name: 'Ann', email: 'ann@firm.example' });
    world.harvest.put('timesheet', 't1', {
      worker: 'w1',
      project: 'harvest-1',
      hours: '2',
      notes: 'n',
      approval: 'approved',
    });
    await world.tell(world.harvest, 'timesheet', 't1');
    await world.calm();
  }

  test('finds the counterpart and writes nothing to it', async () => {
    const world = await createWorld();
    world.odoo.put('worker', 'e1', { email: 'ann@firm.example' });
    await booked(world);
    expect(world.odoo.states('timesheet')).toHaveLength(1);
    expect(world.odoo.calls('write').map(({ entity }) => entity)).toEqual(['timesheet']);
    expect(world.outcomes()).toContain('matched');
  });

  test('without a counterpart: looked for again, and found at once when it appears', async () => {
    const world = await createWorld();
    await booked(world);
    expect(world.delivery('w1')).toMatchObject({ state: 'pending', tries: 0, error: 'unmatched' });
    expect(world.delivery('w1').cause).toBe(
      'odoo has no worker with the same email as harvest:worker:w1. Add it there, or correct it in harvest.',
    );
    await world.pass(3_600_000);
    expect(world.delivery('w1').state).toBe('pending');
    expect(world.odoo.calls('find').length).toBeGreaterThanOrEqual(3);
    expect(world.odoo.all('worker')).toEqual({});
    world.odoo.put('worker', 'e1', { email: 'ann@firm.example' });
    await world.tell(world.odoo, 'worker', 'e1');
    await world.calm();
    expect(world.odoo.states('timesheet')).toEqual([expect.objectContaining({ worker: 'e1' })]);
    expect(
      world.rows(
        'select outcome from attempt where delivery in (select seq from delivery where source_id = ?)',
        'w1',
      ),
    ).toEqual([{ outcome: 'matched' }]);
  });

  test('without a counterpart: found at once when the source is corrected', async () => {
    const world = await createWorld();
    world.odoo.put('worker', 'e1', { email: 'ann.smith@firm.example' });
    await booked(world);
    world.harvest.patch('worker', 'w1', { email: 'ann.smith@firm.example' });
    world.harvest.touches = () => [];
    await world.tell(world.harvest, 'worker', 'w1');
    await world.calm();
    expect(world.odoo.states('timesheet')).toHaveLength(1);
  });

  test('creates nothing, also when there is nothing to match by', async () => {
    const world = await createWorld({
      rules: [
        { ...customerToCrm, create: 'never', match: [] },
        { ...projectToPsa, to: 'crm' },
      ],
    });
    world.odoo.put('customer', '1', { name: 'Acme' });
    project(world, '5', '1');
    await world.tell(world.odoo, 'project', '5');
    await world.calm();
    expect(world.hubspot.all('customer')).toEqual({});
    expect(world.delivery('1').error).toBe('unmatched');
  });
});

test('objects whose state follows from one that was read are read too, once', async () => {
  const world = await createWorld();
  world.odoo.put('customer', '1', { name: 'Acme' });
  world.odoo.touches = ({ entity }) => (entity === 'task' ? [{ entity: 'customer', id: '1' }] : []);
  for (const id of ['8', '9']) world.odoo.put('task', id, { name: 'T' });
  await Promise.all(['8', '9'].map((id) => world.tell(world.odoo, 'task', id)));
  await world.calm();
  expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme' }]);
  expect(world.odoo.calls('read').map(({ entity, keys }) => [entity, keys])).toEqual([
    ['task', ['8', '9']],
    ['customer', ['1']],
  ]);
});
