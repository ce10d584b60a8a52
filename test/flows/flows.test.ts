import { expect, test } from 'vitest';
import { createFirm, openProject, time } from './firm.ts';

test('goes through every kind of step', async () => {
  const { world, instances, exceptions } = await createFirm();
  await openProject(world);
  await time(world, 't1');
  await world.calm();
  expect(world.odoo.done).toMatchObject([
    { action: 'make-draft-invoice', request: { id: 'p1', fields: { note: 'note t1' } } },
  ]);
  expect(instances()).toMatchObject([
    {
      id: 't1',
      state: 'running',
      steps: ['project-open done', 'in-erp done', 'draft done', 'billed waiting'],
    },
  ]);
  const [line] = Object.keys(world.odoo.all('timesheet'));
  world.odoo.patch('timesheet', line as string, { approval: 'approved' });
  await world.tell(world.odoo, 'timesheet', line as string);
  await world.calm();
  expect(instances()).toMatchObject([{ state: 'done' }]);
  expect(exceptions()).toEqual([]);
});
