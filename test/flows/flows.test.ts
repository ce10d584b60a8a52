import { describe, expect, test, vi } from 'vitest';
import type { Flow } from '../../bridge/rules/flow.ts';
import { createFirm, inHarvest, openProject, time } from './firm.ts';
import { approvedTime, billed, draft, flowRules, inErp, projectOpen } from './sample-flows.ts';

const hour = 60 * 60_000;
const day = 24 * hour;

/** The line in Odoo that a timesheet of Harvest became. */
async function approveLines(world: Awaited<ReturnType<typeof createFirm>>['world']): Promise<void> {
  for (const id of Object.keys(world.odoo.all('timesheet'))) {
    world.odoo.patch('timesheet', id, { approval: 'approved' });
    await world.tell(world.odoo, 'timesheet', id);
  }
  await world.calm();
}

test('goes through every kind of step', async () => {
  const { world, instances, exceptions } = await createFirm();
  await openProject(world);
  await time(world, 't1');
  await world.calm();
  expect(world.odoo.done).toMatchObject([
    {
      action: 'make-draft-invoice',
      request: {
        id: 'p1',
        fields: { note: 'note t1' },
        reference: 'flow:approved-time-to-bill:draft:harvest:timesheet:t1:1:p1',
      },
    },
  ]);
  expect(instances()).toMatchObject([
    {
      id: 't1',
      state: 'running',
      steps: ['project-open done', 'in-erp done', 'draft done', 'billed waiting'],
    },
  ]);
  await approveLines(world);
  expect(instances()).toMatchObject([{ state: 'done', steps: expect.arrayContaining(['billed done']) }]);
  expect(exceptions()).toEqual([]);
});

test('brings nothing before its turn has come', async () => {
  const { world, instances } = await createFirm();
  await openProject(world, 'p1', 'closed');
  await time(world, 't1');
  await world.calm();
  expect(world.odoo.states('timesheet')).toEqual([]);
  expect(instances()).toMatchObject([{ steps: ['project-open stuck'] }]);
});

describe('one root cause', () => {
  test('is one exception, however many hang on it, and is closed by itself', async () => {
    const { world, instances, exceptions } = await createFirm();
    await openProject(world, 'p1', 'closed');
    const ids = Array.from({ length: 50 }, (_, index) => `t${index}`);
    for (const id of ids) await time(world, id);
    await world.calm();
    expect(exceptions()).toEqual([
      {
        key: 'approved-time-to-bill/project-open/odoo:project:p1',
        owner: 'delivery',
        person: 'lead@example.com',
        title: 'The project is not open for time.',
        cause: 'project p1 of odoo: status is closed, active is needed.',
        instances: 50,
        open: true,
      },
    ]);
    // One of them is withdrawn, the others still hang on it.
    world.harvest.patch('timesheet', 't0', { approval: 'open' });
    await world.tell(world.harvest, 'timesheet', 't0');
    await world.calm();
    expect(exceptions()).toMatchObject([{ instances: 49, open: true }]);
    world.odoo.patch('project', 'p1', { status: 'active' });
    await world.tell(world.odoo, 'project', 'p1');
    await world.calm();
    expect(exceptions()).toMatchObject([{ instances: 0, open: false }]);
    expect(world.odoo.states('timesheet')).toHaveLength(49);
    expect(instances().filter(({ state }) => state === 'running')).toHaveLength(49);
    expect(instances()[0]).toMatchObject({
      state: 'ended',
      steps: ['project-open stuck'],
    });
  });

  test('that comes back is another exception', async () => {
    const { world, exceptions } = await createFirm({
      flows: [{ ...approvedTime, steps: [projectOpen, { ...billed, within: day }] }],
    });
    await openProject(world, 'p1', 'closed');
    await time(world, 't1');
    await world.calm();
    world.odoo.patch('project', 'p1', { status: 'active' });
    await world.tell(world.odoo, 'project', 'p1');
    await world.calm();
    world.odoo.patch('project', 'p1', { status: 'closed' });
    await world.tell(world.odoo, 'project', 'p1');
    await world.calm();
    // The step is done and stays so.
    expect(exceptions().map(({ open }) => open)).toEqual([false]);
    await time(world, 't2');
    await world.calm();
    expect(exceptions().map(({ open }) => open)).toEqual([false, true]);
  });

  test('of many deliveries is the object that they all wait for', async () => {
    const { world, exceptions } = await createFirm({
      rules: flowRules.filter(({ entity }) => entity !== 'worker'),
      flows: [{ ...approvedTime, steps: [inErp] }],
    });
    await openProject(world);
    for (const id of ['t1', 't2', 't3']) await time(world, id);
    await world.calm();
    expect(exceptions()).toMatchObject([
      { key: 'approved-time-to-bill/in-erp/harvest:worker:hw', instances: 3, open: true },
    ]);
    expect(exceptions()[0]?.cause).toContain('no rule brings it there');
  });
});

describe('late', () => {
  test('is what waits longer than it may, until it comes', async () => {
    const { world, instances, exceptions } = await createFirm();
    await openProject(world);
    await time(world, 't1');
    await world.pass(day - 60_000);
    expect(instances()).toMatchObject([{ steps: expect.arrayContaining(['billed waiting']) }]);
    await world.pass(2 * 60_000);
    expect(instances()).toMatchObject([{ steps: expect.arrayContaining(['billed stuck']) }]);
    expect(exceptions()).toMatchObject([{ owner: 'finance', open: true, instances: 1 }]);
    expect(exceptions()[0]?.cause).toContain('It is late.');
    await approveLines(world);
    expect(instances()).toMatchObject([{ state: 'done' }]);
    expect(exceptions()).toMatchObject([{ open: false }]);
  });

  test('counts from the end of a day where the step says so', async () => {
    const { world, exceptions } = await createFirm({
      flows: [
        {
          ...approvedTime,
          steps: [
            {
              ...billed,
              on: 'subject',
              condition: { when: { notes: 'x' } },
              within: 2 * hour,
              after: { object: 'subject', field: 'day' },
            },
          ],
        },
      ],
    });
    await openProject(world);
    // The day is 5 January, and it is 8 o'clock then.
    await time(world, 't1');
    await world.pass(17 * hour);
    expect(exceptions()).toEqual([]);
    await world.pass(hour + 60_000);
    expect(exceptions()).toMatchObject([{ open: true }]);
  });

  test('is seen after a restart too, when its time went by meanwhile', async () => {
    const { world, exceptions } = await createFirm();
    await openProject(world);
    await time(world, 't1');
    await world.calm();
    await world.engine.stop(0);
    await world.flows.stop();
    vi.setSystemTime(Date.now() + 3 * day);
    await world.restart();
    await world.calm();
    expect(exceptions()).toMatchObject([{ open: true }]);
  });
});

describe('rounds', () => {
  test('end with the condition, and another begins when it holds again', async () => {
    const { world, instances } = await createFirm();
    await openProject(world);
    await time(world, 't1');
    await world.calm();
    for (const approval of ['open', 'approved']) {
      world.harvest.patch('timesheet', 't1', { approval });
      await world.tell(world.harvest, 'timesheet', 't1');
      await world.calm();
    }
    expect(instances()).toMatchObject([
      { round: 1, state: 'ended' },
      { round: 2, state: 'running' },
    ]);
    expect(world.odoo.done.map(({ request }) => request.reference.split(':').slice(-2))).toEqual([
      ['1', 'p1'],
      ['2', 'p1'],
    ]);
  });

  test('that are done are not begun again as long as the condition holds', async () => {
    const { world, instances } = await createFirm();
    await openProject(world);
    await time(world, 't1');
    await world.calm();
    await approveLines(world);
    await time(world, 't1', { notes: 'other words' });
    await world.calm();
    expect(instances()).toMatchObject([{ round: 1, state: 'done' }]);
    await time(world, 't1', { approval: 'open' });
    await world.calm();
    await time(world, 't1');
    await world.calm();
    expect(instances().map(({ round }) => round)).toEqual([1, 2]);
  });

  test('begin again when a field changes that says so, once', async () => {
    const flow: Flow = { ...approvedTime, again: ['hours'], steps: [projectOpen, inErp] };
    const { world, instances } = await createFirm({ flows: [flow] });
    await openProject(world);
    await time(world, 't1');
    await time(world, 't1', { hours: '3' });
    await world.calm();
    const begun = instances().length;
    await time(world, 't1', { hours: '4' });
    await world.calm();
    await time(world, 't1', { hours: '4', notes: 'no other hours' });
    await world.calm();
    expect(instances()).toHaveLength(begun + 1);
    expect(world.odoo.states('timesheet')).toMatchObject([{ hours: '4' }]);
  });

  test('end with their object', async () => {
    const { world, instances } = await createFirm();
    await openProject(world);
    await time(world, 't1');
    await world.calm();
    world.harvest.delete('timesheet', 't1');
    await world.tell(world.harvest, 'timesheet', 't1');
    await world.calm();
    expect(instances()).toMatchObject([{ state: 'ended' }]);
  });
});

describe('begin', () => {
  test('for what was there before the flow was', async () => {
    const { world, instances } = await createFirm({ flows: [] });
    await openProject(world);
    await time(world, 't1');
    await time(world, 't2', { approval: 'open' });
    await world.calm();
    expect(instances()).toEqual([]);
    await world.engine.stop(0);
    await world.restart({ flows: [approvedTime] });
    await world.calm();
    expect(instances()).toMatchObject([{ id: 't1', state: 'running' }]);
  });

  test('only for what is known in another system, where the flow says so', async () => {
    const flow: Flow = {
      ...approvedTime,
      id: 'withdrawn',
      condition: { when: { approval: 'open' } },
      knownIn: 'erp',
      steps: [inErp],
    };
    const { world, instances } = await createFirm({
      rules: flowRules.map((rule) => (rule.entity === 'timesheet' ? { ...rule, create: 'always' } : rule)),
      flows: [flow],
    });
    await openProject(world);
    await time(world, 'never-approved', { approval: 'open' });
    await time(world, 't1');
    await world.calm();
    await time(world, 't1', { approval: 'open' });
    await world.calm();
    // The rule takes it out, and the flow sees that.
    expect(world.odoo.states('timesheet')).toEqual([]);
    expect(instances()).toMatchObject([{ id: 't1', state: 'done' }]);
  });

  test('nothing for flows that are not in the rules any more, which end', async () => {
    const { world, instances, exceptions } = await createFirm();
    await openProject(world, 'p1', 'closed');
    await time(world, 't1');
    await world.calm();
    await world.engine.stop(0);
    await world.restart({ flows: [] });
    await world.calm();
    expect(instances()).toMatchObject([{ state: 'ended' }]);
    expect(world.rows('select reason from flow_instance')).toEqual([
      { reason: 'The flow is not in the rules any more.' },
    ]);
    expect(exceptions()).toMatchObject([{ open: false, instances: 0 }]);
  });
});

test('goes on at the first step that is not done when the steps have changed', async () => {
  const { world, instances } = await createFirm();
  await openProject(world);
  await time(world, 't1');
  await world.calm();
  const noted = {
    ...projectOpen,
    id: 'noted',
    on: 'subject',
    condition: { when: { notes: 'done' } },
  } as const;
  await world.engine.stop(0);
  await world.restart({ flows: [{ ...approvedTime, steps: [projectOpen, noted, inErp, draft, billed] }] });
  await world.calm();
  expect(instances()).toMatchObject([
    { steps: ['project-open done', 'noted stuck', 'in-erp done', 'draft done'] },
  ]);
  await time(world, 't1', { notes: 'done' });
  await world.calm();
  expect(instances()).toMatchObject([{ steps: expect.arrayContaining(['noted done', 'billed waiting']) }]);
  expect(world.odoo.done).toHaveLength(1);
});

describe('what is referred to', () => {
  test('backwards is found, and who refers to what is kept up', async () => {
    const flow: Flow = {
      id: 'project-closes',
      title: 'A project that closes has no open time',
      entity: 'project',
      from: 'erp',
      condition: { when: { status: 'closed' } },
      objects: [
        { name: 'project', entity: 'project', in: 'erp', of: 'subject', by: { kind: 'same' } },
        {
          name: 'entries',
          entity: 'timesheet',
          in: 'psa',
          of: 'subject',
          by: { kind: 'back', field: 'project' },
        },
      ],
      steps: [
        {
          ...projectOpen,
          id: 'none-open',
          on: 'entries',
          condition: { when: { approval: 'open' } },
          quantity: 'none',
        },
      ],
    };
    const { world, instances, exceptions } = await createFirm({ flows: [flow] });
    await openProject(world);
    await openProject(world, 'p2');
    await time(world, 'other', { project: inHarvest(world, 'p2'), approval: 'open' });
    await time(world, 't1', { approval: 'open' });
    await time(world, 't2');
    await world.calm();
    world.odoo.patch('project', 'p1', { status: 'closed' });
    await world.tell(world.odoo, 'project', 'p1');
    await world.calm();
    expect(exceptions()).toMatchObject([
      { key: 'project-closes/none-open/harvest:timesheet:t1', open: true },
    ]);
    await time(world, 't2', { approval: 'open' });
    // It goes over to another project.
    await time(world, 't1', { approval: 'open', project: inHarvest(world, 'p2') });
    await world.calm();
    expect(exceptions().map(({ key, open }) => [key, open])).toEqual([
      ['project-closes/none-open/harvest:timesheet:t1', false],
      ['project-closes/none-open/harvest:timesheet:t2', true],
    ]);
    await time(world, 't2', { approval: 'approved' });
    await world.calm();
    expect(instances()).toMatchObject([{ id: 'p1', state: 'done' }]);
  });

  test('is known in the other system from the moment that it is linked', async () => {
    const { world, instances } = await createFirm();
    world.harvest.put('worker', 'hw', { email: 'w@example.com' });
    world.odoo.put('worker', 'w', { email: 'w@example.com' });
    world.odoo.put('project', 'p1', {
      name: 'Project p1',
      status: 'active',
      billable: false,
      customer: null,
    });
    await world.tell(world.odoo, 'project', 'p1');
    await world.tell(world.odoo, 'worker', 'w');
    await world.tell(world.harvest, 'worker', 'hw');
    world.harvest.put('timesheet', 't1', {
      worker: 'hw',
      project: 'unknown',
      hours: '1',
      approval: 'approved',
    });
    await world.tell(world.harvest, 'timesheet', 't1');
    await world.calm();
    expect(instances()).toMatchObject([
      { steps: ['project-open stuck'], waits: 'project unknown of harvest is not known in odoo.' },
    ]);
    await openProject(world);
    world.harvest.patch('timesheet', 't1', { project: inHarvest(world) });
    await world.tell(world.harvest, 'timesheet', 't1');
    await world.calm();
    expect(instances()).toMatchObject([{ steps: expect.arrayContaining(['draft done']) }]);
  });
});

test('leaves out steps whose own condition does not hold', async () => {
  const { world, instances } = await createFirm({
    flows: [{ ...approvedTime, steps: [{ ...projectOpen, only: { when: { notes: 'check' } } }, inErp] }],
  });
  await openProject(world, 'p1', 'closed');
  await time(world, 't1');
  await time(world, 't2', { notes: 'check' });
  await world.calm();
  expect(instances()).toMatchObject([
    { id: 't1', state: 'done', steps: ['project-open skipped', 'in-erp done'] },
    { id: 't2', steps: ['project-open stuck'] },
  ]);
});

test('goes on with the others when one of them meets a bug', async () => {
  const broken = { ...billed, id: 'broken', on: 'nothing-of-that-name' } as const;
  const { world, instances, exceptions } = await createFirm({
    flows: [{ ...approvedTime, id: 'broken', steps: [broken] }, approvedTime],
  });
  const failures: unknown[] = [];
  world.onFailure = (error) => failures.push(error);
  await openProject(world);
  await time(world, 't1');
  await world.calm();
  expect(instances('approved-time-to-bill')).toMatchObject([
    { steps: expect.arrayContaining(['draft done']) },
  ]);
  expect(exceptions()).toMatchObject([{ key: 'broken/broken/harvest:timesheet:t1', open: true }]);
  expect(failures.length).toBeGreaterThan(0);
});
