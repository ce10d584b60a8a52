import { describe, expect, test } from 'vitest';
import type { Flow } from '../../bridge/rules/flow.ts';
import { createRandom } from '../engine/random.ts';
import { shippedLikeRules } from '../engine/rules.ts';
import type { World } from '../engine/world.ts';
import { createDesk, type Desk, timesheets, words } from './desk.ts';
import { createFirm, january, lineOf, tellAll } from './firm.ts';

const step = { on: 'subject', owner: 'finance', says: '', remedy: '' } as const;

const flow: Flow = {
  id: 'time-to-bill',
  title: 'Approved time is billed',
  entity: 'timesheet',
  from: 'psa',
  condition: { when: { approval: 'approved' } },
  objects: [],
  steps: [{ ...step, id: 'in-erp', kind: 'deliver', to: 'erp' }],
};

const held = shippedLikeRules.map((rule) =>
  rule.id === 'timesheet-to-erp' ? { ...rule, create: 'needed' as const } : rule,
);

/** Eight hours that are approved, in a firm whose erp perhaps takes no time. */
async function enterTime(desk: Desk, isLocked: boolean): Promise<{ entry: string; unlock: () => void }> {
  const { world } = desk;
  const firm = await createFirm(world, createRandom(1), { projects: 1, entries: 0 });
  const unlock = lock(world);
  if (!isLocked) unlock();
  const entry = firm.enter({ hours: '8', approval: 'approved' });
  await tellAll(world, ['timesheet']);
  await world.pass(5000);
  await tellAll(world, ['timesheet']);
  return { entry, unlock };
}

/** The erp refuses all time until somebody unlocks it. */
function lock({ odoo }: World): () => void {
  const write = odoo.write.bind(odoo);
  odoo.write = async (entity, changes, signal) =>
    entity !== 'timesheet'
      ? write(entity, changes, signal)
      : changes.map(({ reference }) => ({
          reference,
          ok: false as const,
          error: 'invalid' as const,
          message: 'Timesheets are locked',
        }));
  return () => {
    odoo.write = write;
  };
}

const time = { declaration: 'time', ...january };

describe('what a process should have brought', () => {
  test('is brought again once it was refused', async () => {
    const desk = await createDesk([timesheets], { rules: held, flows: [flow] }, [flow]);
    const { entry, unlock } = await enterTime(desk, true);
    unlock();
    const { run, findings } = await desk.reconcile(time);
    expect(findings.map(words)).toEqual([`missing-there harvest ${entry} -`]);
    expect(run.counts).not.toHaveProperty('held');
    expect(desk.world.odoo.states('timesheet')).toMatchObject([{ hours: '8' }]);
  });

  test('is brought again when it was deleted there, and was refused then', async () => {
    const desk = await createDesk([timesheets], { rules: held, flows: [flow] }, [flow]);
    const { world } = desk;
    const { entry } = await enterTime(desk, false);
    world.odoo.delete('timesheet', lineOf(world, entry) as string);
    const unlock = lock(world);
    await desk.reconcile(time);
    const refused = await desk.reconcile(time);
    expect(refused.findings.map(words)).toEqual([`missing-there harvest ${entry} -`]);
    expect(refused.totals).toMatchObject([{ here: '8', there: '0', waiting: '0' }]);
    unlock();
    await desk.reconcile(time);
    expect(world.odoo.states('timesheet')).toMatchObject([{ hours: '8' }]);
  });

  test('is on its way while an earlier step keeps it back', async () => {
    const checked: Flow = {
      ...flow,
      steps: [
        {
          ...step,
          id: 'noted',
          kind: 'require',
          quantity: 'all',
          condition: { when: { notes: 'Checked' } },
        },
        ...flow.steps,
      ],
    };
    const desk = await createDesk([timesheets], { rules: held, flows: [checked] }, [checked]);
    await enterTime(desk, false);
    const { run, findings, totals } = await desk.reconcile(time);
    expect(findings).toEqual([]);
    expect(run.counts).toMatchObject({ held: 1 });
    expect(totals).toMatchObject([{ here: '8', there: '0', waiting: '8' }]);
    expect(desk.world.odoo.states('timesheet')).toEqual([]);
  });
});

test('a repair that is refused again and again is told once, and leaves one delivery behind', async () => {
  const desk = await createDesk([timesheets]);
  const { world } = desk;
  const { entry, unlock } = await enterTime(desk, true);
  const actions: string[] = [];
  for (let night = 0; night < 4; night++) {
    const { findings } = await desk.reconcile(time);
    actions.push(...findings.map(({ action }) => action));
    await world.pass(24 * 3_600_000);
  }
  expect(actions).toEqual(['repaired', 'raised', 'raised', 'raised']);
  expect(
    world.rows('select state, count(*) as count from delivery where source_id = ? group by state', entry),
  ).toEqual([
    { state: 'dead', count: 1 },
    { state: 'superseded', count: 4 },
  ]);
  expect(await world.store.raisedAfter('time ', '', 10)).toMatchObject([
    { owner: 'finance', object: { id: entry }, cause: 'Timesheets are locked' },
  ]);
  unlock();
  await desk.reconcile(time);
  expect(world.odoo.states('timesheet')).toMatchObject([{ hours: '8' }]);
  await desk.reconcile(time);
  expect(await world.store.raisedAfter('time ', '', 10)).toEqual([]);
});
