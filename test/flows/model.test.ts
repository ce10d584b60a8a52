import { expect } from 'vitest';
import type { Flow } from '../../bridge/rules/flow.ts';
import { chaos } from '../engine/chaos.ts';
import type { MemorySystem } from '../engine/memory-system.ts';
import type { Random } from '../engine/random.ts';
import { testSeeds } from '../engine/seeds.ts';
import type { World } from '../engine/world.ts';
import { createFirm, openProject, time, viewsOf } from './firm.ts';
import { approvedTime } from './sample-flows.ts';

// People approve and withdraw time, close and open projects, and bill, in any order, while calls fail, answers get lost,
// messages come twice and the bridge is killed at any moment. In the end every flow stands where it has to by what the
// systems hold then, and nothing was done twice. A run is repeated by its seed (`seeds.ts`).

const projects = ['p1', 'p2'];
const entries = ['t1', 't2', 't3', 't4', 't5'];
const actions = 30;

/** The same, without deadlines that a run could come to. */
const flow: Flow = {
  ...approvedTime,
  steps: approvedTime.steps.map(({ within: _within, ...step }) => step as Flow['steps'][number]),
};

testSeeds('firms whose flows stand where they have to', 12, run);

async function run(random: Random): Promise<void> {
  const { world } = await createFirm({ flows: [flow], random: random.next, batch: 1 + random.below(4) });
  for (const project of projects) await openProject(world, project);
  const systems = [world.odoo, world.harvest];
  const trouble = random.chance(0.7);
  for (const system of systems) {
    if (trouble) system.fault = (call) => chaos(random, system, call);
    system.distance = () => random.below(5);
  }
  for (let left = actions; left > 0; left--) {
    await something(world, random);
    const next = random.next();
    if (next < 0.15) await world.pass(random.below(60_000));
    else if (next < 0.25) await world.crash();
    else
      for (let turn = random.below(25); turn > 0; turn--)
        await new Promise((resolve) => setImmediate(resolve));
  }
  for (const system of systems) system.fault = () => undefined;
  await world.pass(3_600_000);
  // What was refused meanwhile is tried again when it changes, and what was refused for good reasons after some hours.
  for (const id of Object.keys(world.harvest.all('timesheet'))) {
    world.harvest.patch('timesheet', id, { notes: 'the end' });
    await world.tell(world.harvest, 'timesheet', id);
  }
  await world.pass(10 * 3_600_000);
  for (const id of Object.keys(world.odoo.all('timesheet'))) await world.tell(world.odoo, 'timesheet', id);
  await world.pass(3_600_000);
  check(world);
  await world.close();
}

async function something(world: World, random: Random): Promise<void> {
  const twice = async (system: MemorySystem, entity: 'timesheet' | 'project', id: string) => {
    await world.tell(system, entity, id);
    if (random.chance(0.2)) await world.tell(system, entity, id);
  };
  const entry = random.pick(entries);
  const lines = Object.keys(world.odoo.all('timesheet'));
  switch (random.below(6)) {
    case 0: {
      const project = random.pick(projects);
      world.odoo.patch('project', project, { status: random.pick(['active', 'closed']) });
      return twice(world.odoo, 'project', project);
    }
    case 1:
      if (lines.length === 0) return;
      return approve(world, random.pick(lines));
    case 2:
      world.harvest.delete('timesheet', entry);
      return twice(world.harvest, 'timesheet', entry);
    default:
      return time(
        world,
        entry,
        { approval: random.pick(['approved', 'approved', 'open']), notes: `note ${random.below(5)}` },
        random.pick(projects),
      );
  }
}

async function approve(world: World, line: string): Promise<void> {
  world.odoo.patch('timesheet', line, { approval: 'approved' });
  await world.tell(world.odoo, 'timesheet', line);
}

interface Row {
  seq: number;
  external_id: string;
  round: number;
  state: string;
  holding: number;
  steps: string;
  exception: number | null;
}

function check(world: World): void {
  const rows = world.rows<Row>('select * from flow_instance order by seq');
  const latest = new Map(rows.map((row) => [row.external_id, row]));
  const stuck: string[] = [];
  for (const entry of entries) {
    const state = world.harvest.get('timesheet', entry);
    const row = latest.get(entry);
    const about = `${entry} ${JSON.stringify(row)}`;
    if (state?.approval !== 'approved') {
      expect(row?.state ?? 'ended', about).not.toBe('running');
      expect(row?.holding ?? 0, about).toBe(0);
      continue;
    }
    expect(row?.holding, about).toBe(1);
    if (row?.state !== 'running') {
      expect(row?.state, about).toBe('done');
      continue;
    }
    const steps = JSON.parse(row.steps) as { id: string; state: string }[];
    const { current, fault } = oracle(
      world,
      entry,
      new Set(steps.filter(({ state }) => state === 'done').map(({ id }) => id)),
    );
    expect(steps.at(-1)?.id, about).toBe(current);
    expect(steps.at(-1)?.state, about).toBe(fault === undefined ? 'waiting' : 'stuck');
    expect(row.exception !== null, about).toBe(fault !== undefined);
    if (fault !== undefined) stuck.push(fault);
  }
  // Every root cause is one exception, with all that hang on it.
  const open = viewsOf(world)
    .exceptions()
    .filter((exception) => exception.open)
    .flatMap(({ key, instances }) => Array.from({ length: instances }, () => key));
  expect(open.sort()).toEqual(stuck.sort());
  // Nothing is done twice, and nothing was done that was not to be.
  const references = world.odoo.done.map(({ request }) => request.reference);
  expect(new Set(references).size).toBe(references.length);
  expect(world.odoo.states('invoice')).toHaveLength(references.length);
  for (const row of rows) {
    const own = references.filter((reference) => reference.includes(`:${row.external_id}:${row.round}:`));
    const steps = JSON.parse(row.steps) as { id: string; state: string }[];
    if (steps.some(({ id, state }) => id === 'draft' && state === 'done')) expect(own.length).toBe(1);
    else expect(own.length, JSON.stringify(row)).toBeLessThanOrEqual(1);
  }
  const there = world.odoo.states('timesheet').length;
  const linked = world.rows("select 1 from link where system = 'odoo' and entity = 'timesheet'").length;
  expect(there).toBe(linked);
}

/** At which step an instance has to stand, by what the systems hold; `fault` is the root cause where it needs a person. */
function oracle(world: World, entry: string, done: ReadonlySet<string>): { current: string; fault?: string } {
  const entryState = world.harvest.get('timesheet', entry);
  const project = linked(world, 'harvest', 'project', String(entryState?.project), 'odoo') as string;
  if (!done.has('project-open') && world.odoo.get('project', project)?.status !== 'active')
    return { current: 'project-open', fault: `${flow.id}/project-open/odoo:project:${project}` };
  const line = linked(world, 'harvest', 'timesheet', entry, 'odoo');
  if (line === undefined) return { current: 'in-erp' };
  if (world.odoo.get('timesheet', line)?.approval !== 'approved') return { current: 'billed' };
  return { current: 'done' };
}

function linked(world: World, system: string, entity: string, id: string, other: string): string | undefined {
  const [row] = world.rows<{ id: string }>(
    `select there.external_id as id from link as here join link as there on there.object_id = here.object_id
     where here.system = ? and here.entity = ? and here.external_id = ? and there.system = ?`,
    system,
    entity,
    id,
    other,
  );
  return row?.id;
}
