import { describe, expect, test } from 'vitest';
import { createRandom } from '../engine/random.ts';
import { createDesk, type Desk, timesheets } from './desk.ts';
import { createFirm, type Firm, january, lineOf, tellAll } from './firm.ts';

async function firmOf(entries: number): Promise<{ desk: Desk; firm: Firm }> {
  const desk = await createDesk([timesheets]);
  const { world } = desk;
  const firm = await createFirm(world, createRandom(1), { projects: 1, entries: 0 });
  for (let entry = 0; entry < entries; entry++) firm.enter({ approval: 'approved' });
  await tellAll(world, ['timesheet']);
  await world.pass(2000);
  await tellAll(world, ['timesheet']);
  return { desk, firm };
}

const order = { declaration: 'time', ...january };
const failed = async ({ world }: Desk) =>
  (await world.store.raisedAfter('time ', '', 10)).filter(({ key }) => key === 'time failed');

describe('a system that lists little of what was known', () => {
  test('is not believed, and the owner hears of it until a run succeeds', async () => {
    const { desk, firm } = await firmOf(12);
    const { world } = desk;
    const all = world.harvest.all('timesheet');
    const [kept, ...hidden] = firm.entries as [string, ...string[]];
    for (const id of hidden) world.harvest.delete('timesheet', id);
    world.harvest.patch('timesheet', kept, { hours: '9' });
    const { run } = await desk.reconcile(order);
    world.engine.wake('harvest');
    await world.pass(5000);
    expect(run).toMatchObject({ state: 'failed' });
    expect(run.note).toContain('harvest lists 1 of the 12 objects that were known.');
    expect(run.note).not.toContain('nothing was changed');
    expect(world.odoo.states('timesheet')).toHaveLength(12);
    // What it does list is as true as ever.
    expect(world.odoo.get('timesheet', lineOf(world, kept) as string)).toMatchObject({ hours: '9' });
    expect(await failed(desk)).toMatchObject([
      { owner: 'finance', title: 'The reconciliation "time" failed.', cause: run.note },
    ]);
    await desk.reconcile(order);
    expect(await failed(desk)).toHaveLength(1);

    for (const id of hidden) world.harvest.put('timesheet', id, all[id] as (typeof all)[string]);
    expect((await desk.reconcile(order)).run.state).toBe('done');
    expect(await failed(desk)).toEqual([]);
  });

  test('is believed where only a few are missing', async () => {
    const { desk, firm } = await firmOf(6);
    for (const id of firm.entries.slice(1)) desk.world.harvest.delete('timesheet', id);
    expect((await desk.reconcile(order)).run.state).toBe('done');
    expect(desk.world.odoo.states('timesheet')).toHaveLength(1);
  });

  test('is not believed either where what it hides was never read', async () => {
    const desk = await createDesk([timesheets]);
    const { world } = desk;
    const firm = await createFirm(world, createRandom(1), { projects: 1, entries: 0 });
    for (let entry = 0; entry < 12; entry++) firm.enter({ approval: 'approved' });
    await tellAll(world, ['timesheet']);
    await world.pass(2000);
    for (const id of Object.keys(world.odoo.all('timesheet'))) world.odoo.delete('timesheet', id);
    expect((await desk.reconcile(order)).run.state).toBe('failed');
    expect(world.odoo.states('timesheet')).toEqual([]);
  });
});
