import { expect, test } from 'vitest';
import type { Flow } from '../../bridge/rules/flow.ts';
import { openDatabaseForReading } from '../../bridge/store/database.ts';
import { readStatus } from '../../bridge/store/status.ts';
import { createFirm, openProject, time } from './firm.ts';
import { approvedTime, flowRules, inErp, projectOpen } from './sample-flows.ts';

const hour = 60 * 60_000;
const bringing: Flow = { ...approvedTime, steps: [projectOpen, inErp] };

test('a delivery that dies is stuck by its own cause, and heals when it arrives later', async () => {
  const { world, instances, exceptions } = await createFirm({ flows: [bringing] });
  await openProject(world);
  world.odoo.failNext('write', { kind: 'items', errors: { 'harvest:timesheet:t1': 'invalid' } });
  world.odoo.failNext('write', { kind: 'items', errors: { 'harvest:timesheet:t1': 'invalid' } });
  await time(world, 't1');
  await world.calm();
  expect(world.delivery('t1').state).toBe('dead');
  expect(exceptions()).toMatchObject([
    {
      key: 'approved-time-to-bill/in-erp/harvest:timesheet:t1',
      cause: 'harvest:timesheet:t1 is invalid',
      open: true,
    },
  ]);
  const database = openDatabaseForReading(world.path);
  const status = await readStatus(database);
  await database.kysely.destroy();
  // The dead delivery is told of once.
  expect(status.exceptions).toHaveLength(1);
  expect(status.problems).toEqual([]);
  await time(world, 't1', { notes: 'corrected' });
  await world.pass(1000);
  await time(world, 't1', { notes: 'corrected again' });
  await world.calm();
  expect(world.odoo.states('timesheet')).toHaveLength(1);
  expect(instances()).toMatchObject([{ state: 'done' }]);
  expect(exceptions()).toMatchObject([{ open: false }]);
});

test('what was refused is tried again after some hours, whatever was the reason', async () => {
  const { world, instances, exceptions } = await createFirm({ flows: [bringing] });
  await openProject(world);
  let onHold = true;
  world.odoo.fault = ({ method, entity, keys }) =>
    onHold && method === 'write' && entity === 'timesheet'
      ? { kind: 'items', errors: Object.fromEntries(keys.map((key) => [key, 'conflict' as const])) }
      : undefined;
  await time(world, 't1');
  await world.pass(hour);
  expect(instances()).toMatchObject([{ steps: ['project-open done', 'in-erp stuck'] }]);
  const tries = () => world.odoo.calls('write').length;
  const before = tries();
  await world.pass(4 * hour);
  expect(tries()).toBe(before + 1);
  expect(exceptions()).toMatchObject([{ open: true }]);
  onHold = false;
  await world.pass(4 * hour);
  expect(instances()).toMatchObject([{ state: 'done' }]);
  expect(world.odoo.states('timesheet')).toHaveLength(1);
  expect(exceptions()).toMatchObject([{ open: false }]);
  // It was one exception all the time.
  expect(exceptions()).toHaveLength(1);
});

test('while the system is down it waits, and is late after its time', async () => {
  const { world, instances, exceptions } = await createFirm({ flows: [bringing] });
  await openProject(world);
  world.odoo.fault = (call) =>
    call.method === 'write'
      ? { kind: 'call', error: world.odoo.error('unavailable', 'Odoo is down') }
      : undefined;
  await time(world, 't1');
  await world.pass(hour / 2);
  expect(instances()).toMatchObject([{ steps: ['project-open done', 'in-erp waiting'] }]);
  await world.pass(hour);
  expect(exceptions()).toMatchObject([{ open: true, cause: expect.stringContaining('It is late.') }]);
  world.odoo.fault = () => undefined;
  await world.pass(2 * 60_000);
  expect(instances()).toMatchObject([{ state: 'done' }]);
  expect(exceptions()).toMatchObject([{ open: false }]);
});

test('what the rules do not bring is stuck until they would', async () => {
  const rules = flowRules.map((rule) =>
    rule.entity === 'timesheet' ? { ...rule, when: { approval: 'approved', billable: true } } : rule,
  );
  const { world, instances, exceptions } = await createFirm({ rules, flows: [bringing] });
  await openProject(world);
  await time(world, 't1', { billable: false });
  await world.calm();
  expect(exceptions()).toMatchObject([
    { open: true, cause: expect.stringContaining('timesheet-to-erp asks for') },
  ]);
  expect(world.odoo.calls('write')).toEqual([]);
  await time(world, 't1', { billable: true });
  await world.calm();
  expect(world.odoo.states('timesheet')).toHaveLength(1);
  expect(instances()).toMatchObject([{ state: 'done' }]);
});

test('what should not be there any more is done when it is gone, and tried again when its turn comes', async () => {
  const free = { ...projectOpen, id: 'free', on: 'subject', condition: { when: { notes: 'free' } } } as const;
  const flow: Flow = {
    ...approvedTime,
    id: 'withdrawn',
    condition: { when: { approval: 'open' } },
    knownIn: 'erp',
    steps: [free, inErp],
  };
  const { world, instances } = await createFirm({ flows: [bringing, flow] });
  await openProject(world);
  await time(world, 't1');
  await world.calm();
  expect(world.odoo.states('timesheet')).toHaveLength(1);
  world.odoo.failNext('remove', { kind: 'items', errors: { 'harvest:timesheet:t1': 'conflict' } });
  await time(world, 't1', { approval: 'open' });
  await world.calm();
  expect(world.delivery('t1').state).toBe('dead');
  expect(instances('withdrawn')).toMatchObject([{ steps: ['free stuck'] }]);
  await time(world, 't1', { approval: 'open', notes: 'free' });
  await world.calm();
  expect(world.odoo.states('timesheet')).toEqual([]);
  expect(instances('withdrawn')).toMatchObject([{ state: 'done' }]);
});

test('an object that was never read is read', async () => {
  const { world, instances } = await createFirm({ flows: [bringing] });
  await openProject(world);
  await time(world, 't1');
  await world.calm();
  // Somebody links what the bridge never read: the line in Odoo is looked at in a second flow.
  const seen: Flow = {
    ...approvedTime,
    id: 'seen',
    steps: [{ ...projectOpen, id: 'seen', on: 'line', condition: { when: { notes: 'note t1' } } }],
  };
  await world.engine.stop(0);
  await world.restart({ flows: [seen] });
  await world.calm();
  expect(instances('seen')).toMatchObject([{ steps: ['seen waiting'] }]);
  await world.pass(70_000);
  expect(instances('seen')).toMatchObject([{ state: 'done' }]);
});
