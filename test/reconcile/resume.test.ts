import { describe, expect, test } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import { createRandom } from '../engine/random.ts';
import { testSeeds } from '../engine/seeds.ts';
import { createDesk, type Desk, type Result, timesheets, words } from './desk.ts';
import { createFirm, january, lineOf } from './firm.ts';
import { expectExplained } from './totals.ts';

/** A firm in which something of every kind is wrong; answers how it is told. */
async function troubled(seed: number): Promise<{ desk: Desk; planted: string[] }> {
  const random = createRandom(seed);
  const desk = await createDesk([timesheets], { batch: 7 });
  const { world } = desk;
  const firm = await createFirm(world, random, { projects: 2, entries: 30 });
  const approved = firm.entries.filter((id) => world.harvest.get('timesheet', id)?.approval === 'approved');
  const [changed, deleted, edited, lost, twice] = approved as [string, string, string, string, string];
  world.harvest.patch('timesheet', changed, { hours: '99' });
  world.harvest.delete('timesheet', deleted);
  world.odoo.patch('timesheet', lineOf(world, edited) as string, { hours: '77' });
  world.odoo.delete('timesheet', lineOf(world, lost) as string);
  world.odoo.put('timesheet', 'copy', world.odoo.get('timesheet', lineOf(world, twice) as string) as State);
  const planted = [
    `stale harvest ${changed} - hours`,
    `stale harvest ${deleted} -`,
    `different harvest ${edited} ${lineOf(world, edited)} hours`,
    `missing-there harvest ${lost} ${lineOf(world, lost)}`,
    `duplicate odoo copy ${lineOf(world, twice)}`,
  ].sort();
  return { desk, planted };
}

const order = { declaration: 'time', by: 'test', ...january };

async function start(desk: Desk): Promise<string> {
  const asked = await desk.reconciler.start(order);
  if (!asked.ok) throw new Error(asked.message);
  return asked.run.id;
}

/** Lets the run keep how far it is `count` times. */
async function savesUntil(desk: Desk, count: number): Promise<void> {
  const { broken } = desk.world;
  const save = broken.moveRun;
  let saves = 0;
  await new Promise<void>((resolve) => {
    broken.moveRun = async (...parameters) => {
      await save(...parameters);
      if (++saves >= count) resolve();
    };
    // It may be done before.
    const [id] = [parametersOf(desk)];
    void id.then((run) => desk.reconciler.ended(run)).then(() => resolve());
  });
  broken.moveRun = save;
}

const parametersOf = async (desk: Desk): Promise<string> =>
  (await desk.world.store.reconciliations(1))[0]?.id as string;

async function told(desk: Desk, id: string, planted: readonly string[]): Promise<Result> {
  await desk.reconciler.ended(id);
  expect(desk.failures).toEqual([]);
  await desk.world.calm();
  const result = await desk.result(id);
  expect(result.run).toMatchObject({ state: 'done', phase: 'over' });
  expect(result.findings.map(words).sort()).toEqual(planted);
  expect(result.findings.filter(({ action }) => action === 'open')).toEqual([]);
  expectExplained(result);
  // However often a list was begun, every object is counted once.
  const { counts } = result.run;
  const { harvest } = desk.world;
  expect(counts['listed harvest']).toBe(Object.keys(harvest.all('timesheet')).length);
  return result;
}

/** What the bridge could put right is right, and was done once: the next run finds only what a person has to look at. */
async function healed(desk: Desk, planted: readonly string[]): Promise<void> {
  await desk.world.pass(60_000);
  const { findings } = await desk.reconcile(order);
  expect(findings.map(words)).toEqual(planted.filter((line) => line.startsWith('duplicate')));
}

testSeeds('runs that are stopped somewhere and resumed', 6, async (random) => {
  const { desk, planted } = await troubled(random.below(1000));
  const id = await start(desk);
  for (let time = 1 + random.below(3); time > 0; time--) {
    await savesUntil(desk, 1 + random.below(12));
    const stopped = await desk.reconciler.stop(id);
    if (!stopped.ok) break;
    if (stopped.run.state === 'done') break;
    expect(stopped.run).toMatchObject({ state: 'stopped' });
    expect(await desk.reconciler.resume(id)).toMatchObject({ ok: true });
  }
  await told(desk, id, planted);
  await healed(desk, planted);
  await desk.reconciler.close();
  await desk.world.close();
});

testSeeds('runs that are killed somewhere, with the bridge', 6, async (random) => {
  const { desk, planted } = await troubled(random.below(1000));
  const id = await start(desk);
  for (let time = 1 + random.below(3); time > 0; time--) {
    await savesUntil(desk, 1 + random.below(12));
    await desk.crash();
    await desk.reconciler.takeUp();
  }
  await told(desk, id, planted);
  await healed(desk, planted);
  await desk.reconciler.close();
  await desk.world.close();
});

describe('one run of a declaration at a time', () => {
  test('a second one is refused, until the first is stopped', async () => {
    const { desk } = await troubled(1);
    const id = await start(desk);
    expect(await desk.reconciler.start(order)).toMatchObject({ ok: false, error: 'conflict' });
    await desk.reconciler.stop(id);
    const second = await start(desk);
    expect(await desk.reconciler.resume(id)).toMatchObject({ ok: false, error: 'conflict' });
    await desk.reconciler.ended(second);
    expect(await desk.reconciler.resume(second)).toMatchObject({ ok: false, error: 'conflict' });
    expect(await desk.reconciler.stop(second)).toMatchObject({ ok: false, error: 'conflict' });
    expect(await desk.reconciler.stop('nothing')).toMatchObject({ ok: false, error: 'not_found' });
  });
});

test('a run that two ask to go on goes on once', async () => {
  const { desk, planted } = await troubled(5);
  const id = await start(desk);
  await savesUntil(desk, 3);
  await desk.reconciler.stop(id);
  const { broken } = desk.world;
  const save = broken.moveRun;
  let ends = 0;
  broken.moveRun = (run, progress, results) => {
    if (progress.phase === 'over') ends++;
    return save(run, progress, results);
  };
  await Promise.all([desk.reconciler.resume(id), desk.reconciler.resume(id)]);
  await told(desk, id, planted);
  expect(ends).toBe(1);
});

test('a run that is asked to go on while the bridge stops stays for the next one', async () => {
  const { desk } = await troubled(6);
  const id = await start(desk);
  await savesUntil(desk, 2);
  await desk.reconciler.stop(id);
  await Promise.all([desk.reconciler.resume(id), desk.reconciler.close()]);
  const left = await desk.world.store.reconciliation(id);
  expect(left).toMatchObject({ state: 'running' });
  await desk.world.calm();
  expect(await desk.world.store.reconciliation(id)).toEqual(left);
});

describe('a system in trouble', () => {
  test('is asked again, and the run goes on', async () => {
    const { desk, planted } = await troubled(2);
    const { odoo } = desk.world;
    odoo.failNext('list', { kind: 'call', error: odoo.error('unavailable', 'is down') });
    await told(desk, await start(desk), planted);
  });

  test('that stays so fails the run, which can be resumed', async () => {
    const { desk, planted } = await troubled(3);
    const { odoo } = desk.world;
    const down = { kind: 'call', error: odoo.error('unavailable', 'is down') } as const;
    odoo.failNext('list', down, down, down, down);
    const id = await start(desk);
    await desk.reconciler.ended(id);
    expect(await desk.world.store.reconciliation(id)).toMatchObject({
      state: 'failed',
      note: expect.stringContaining('is down'),
    });
    expect(await desk.reconciler.resume(id)).toMatchObject({ ok: true });
    await told(desk, id, planted);
  });

  test('that comes again when the run has moved on is as new', async () => {
    const { desk, planted } = await troubled(7);
    for (const system of [desk.world.harvest, desk.world.odoo]) {
      const down = { kind: 'call', error: system.error('unavailable', 'is down') } as const;
      system.failNext('list', down, down, down);
    }
    await told(desk, await start(desk), planted);
  });

  test('that comes each time at the same place fails the run', async () => {
    const { desk, planted } = await troubled(8);
    const { odoo } = desk.world;
    const list = odoo.list;
    let lists = 0;
    odoo.list = async function* (...parameters) {
      lists++;
      for await (const page of list.apply(odoo, parameters)) {
        yield page;
        throw odoo.error('unavailable', 'is down');
      }
    };
    const id = await start(desk);
    await desk.reconciler.ended(id);
    expect(await desk.world.store.reconciliation(id)).toMatchObject({ state: 'failed', phase: 'reading' });
    expect(lists).toBe(4);
    odoo.list = list;
    expect(await desk.reconciler.resume(id)).toMatchObject({ ok: true });
    await told(desk, id, planted);
  });

  test('that suddenly lists little is not believed', async () => {
    const desk = await createDesk([timesheets]);
    const { world } = desk;
    await createFirm(world, createRandom(4), { projects: 2, entries: 120 });
    world.odoo.unlisted = () => true;
    const { run, findings } = await desk.reconcile({ declaration: 'time', ...january });
    expect(run.state).toBe('failed');
    expect(run.note).toMatch(/odoo lists 0 of the \d+ objects that were known/);
    expect(findings).toEqual([]);
    expect(world.odoo.calls('remove')).toEqual([]);
  });
});
