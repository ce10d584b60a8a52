import { Decimal } from 'decimal.js';
import { expect } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import type { Random } from '../engine/random.ts';
import { testSeeds } from '../engine/seeds.ts';
import type { World } from '../engine/world.ts';
import { createDesk, type Result, timesheets, words } from './desk.ts';
import { createFirm, dayIn, type Firm, hoursOf, january, lineOf, tellAll } from './firm.ts';
import { expectExplained } from './totals.ts';

// Differences of every kind are planted at random, and nobody is told. A run must find each of them, and nothing else; what
// it adds up must be what both systems have; and what is not for a person must be as it should be afterwards.

/** Makes one difference; answers how it will be told, or nothing when it is none. */
type Plant = (entry: string, world: World, firm: Firm, random: Random) => string | undefined;

const entryOf = (world: World, id: string): State => world.harvest.get('timesheet', id) as State;
const otherHours = ({ hours }: State): string => new Decimal(hours as string).plus('0.25').toFixed();

const plants: Readonly<Record<string, Plant>> = {
  changedInSource(id, world) {
    world.harvest.patch('timesheet', id, { hours: otherHours(entryOf(world, id)) });
    return isApproved(world, id) ? `stale harvest ${id} - hours` : undefined;
  },
  newInSource(_, __, firm) {
    return `stale harvest ${firm.enter({ approval: 'approved' })} -`;
  },
  newButNotApproved(_, __, firm) {
    firm.enter({ approval: 'submitted' });
    return undefined;
  },
  deletedInSource(id, world) {
    const approved = isApproved(world, id);
    world.harvest.delete('timesheet', id);
    return approved ? `stale harvest ${id} -` : undefined;
  },
  withdrawn(id, world) {
    const approved = isApproved(world, id);
    world.harvest.patch('timesheet', id, { approval: approved ? 'submitted' : 'approved' });
    return `stale harvest ${id} - approval`;
  },
  movedOutOfTheMonth(id, world, _, random) {
    world.harvest.patch('timesheet', id, { day: dayIn('02', random) });
    return isApproved(world, id) ? `stale harvest ${id} - day` : undefined;
  },
  changedInTarget(id, world) {
    const line = lineOf(world, id);
    if (line === undefined) return undefined;
    world.odoo.patch('timesheet', line, { hours: otherHours(world.odoo.get('timesheet', line) as State) });
    return `different harvest ${id} ${line} hours`;
  },
  movedInTarget(id, world, _, random) {
    const line = lineOf(world, id);
    if (line === undefined) return undefined;
    world.odoo.patch('timesheet', line, { day: dayIn('03', random) });
    return `different harvest ${id} ${line} day`;
  },
  deletedInTarget(id, world) {
    const line = lineOf(world, id);
    if (line === undefined) return undefined;
    world.odoo.delete('timesheet', line);
    return `missing-there harvest ${id} ${line}`;
  },
  twiceInTarget(id, world) {
    const line = lineOf(world, id);
    if (line === undefined) return undefined;
    world.odoo.put('timesheet', `copy-${id}`, world.odoo.get('timesheet', line) as State);
    return `duplicate odoo copy-${id} ${line}`;
  },
  ownOfTarget(id, world, _, random) {
    world.odoo.put('timesheet', `own-${id}`, {
      worker: 'w1',
      project: 'p1',
      day: dayIn('01', random),
      hours: hoursOf(random),
      notes: `By hand beside ${id}`,
    });
    return undefined;
  },
  gone(id, world) {
    const line = lineOf(world, id);
    const approved = isApproved(world, id);
    if (line !== undefined) world.odoo.delete('timesheet', line);
    world.harvest.delete('timesheet', id);
    return approved ? `stale harvest ${id} -` : undefined;
  },
};

const isApproved = (world: World, id: string): boolean => entryOf(world, id).approval === 'approved';

testSeeds('firms with planted differences', 8, async (random) => {
  const desk = await createDesk([timesheets], { random: random.next, batch: 1 + random.below(20) });
  const { world } = desk;
  const firm = await createFirm(world, random, { projects: 4, entries: 25 });
  const planted: string[] = [];
  for (const entry of [...firm.entries]) {
    if (random.chance(0.5)) continue;
    const plant = plants[random.pick(Object.keys(plants))] as Plant;
    const told = plant(entry, world, firm, random);
    if (told !== undefined) planted.push(told);
  }
  const first = await desk.reconcile({ declaration: 'time', ...january });
  expect(first.run).toMatchObject({ state: 'done' });
  expect(first.findings.map(words).sort()).toEqual(planted.sort());
  checkTotals(first, world);

  await world.pass(2000);
  checkHealed(world);
  await tellAll(world, ['timesheet']);
  await world.pass(2000);
  const second = await desk.reconcile({ declaration: 'time', ...january });
  const left = planted.filter((each) => each.startsWith('duplicate'));
  expect(second.findings.map(words).sort()).toEqual(left);
  checkTotals(second, world);
  checkSystems(second, world);
  await desk.reconciler.close();
  await world.close();
});

/** Both systems' time of January is counted, all of it and what is to be brought. */
function checkTotals({ totals, findings }: Result, world: World): void {
  expectExplained({ totals, findings });
  const entries = inJanuary(world.harvest.states('timesheet'));
  expect(sum(totals.map((total) => total.wholeHere))).toBe(sumOfHours(entries));
  expect(sum(totals.map((total) => total.here))).toBe(
    sumOfHours(entries.filter(({ approval }) => approval === 'approved')),
  );
}

/** Group by group, as both systems themselves add up. */
function checkSystems({ totals }: Result, world: World): void {
  const projectOf = new Map(
    world
      .rows<{ here: string; there: string }>(
        `select here.external_id as here, there.external_id as there from link as here join link as there
          on there.object_id = here.object_id and there.system = 'odoo'
          where here.system = 'harvest' and here.entity = 'project'`,
      )
      .map(({ here, there }) => [there, here]),
  );
  const mine = byProject(inJanuary(world.harvest.states('timesheet')), (id) => id);
  const theirs = byProject(inJanuary(world.odoo.states('timesheet')), (id) => projectOf.get(id) as string);
  for (const { group, wholeHere, wholeThere } of totals) {
    const [, project = '', legalEntity] = group as readonly string[];
    expect(wholeHere).toBe(mine.get(project) ?? '0');
    expect(wholeThere).toBe(theirs.get(project) ?? '0');
    const inErp = [...projectOf].find(([, here]) => here === project)?.[0] as string;
    expect(legalEntity).toBe(world.odoo.get('project', inErp)?.legal_entity);
  }
  const projects = new Set(totals.map(({ group }) => group[1] as string));
  for (const project of [...mine.keys(), ...theirs.keys()]) expect(projects).toContain(project);
}

function byProject(states: readonly State[], nameOf: (id: string) => string): Map<string, string> {
  const groups = Map.groupBy(states, ({ project }) => nameOf(project as string));
  return new Map([...groups].map(([name, group]) => [name, sumOfHours(group)]));
}

/** Every approved entry is one line of the erp with its values, and every line that the bridge made is an approved entry. */
function checkHealed(world: World): void {
  const approved = Object.entries(world.harvest.all('timesheet')).filter(
    ([, { approval }]) => approval === 'approved',
  );
  const lines = approved.map(([id, { day, hours, notes }]) => {
    const line = world.odoo.get('timesheet', lineOf(world, id) as string);
    expect(line, id).toMatchObject({ day, hours, notes });
    return lineOf(world, id);
  });
  const others = Object.keys(world.odoo.all('timesheet')).filter((id) => !lines.includes(id));
  expect(others.filter((id) => !/^(copy|own)-/.test(id))).toEqual([]);
}

const inJanuary = (states: readonly State[]): State[] =>
  states.filter(({ day }) => (day as string).startsWith('2026-01'));

const sum = (values: readonly string[]): string =>
  values.reduce((total, value) => total.plus(value), new Decimal(0)).toFixed();

const sumOfHours = (states: readonly State[]): string => sum(states.map(({ hours }) => hours as string));
