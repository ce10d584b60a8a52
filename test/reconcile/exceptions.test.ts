import { describe, expect, test } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import { createRandom } from '../engine/random.ts';
import type { World } from '../engine/world.ts';
import { createDesk, type Desk, timesheets, words } from './desk.ts';
import { createFirm, january, lineOf, tellAll } from './firm.ts';

const dayMs = 24 * 3_600_000;

/** A firm whose approved time of January is in the erp, and the erp has one line of it twice. */
async function firmWithDouble(reconciliations = [timesheets]): Promise<{ desk: Desk; line: string }> {
  const desk = await createDesk(reconciliations);
  const { world } = desk;
  const firm = await createFirm(world, createRandom(1), { projects: 1, entries: 0 });
  const entries = ['8', '4.5', '2'].map((hours) => firm.enter({ hours, approval: 'approved' }));
  await tellAll(world, ['timesheet']);
  await world.pass(2000);
  await tellAll(world, ['timesheet']);
  return { desk, line: lineOf(world, entries[0] as string) as string };
}

const double = (world: World, line: string) =>
  world.odoo.put('timesheet', 'copy', world.odoo.get('timesheet', line) as State);

const open = async ({ world }: Desk, declaration = 'time') =>
  (await world.store.raisedAfter(`${declaration} `, '', 10)).map(({ key }) => key);

const copied = 'time duplicate odoo:timesheet:copy';

describe('what was raised in a month that runs do not reach any more', () => {
  test.each([
    ['was told', true],
    ['was not told', false],
  ])('is closed when somebody deletes it, where that %s', async (_, isTold) => {
    const { desk, line } = await firmWithDouble();
    const { world } = desk;
    double(world, line);
    await desk.reconcile({ declaration: 'time' });
    expect(await open(desk)).toEqual([copied]);
    await world.pass(70 * dayMs);
    const later = await desk.reconcile({ declaration: 'time' });
    expect(later.run.scope.from).toBe('2026-02-01');
    expect(await open(desk)).toEqual([copied]);
    world.odoo.delete('timesheet', 'copy');
    if (isTold) await world.tell(world.odoo, 'timesheet', 'copy');
    await desk.reconcile({ declaration: 'time' });
    expect(await open(desk)).toEqual([]);
  });

  test('is closed when it was put right', async () => {
    const { desk, line } = await firmWithDouble();
    const { world } = desk;
    const state = world.odoo.get('timesheet', line) as State;
    world.odoo.delete('timesheet', line);
    await desk.reconcile({ declaration: 'time', ...january, policy: 'raise' });
    expect(await open(desk)).toHaveLength(1);
    await world.pass(70 * dayMs);
    await desk.reconcile({ declaration: 'time', policy: 'raise' });
    expect(await open(desk)).toHaveLength(1);
    world.odoo.put('timesheet', line, state);
    await desk.reconcile({ declaration: 'time', policy: 'raise' });
    expect(await open(desk)).toEqual([]);
  });
});

test('a run that was overtaken by another closes nothing of what that has found', async () => {
  const { desk, line } = await firmWithDouble();
  const { world, reconciler } = desk;
  const save = world.broken.moveRun;
  const compared = new Promise<void>((resolve) => {
    world.broken.moveRun = async (run, progress, results) => {
      await save(run, progress, results);
      if (progress.phase === 'duplicates') resolve();
    };
  });
  const first = await reconciler.start({ declaration: 'time', by: 'test' });
  if (!first.ok) throw new Error(first.message);
  await compared;
  await reconciler.stop(first.run.id);
  world.broken.moveRun = save;
  double(world, line);
  const second = await desk.reconcile({ declaration: 'time' });
  expect(second.findings.map(words)).toEqual([`duplicate odoo copy ${line}`]);
  await reconciler.resume(first.run.id);
  await reconciler.ended(first.run.id);
  expect((await desk.result(first.run.id)).run.state).toBe('done');
  expect(await open(desk)).toEqual([copied]);
});

test('what a declaration has raised is closed at the next start without it', async () => {
  const declared = [timesheets, { ...timesheets, id: 'former' }];
  const { desk, line } = await firmWithDouble(declared);
  double(desk.world, line);
  await desk.reconcile({ declaration: 'time' });
  await desk.reconcile({ declaration: 'former' });
  expect(await open(desk, 'former')).toHaveLength(1);
  declared.pop();
  await desk.reconciler.takeUp();
  expect(await open(desk, 'former')).toEqual([]);
  expect(await open(desk)).toEqual([copied]);
});
