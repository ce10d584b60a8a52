import { expect, test } from 'vitest';
import { createFirm, openProject, time } from './firm.ts';

const kills = Array.from({ length: 14 }, (_, index) => index + 1);

test.each(kills)('killed around transaction %i of the flows, everything is done once', async (kill) => {
  const { world, instances, exceptions } = await createFirm();
  await openProject(world);
  let turns = 0;
  const { flowTurn } = world.broken;
  world.broken.flowTurn = (turn) => {
    turns++;
    return flowTurn(turn);
  };
  await time(world, 't1');
  await time(world, 't2');
  for (let left = 300; left > 0 && turns < kill; left--)
    await new Promise((resolve) => setImmediate(resolve));
  await world.crash();
  await world.pass(10_000);
  expect(instances()).toMatchObject(
    ['t1', 't2'].map((id) => ({
      id,
      round: 1,
      steps: ['project-open done', 'in-erp done', 'draft done', 'billed waiting'],
    })),
  );
  expect(world.odoo.done).toHaveLength(2);
  expect(world.odoo.states('timesheet')).toHaveLength(2);
  expect(exceptions()).toEqual([]);
});

test('what happens twice and in another order leads to the same', async () => {
  const { world, instances } = await createFirm();
  await openProject(world);
  await time(world, 't1');
  await world.tell(world.harvest, 'timesheet', 't1', { id: 'again', occurredAt: '2026-01-01T00:00:00.000Z' });
  await world.tell(world.harvest, 'timesheet', 't1', { id: 'again' });
  await world.calm();
  await world.tell(world.harvest, 'timesheet', 't1');
  await world.calm();
  expect(instances()).toHaveLength(1);
  expect(world.odoo.done).toHaveLength(1);
});

test('what was withdrawn and approved again before anybody looked begins again', async () => {
  const { world, instances } = await createFirm();
  await openProject(world);
  await time(world, 't1');
  await world.calm();
  // The flows are held up by other work, while the rules take the line out and the next state comes in.
  const { flowTurn } = world.broken;
  let goOn: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  world.broken.flowTurn = async (turn) => {
    await held;
    return flowTurn(turn);
  };
  await time(world, 't1', { approval: 'open' });
  await world.calm();
  expect(world.odoo.states('timesheet')).toEqual([]);
  await time(world, 't1');
  await world.calm();
  goOn();
  await world.calm();
  expect(instances()).toMatchObject([
    { round: 1, state: 'ended' },
    { round: 2, state: 'running' },
  ]);
  expect(world.odoo.states('timesheet')).toHaveLength(1);
});

test('what changed for many is tried again by all of them, also over a crash after the first ones', async () => {
  const { world, instances } = await createFirm();
  await openProject(world);
  // More than are looked at in one transaction.
  const ids = Array.from({ length: 230 }, (_, index) => `t${String(index).padStart(3, '0')}`);
  world.odoo.fault = (call) =>
    call.method === 'act' ? { kind: 'call', error: world.odoo.error('invalid', 'is closed') } : undefined;
  for (const id of ids) await time(world, id);
  await world.pass(60_000);
  const draft = (state: string) => instances().filter(({ steps }) => steps.includes(`draft ${state}`));
  expect(draft('stuck')).toHaveLength(ids.length);
  world.odoo.fault = () => undefined;
  // The first transaction that takes the change in is the last of the process.
  const { flowTurn } = world.broken;
  let taken = false;
  world.broken.flowTurn = async (turn) => {
    if (taken) throw new TypeError('killed');
    let changes = false;
    const result = await flowTurn((desk) => {
      const before = desk.progress.get('change');
      const answer = turn(desk);
      changes = desk.progress.get('change') !== before;
      return answer;
    });
    taken = changes;
    return result;
  };
  world.odoo.patch('project', 'p1', { name: 'Corrected' });
  await world.tell(world.odoo, 'project', 'p1');
  await world.calm();
  expect(taken).toBe(true);
  await world.crash();
  await world.pass(10_000);
  expect(draft('done')).toHaveLength(ids.length);
  expect(world.odoo.done).toHaveLength(ids.length);
});
