import { expect, test } from 'vitest';
import type { Flow } from '../../bridge/rules/flow.ts';
import { createFirm, openProject, time } from './firm.ts';
import { approvedTime, draft, projectOpen } from './sample-flows.ts';

const minute = 60_000;
const drafting: Flow = { ...approvedTime, steps: [projectOpen, draft] };

test('a call that waits leaves with what was corrected meanwhile', async () => {
  const { world } = await createFirm({ flows: [drafting] });
  await openProject(world);
  let down = true;
  world.odoo.fault = (call) =>
    down && call.method === 'act'
      ? { kind: 'call', error: world.odoo.error('unavailable', 'down') }
      : undefined;
  await time(world, 't1', { notes: 'over 100' });
  await world.pass(10 * minute);
  await time(world, 't1', { notes: 'over 120' });
  await world.pass(10 * minute);
  down = false;
  await world.pass(60 * minute);
  expect(world.odoo.done.map(({ request }) => request.fields)).toEqual([{ note: 'over 120' }]);
});

test('a call whose answer was lost is asked for again as it was', async () => {
  const { world, instances } = await createFirm({ flows: [drafting] });
  await openProject(world);
  const asked: unknown[] = [];
  world.odoo.refuses = (_, { fields }) => {
    asked.push(fields);
    return undefined;
  };
  await time(world, 't1', { notes: 'over 100' });
  world.odoo.failNext('act', { kind: 'lost' });
  await world.calm();
  await time(world, 't1', { notes: 'over 120' });
  await world.pass(minute);
  expect(asked).toEqual([{ note: 'over 100' }, { note: 'over 100' }]);
  expect(instances()).toMatchObject([{ state: 'done' }]);
});

test('a call that cannot be made of what was corrected is stuck by that, and made when it can', async () => {
  const table = { name: 'kinds', values: { a: 'A', b: 'B' } };
  const { world, exceptions } = await createFirm({
    flows: [
      {
        ...drafting,
        steps: [
          { ...draft, pause: minute, input: { note: { kind: 'field', field: 'subject.notes', table } } },
        ],
      },
    ],
  });
  await openProject(world);
  await time(world, 't1', { notes: 'a' });
  await world.calm();
  await time(world, 't1', { notes: 'c' });
  await world.pass(10 * minute);
  expect(world.odoo.done).toEqual([]);
  expect(exceptions()).toMatchObject([{ open: true, cause: expect.stringContaining('kinds') }]);
  await time(world, 't1', { notes: 'b' });
  await world.pass(10 * minute);
  expect(world.odoo.done.map(({ request }) => request.fields)).toEqual([{ note: 'B' }]);
  expect(exceptions()).toMatchObject([{ open: false }]);
});
