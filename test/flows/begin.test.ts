import { expect, test } from 'vitest';
import type { Flow } from '../../bridge/rules/flow.ts';
import type { World } from '../engine/world.ts';
import { createFirm, openProject, time } from './firm.ts';
import { approvedTime, inErp, projectOpen } from './sample-flows.ts';

const restart = async (world: World, flows: readonly Flow[]) => {
  await world.engine.stop(0);
  await world.restart({ flows });
  await world.calm();
};

test('a flow that is taken out and put in again goes on with what it followed', async () => {
  const other: Flow = { ...approvedTime, id: 'other', condition: { when: { approval: 'other' } } };
  const { world, instances } = await createFirm({ flows: [other, approvedTime] });
  await openProject(world, 'p1', 'closed');
  await time(world, 't1');
  await world.calm();
  await restart(world, [other]);
  expect(instances().map(({ state }) => state)).toEqual(['ended']);
  await restart(world, [other, approvedTime]);
  expect(instances()).toMatchObject([
    { round: 1, state: 'ended' },
    { round: 2, state: 'running', steps: ['project-open stuck'] },
  ]);
});

test('what was done before its flow was taken out is not done again when it is put in', async () => {
  const other: Flow = { ...approvedTime, id: 'other', condition: { when: { approval: 'other' } } };
  const once: Flow = { ...approvedTime, steps: [projectOpen, inErp] };
  const { world, instances } = await createFirm({ flows: [other, once] });
  await openProject(world);
  await time(world, 't1');
  await world.calm();
  await restart(world, [other]);
  await restart(world, [other, once]);
  expect(instances()).toMatchObject([{ round: 1, state: 'done' }]);
});

const { person: _, ...accountClosed } = projectOpen;
/** About those whom Harvest knows. */
const leaving: Flow = {
  id: 'worker-leaves',
  title: 'Leavers have no account',
  entity: 'worker',
  from: 'erp',
  condition: { when: { active: false } },
  knownIn: 'psa',
  objects: [{ name: 'account', entity: 'worker', in: 'psa', of: 'subject', by: { kind: 'same' } }],
  steps: [{ ...accountClosed, on: 'account', id: 'closed', condition: { when: { active: false } } }],
};

/** Who has left long ago, and an account of the same address that nobody has linked yet. */
async function createLeaver() {
  const firm = await createFirm({ flows: [leaving] });
  const { world } = firm;
  world.odoo.put('worker', 'w', { email: 'w@example.com', active: false });
  world.harvest.put('worker', 'hw', { email: 'w@example.com', active: true });
  await world.tell(world.odoo, 'worker', 'w');
  await world.tell(world.harvest, 'worker', 'hw');
  await world.calm();
  return firm;
}

async function link(world: World): Promise<void> {
  const bring = { id: 'd1', target: 'odoo', source: 'harvest', entity: 'worker', sourceId: 'hw' } as const;
  await world.store.enqueue([{ ...bring, lane: 0, rulesVersion: 'test', correlation: 'x' }]);
  world.engine.wakeDeliveries(['odoo']);
  await world.calm();
  expect(world.rows("select 1 from link where entity = 'worker'")).toHaveLength(2);
}

test('begins for what another system comes to know only later', async () => {
  const { world, instances, exceptions } = await createLeaver();
  expect(instances()).toEqual([]);
  await link(world);
  expect(instances()).toMatchObject([{ id: 'w', state: 'running' }]);
  expect(exceptions()).toMatchObject([{ key: 'worker-leaves/closed/harvest:worker:hw', open: true }]);
  world.harvest.patch('worker', 'hw', { active: false });
  await world.tell(world.harvest, 'worker', 'hw');
  await world.calm();
  expect(instances()).toMatchObject([{ id: 'w', round: 1, state: 'done' }]);
});

test('begins also for what was linked right before the bridge ended', async () => {
  const { world, instances } = await createLeaver();
  await world.pass(24 * 60 * 60_000);
  // What became of the delivery never comes to the flows.
  world.broken.flowTurn = () => Promise.reject(new TypeError('killed'));
  await link(world);
  await world.crash();
  await world.calm();
  expect(instances()).toMatchObject([{ id: 'w', state: 'running' }]);
});

test('what was decided before the bridge began begins nothing, and what is decided from then on does', async () => {
  // The bridge of these tests began on 2026-01-05.
  const since: Flow = { ...approvedTime, since: 'day', steps: [projectOpen] };
  const { world, instances } = await createFirm({ flows: [since] });
  await openProject(world);
  await time(world, 'before', { day: '2026-01-04' });
  await time(world, 'then', { day: '2026-01-05' });
  await time(world, 'open', { day: null });
  await world.calm();
  expect(instances().map(({ id }) => id)).toEqual(['open', 'then']);
  await time(world, 'before', { day: '2026-01-06' });
  await world.calm();
  expect(instances().map(({ id }) => id)).toEqual(['before', 'open', 'then']);
});
