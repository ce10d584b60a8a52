import { expect, test } from 'vitest';
import { concerns } from '../../bridge/flows/fields.ts';
import { createFirm, openProject, time } from './firm.ts';

const watched = (world: Awaited<ReturnType<typeof createFirm>>['world'], entity: string) =>
  world
    .rows<{ fields: string }>('select distinct fields from flow_object where entity = ?', entity)
    .map(({ fields }) => fields);

test('a step is looked at again for the fields that it reads, and for nothing else', async () => {
  const { world, instances } = await createFirm();
  await openProject(world, 'p1', 'closed');
  await time(world, 't1');
  await world.calm();
  expect(watched(world, 'project')).toEqual(['manager_email,status']);
  world.odoo.patch('project', 'p1', { name: 'Another name', manager_email: 'other@example.com' });
  await world.tell(world.odoo, 'project', 'p1');
  await world.calm();
  expect(world.rows('select person from exception')).toEqual([{ person: 'other@example.com' }]);
  world.odoo.patch('project', 'p1', { status: 'active' });
  await world.tell(world.odoo, 'project', 'p1');
  await world.calm();
  expect(instances()[0]?.steps).toContain('project-open done');
});

test('what an action is done with matters as a whole', async () => {
  const { world } = await createFirm();
  await openProject(world);
  const reference = 'flow:approved-time-to-bill:draft:harvest:timesheet:t1:1:p1';
  world.odoo.failNext('act', { kind: 'items', errors: { [reference]: 'conflict' } });
  await time(world, 't1');
  await world.calm();
  expect(watched(world, 'project')).toContain('*');
});

test.each([
  ['status', ['status'], true],
  ['hours,status', ['status'], true],
  ['status', ['hours'], false],
  ['-', ['hours'], false],
  ['*', ['hours'], true],
])('%s and a change of %j: %s', (fields, changed, expected) => {
  expect(concerns(fields, new Set(changed))).toBe(expected);
});

test('an object that came or went concerns everybody', () => {
  expect(concerns('-', undefined)).toBe(true);
});
