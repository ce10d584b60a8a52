import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { Flow, FlowStep } from '../../bridge/rules/flow.ts';
import type { Timing } from '../../bridge/rules/part.ts';
import { openDatabaseForReading } from '../../bridge/store/database.ts';
import { readStatus } from '../../bridge/store/status.ts';
import { readTrace } from '../../bridge/store/trace.ts';
import { declarations, type World } from '../engine/world.ts';
import { createFirm, openProject, time } from './firm.ts';
import { approvedTime, draft, projectOpen } from './sample-flows.ts';

const hour = 60 * 60_000;
const draftAt = (timing: Timing): FlowStep => ({ ...draft, timing });
const drafting: Flow = { ...approvedTime, steps: [projectOpen, draft] };

describe('a call', () => {
  test('whose answer was lost is asked again and does nothing twice', async () => {
    const { world, instances } = await createFirm({ flows: [drafting] });
    await openProject(world);
    world.odoo.failNext('act', { kind: 'lost' });
    await time(world, 't1');
    await world.pass(10_000);
    expect(world.odoo.calls('act')).toHaveLength(2);
    expect(world.odoo.done).toHaveLength(1);
    expect(world.odoo.states('invoice')).toHaveLength(1);
    expect(instances()).toMatchObject([{ state: 'done' }]);
  });

  test('that was under way when the bridge was killed is asked again', async () => {
    const { world, instances } = await createFirm({ flows: [drafting] });
    await openProject(world);
    world.odoo.failNext('act', { kind: 'hang', done: true });
    await time(world, 't1');
    await world.calm();
    await world.crash();
    await world.pass(10_000);
    expect(world.odoo.calls('act')).toHaveLength(2);
    expect(world.odoo.done).toHaveLength(1);
    expect(instances()).toMatchObject([{ state: 'done' }]);
  });

  test('that is refused is stuck by its cause, and tried again when something changes', async () => {
    const { world, instances, exceptions } = await createFirm({ flows: [drafting] });
    await openProject(world);
    world.odoo.refuses = () => ({ ok: false, error: 'conflict', message: 'The period is closed.' });
    await time(world, 't1');
    await world.calm();
    expect(exceptions()).toMatchObject([
      { key: 'approved-time-to-bill/draft/odoo:project:p1', cause: 'The period is closed.', open: true },
    ]);
    world.odoo.refuses = () => undefined;
    await world.pass(hour);
    expect(world.odoo.done).toEqual([]);
    world.odoo.patch('project', 'p1', { name: 'Another name' });
    await world.tell(world.odoo, 'project', 'p1');
    await world.calm();
    expect(world.odoo.done).toHaveLength(1);
    expect(instances()).toMatchObject([{ state: 'done' }]);
    expect(exceptions()).toMatchObject([{ open: false }]);
    expect(world.rows("select 1 from delivery where state = 'dead'")).toEqual([]);
  });

  test('that was refused is tried again by itself after some hours', async () => {
    const { world, instances } = await createFirm({ flows: [drafting] });
    await openProject(world);
    world.odoo.refuses = () => ({ ok: false, error: 'conflict', message: 'The period is closed.' });
    await time(world, 't1');
    await world.calm();
    world.odoo.refuses = () => undefined;
    await world.pass(5 * hour);
    expect(instances()).toMatchObject([{ state: 'done' }]);
    expect(world.odoo.done).toHaveLength(1);
  });

  test('waits as long as it pauses, and is left out when its flow ends meanwhile', async () => {
    const paused: FlowStep = { ...draft, pause: 10 * 60_000 };
    const { world, instances } = await createFirm({ flows: [{ ...drafting, steps: [projectOpen, paused] }] });
    await openProject(world);
    await time(world, 't1');
    await time(world, 't2');
    await world.pass(5 * 60_000);
    expect(world.odoo.done).toEqual([]);
    world.harvest.patch('timesheet', 't2', { approval: 'submitted' });
    await world.tell(world.harvest, 'timesheet', 't2');
    await world.pass(6 * 60_000);
    expect(world.odoo.done).toHaveLength(1);
    expect(instances().map(({ state }) => state)).toEqual(['done', 'ended']);
  });

  test('leaves only within its window', async () => {
    // It is 8 o'clock; the window opens at 20.
    const timing = { kind: 'window', cron: '0 20 * * *', minutes: 60 } as const;
    const { world } = await createFirm({
      flows: [{ ...drafting, steps: [projectOpen, draftAt(timing)] }],
    });
    await openProject(world);
    await time(world, 't1');
    await world.pass(11 * hour);
    expect(world.odoo.done).toEqual([]);
    await world.pass(1.1 * hour);
    expect(world.odoo.done).toHaveLength(1);
  });

  test('that has not left is left out when its flow ends', async () => {
    const timing = { kind: 'window', cron: '0 20 * * *', minutes: 60 } as const;
    const { world, instances } = await createFirm({
      flows: [{ ...drafting, steps: [projectOpen, draftAt(timing)] }],
    });
    await openProject(world);
    await time(world, 't1');
    await world.calm();
    await time(world, 't1', { approval: 'open' });
    await world.pass(13 * hour);
    expect(world.odoo.calls('act')).toEqual([]);
    expect(instances()).toMatchObject([{ state: 'ended' }]);
    expect(world.outcomes()).toContain('skipped');
  });

  test('that ended its own condition counts as done', async () => {
    const { world, instances } = await createFirm({ flows: [drafting] });
    await openProject(world);
    const acting = world.odoo.gate('act');
    await time(world, 't1');
    await acting.reached;
    await time(world, 't1', { approval: 'open' });
    await world.calm();
    expect(instances()).toMatchObject([{ state: 'running', waits: 'It is being done at this moment.' }]);
    acting.open();
    await world.calm();
    expect(instances()).toMatchObject([{ state: 'done' }]);
  });

  test('in shadow is only recorded', async () => {
    const { world, instances } = await createFirm({ flows: [drafting], shadow: ['odoo'] });
    await openProject(world);
    // Nothing is linked in shadow, so the project is looked at where it is.
    world.odoo.put('timesheet', 'o1', { approval: 'approved', project: 'p1', notes: 'note' });
    await world.engine.stop(0);
    await world.restart({ flows: [{ ...drafting, from: 'erp' }] });
    await world.tell(world.odoo, 'timesheet', 'o1');
    await world.calm();
    expect(world.odoo.calls('act')).toEqual([]);
    expect(instances()).toMatchObject([{ steps: ['project-open done', 'draft waiting'] }]);
    expect(world.rows("select state from delivery where entity = 'make-draft-invoice'")).toEqual([
      { state: 'shadowed' },
    ]);
    await world.engine.stop(0);
    await world.restart({
      systems: declarations(),
    });
    await world.calm();
    expect(world.odoo.done).toHaveLength(1);
    expect(instances()).toMatchObject([{ state: 'done' }]);
  });

  test('tells in the trace what it made', async () => {
    const { world } = await createFirm({ flows: [drafting] });
    await openProject(world);
    await time(world, 't1');
    await world.calm();
    const database = openDatabaseForReading(world.path);
    const entries = await readTrace(database, 'odoo:project:p1');
    await database.kysely.destroy();
    const [made] = Object.keys(world.odoo.all('invoice'));
    const texts = entries.map(({ text }) => text).join('\n');
    expect(texts).toContain(`odoo:actions:make-draft-invoice:${made}: created`);
  });
});

describe('a call that was refused', () => {
  const closed = { ok: false, error: 'conflict', message: 'The period is closed.' } as const;

  test('needs nobody any more when its flow has ended', async () => {
    const { world, instances, exceptions } = await createFirm({ flows: [drafting] });
    await openProject(world);
    world.odoo.refuses = () => closed;
    await time(world, 't1');
    await world.calm();
    expect(callStates(world)).toEqual(['dead']);
    await time(world, 't1', { approval: 'open' });
    await world.calm();
    expect(instances()).toMatchObject([{ state: 'ended' }]);
    expect(exceptions()).toMatchObject([{ open: false }]);
    expect(callStates(world)).toEqual(['superseded']);
    expect(await problems(world)).toEqual([]);
  });

  test('gives way to that of the next round, which is explained by its own', async () => {
    const { world, instances, exceptions } = await createFirm({ flows: [{ ...drafting, again: ['hours'] }] });
    await openProject(world);
    world.odoo.refuses = () => closed;
    await time(world, 't1');
    await world.calm();
    await time(world, 't1', { hours: '3' });
    await world.calm();
    expect(callStates(world)).toEqual(['superseded', 'dead']);
    expect(exceptions().map(({ open }) => open)).toEqual([false, true]);
    expect(await problems(world)).toEqual([]);
    world.odoo.refuses = () => undefined;
    await world.pass(5 * hour);
    expect(instances().map(({ state }) => state)).toEqual(['ended', 'done']);
    expect(callStates(world)).toEqual(['superseded', 'superseded', 'done']);
    expect(world.odoo.done).toHaveLength(1);
  });

  test('needs nobody any more when its flow is taken out of the rules', async () => {
    const { world, instances } = await createFirm({ flows: [drafting] });
    await openProject(world);
    world.odoo.refuses = () => closed;
    await time(world, 't1');
    await world.calm();
    await world.engine.stop(0);
    await world.restart({ flows: [] });
    await world.calm();
    expect(instances()).toMatchObject([{ state: 'ended' }]);
    expect(callStates(world)).toEqual(['superseded']);
    expect(await problems(world)).toEqual([]);
  });

  test('behind the back of its flow, which began again meanwhile, needs nobody', async () => {
    const { world, instances } = await createFirm({ flows: [{ ...drafting, again: ['hours'] }] });
    await openProject(world);
    world.odoo.refuses = (_, { reference }) => (reference.endsWith(':1:p1') ? closed : undefined);
    const acting = world.odoo.gate('act');
    await time(world, 't1');
    await acting.reached;
    await time(world, 't1', { hours: '3' });
    await world.calm();
    expect(instances().map(({ state }) => state)).toContain('ended');
    acting.open();
    await world.calm();
    expect(instances().map(({ state }) => state)).toEqual(['ended', 'done']);
    expect(callStates(world)).toEqual(['superseded', 'done']);
    expect(await problems(world)).toEqual([]);
  });

  test('is let go at the next start where its flow ended without it; others are not', async () => {
    const { world, exceptions } = await createFirm({ flows: [drafting] });
    await openProject(world);
    world.odoo.refuses = () => closed;
    await time(world, 't1');
    await time(world, 't2');
    await world.calm();
    await time(world, 't1', { approval: 'open' });
    await world.calm();
    await world.engine.stop(0);
    await world.flows.stop();
    // So it was left by a process that was killed before the flows learnt of it.
    const database = new Database(world.path);
    database.exec("update delivery set state = 'dead' where state = 'superseded'");
    database.close();
    expect(callStates(world)).toEqual(['dead', 'dead']);
    await world.restart();
    await world.calm();
    expect(callStates(world)).toEqual(['superseded', 'dead']);
    expect(exceptions()).toMatchObject([{ open: true, instances: 1 }]);
    expect(await problems(world)).toEqual([]);
  });

  test('after an answer was lost stays in doubt for a person, until what the flow came to is cleared away', async () => {
    const { world, instances } = await createFirm({ flows: [drafting] });
    await openProject(world);
    world.odoo.failNext('act', { kind: 'lost' });
    world.odoo.refuses = () => closed;
    await time(world, 't1');
    await world.pass(10_000);
    await time(world, 't1', { approval: 'open' });
    await world.calm();
    expect(instances()).toMatchObject([{ state: 'ended' }]);
    const calls = "select state, uncertain from delivery where target = 'odoo:actions'";
    expect(world.rows(calls)).toEqual([{ state: 'dead', uncertain: 1 }]);
    await world.engine.stop(0);
    await world.restart();
    await world.calm();
    expect(world.rows(calls)).toEqual([{ state: 'dead', uncertain: 1 }]);
    expect(await problems(world)).toMatchObject([{ state: 'dead', cause: 'The period is closed.' }]);
    await world.pass(24 * hour);
    const before = new Date(Date.now()).toISOString();
    while ((await world.store.removeSettled(before)) > 0);
    expect(world.rows(calls)).toEqual([]);
    expect(await problems(world)).toEqual([]);
  });
});

test('a call that was only recorded is history when its flow has ended', async () => {
  const { world, instances } = await createFirm({ flows: [{ ...drafting, from: 'erp' }], shadow: ['odoo'] });
  await openProject(world);
  const approve = async (approval: string) => {
    world.odoo.put('timesheet', 'o1', { approval, project: 'p1', notes: 'note' });
    await world.tell(world.odoo, 'timesheet', 'o1');
    await world.calm();
  };
  await approve('approved');
  expect(callStates(world)).toEqual(['shadowed']);
  await approve('open');
  expect(instances()).toMatchObject([{ state: 'ended' }]);
  expect(callStates(world)).toEqual(['superseded']);
});

/** The states of everything that Odoo was asked to do, in order. */
const callStates = (world: World): string[] =>
  world
    .rows<{ state: string }>("select state from delivery where target = 'odoo:actions' order by seq")
    .map(({ state }) => state);

/** What is told to people beside the exceptions. */
async function problems(world: World) {
  const database = openDatabaseForReading(world.path);
  const status = await readStatus(database);
  await database.kysely.destroy();
  return status.problems;
}
