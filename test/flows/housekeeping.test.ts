import { expect, test } from 'vitest';
import { createFirm, openProject, time } from './firm.ts';
import { approvedTime, draft, projectOpen } from './sample-flows.ts';

const day = 24 * 60 * 60_000;

test('what flows came to long ago is cleared away, but not done again', async () => {
  const { world, instances, exceptions } = await createFirm({
    flows: [{ ...approvedTime, steps: [projectOpen, draft] }],
  });
  await openProject(world, 'p1', 'closed');
  await time(world, 't1');
  await world.calm();
  world.odoo.patch('project', 'p1', { status: 'active' });
  await world.tell(world.odoo, 'project', 'p1');
  await world.calm();
  expect(instances()).toMatchObject([{ state: 'done' }]);
  expect(exceptions()).toMatchObject([{ open: false }]);
  // Withdrawn and approved again: what came of the first round is older than that of the second.
  await time(world, 't1', { approval: 'open' });
  await world.calm();
  await time(world, 't1');
  await world.calm();
  await world.pass(day);
  const before = new Date(Date.now()).toISOString();
  while ((await world.store.removeSettled(before)) > 0);
  expect(instances()).toMatchObject([{ round: 2, state: 'done', steps: [] }]);
  expect(exceptions()).toEqual([]);
  expect(world.rows('select * from flow_call')).toEqual([]);
  expect(world.rows('select count(*) as left from change')).toEqual([{ left: 1 }]);
  await time(world, 't1', { notes: 'other words' });
  await world.calm();
  expect(instances()).toHaveLength(1);
  await time(world, 't1', { approval: 'open' });
  await world.calm();
  await time(world, 't1');
  await world.calm();
  expect(world.odoo.done.map(({ request }) => request.reference.split(':').at(-2))).toEqual(['1', '2', '3']);
});

test('changes that the flows have not taken in are kept', async () => {
  const { world } = await createFirm();
  await openProject(world);
  await world.calm();
  await world.flows.stop();
  await time(world, 't1');
  await world.calm();
  const before = new Date(Date.now() + day).toISOString();
  while ((await world.store.removeSettled(before)) > 0);
  expect(world.rows("select external_id from change where entity = 'timesheet'")).toEqual([
    { external_id: 't1' },
  ]);
});
