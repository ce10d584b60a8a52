import { describe, expect, test } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import type { Flow } from '../../bridge/rules/flow.ts';
import type { World } from '../engine/world.ts';
import { createDesk, customers, type Desk, timesheets, words } from './desk.ts';

/** A firm whose approved time is in the erp, and whose customers are in the CRM. */
async function firm(declarations = [timesheets, customers]): Promise<Desk> {
  const desk = await createDesk(declarations);
  const { world } = desk;
  world.odoo.put('customer', 'c1', { name: 'Acme', vat: 'BE1', email: null });
  world.odoo.put('project', 'p1', {
    name: 'Website',
    customer: 'c1',
    status: 'open',
    billable: true,
    legal_entity: 'BE',
  });
  world.odoo.put('worker', 'w1', { name: 'Ann', email: 'ann@firm.test' });
  world.harvest.put('worker', 'h1', { name: 'Ann', email: 'ann@firm.test' });
  await world.tell(world.odoo, 'customer', 'c1');
  await world.tell(world.odoo, 'project', 'p1');
  await world.tell(world.harvest, 'worker', 'h1');
  await world.pass(2000);
  const [project] = Object.keys(world.harvest.all('project'));
  for (const [id, hours] of [
    ['t1', '8'],
    ['t2', '4.5'],
    ['t3', '2'],
  ] as const) {
    world.harvest.put('timesheet', id, entry(hours, project as string));
    await world.tell(world.harvest, 'timesheet', id);
  }
  await world.pass(2000);
  await seeAll(world);
  expect(world.odoo.states('timesheet')).toHaveLength(3);
  return desk;
}

const entry = (hours: string, project: string): State => ({
  worker: 'h1',
  project,
  day: '2026-01-05',
  hours,
  notes: `Work of ${hours} hours`,
  approval: 'approved',
});

/** The bridge hears of everything that it made. */
async function seeAll(world: World): Promise<void> {
  for (const system of [world.odoo, world.hubspot, world.harvest])
    for (const entity of ['customer', 'project', 'worker', 'timesheet'] as const)
      for (const id of Object.keys(system.all(entity))) await world.tell(system, entity, id);
  await world.calm();
}

const lineOf = (world: World, hours: string): string => {
  const found = Object.entries(world.odoo.all('timesheet')).find(([, state]) => state.hours === hours);
  if (found === undefined) throw new Error(`No line has ${hours} hours`);
  return found[0];
};

const sumOf = (states: readonly State[]) => states.reduce((sum, { hours }) => sum + Number(hours), 0);

test('says nothing where both sides agree', async () => {
  const desk = await firm();
  const { run, findings, totals } = await desk.reconcile({ declaration: 'time' });
  expect(run).toMatchObject({ state: 'done', phase: 'over', counts: { compared: 3 } });
  expect(findings).toEqual([]);
  const [project] = Object.keys(desk.world.harvest.all('project'));
  const [customer] = Object.keys(desk.world.harvest.all('customer'));
  expect(totals).toEqual([
    {
      group: [customer, project, 'BE', '2026-01'],
      field: 'hours',
      currency: '',
      here: '14.5',
      there: '14.5',
      waiting: '0',
      wholeHere: '14.5',
      wholeThere: '14.5',
    },
  ]);
});

describe('finds and heals', () => {
  test('a change that nobody told', async () => {
    const desk = await firm();
    const { world } = desk;
    world.harvest.patch('timesheet', 't1', { hours: '7' });
    const { findings } = await desk.reconcile({ declaration: 'time' });
    expect(findings.map(words)).toEqual(['stale harvest t1 - hours']);
    expect(findings[0]?.fields).toEqual({ hours: { ours: '8', theirs: '7' } });
    expect(sumOf(world.odoo.states('timesheet'))).toBe(13.5);
    expect((await desk.reconcile({ declaration: 'time' })).findings).toEqual([]);
  });

  test('an object that nobody told of', async () => {
    const desk = await firm();
    const [project] = Object.keys(desk.world.harvest.all('project'));
    desk.world.harvest.put('timesheet', 't9', entry('1', project as string));
    const { findings } = await desk.reconcile({ declaration: 'time' });
    expect(findings.map(words)).toEqual(['stale harvest t9 -']);
    expect(sumOf(desk.world.odoo.states('timesheet'))).toBe(15.5);
  });

  test('a deletion that nobody told', async () => {
    const desk = await firm();
    desk.world.harvest.delete('timesheet', 't2');
    const { findings } = await desk.reconcile({ declaration: 'time' });
    expect(findings.map(words)).toEqual(['stale harvest t2 -']);
    expect(sumOf(desk.world.odoo.states('timesheet'))).toBe(10);
  });

  test('what somebody changed by hand in the system that does not own it', async () => {
    const desk = await firm();
    const { world } = desk;
    const line = lineOf(world, '8');
    world.odoo.patch('timesheet', line, { hours: '3' });
    const { findings } = await desk.reconcile({ declaration: 'time' });
    expect(findings.map(words)).toEqual([`different harvest t1 ${line} hours`]);
    expect(findings[0]?.fields).toEqual({ hours: { ours: '8', theirs: '3' } });
    expect(world.odoo.get('timesheet', line)).toMatchObject({ hours: '8' });
  });

  test('what somebody deleted there', async () => {
    const desk = await firm();
    const { world } = desk;
    const line = lineOf(world, '4.5');
    world.odoo.delete('timesheet', line);
    const { findings } = await desk.reconcile({ declaration: 'time' });
    expect(findings.map(words)).toEqual([`missing-there harvest t2 ${line}`]);
    expect(findings[0]).toMatchObject({ action: 'repaired' });
    expect(findings[0]?.effects).toMatchObject([{ field: 'hours', amount: '4.5' }]);
    expect(sumOf(world.odoo.states('timesheet'))).toBe(14.5);
    await seeAll(world);
    expect((await desk.reconcile({ declaration: 'time' })).findings).toEqual([]);
  });

  test('what is in the source only', async () => {
    const desk = await firm();
    const { world } = desk;
    world.hubspot.delete('customer', Object.keys(world.hubspot.all('customer'))[0] as string);
    const { findings } = await desk.reconcile({ declaration: 'customers' });
    expect(findings).toMatchObject([{ kind: 'missing-there', action: 'repaired' }]);
    expect(world.hubspot.states('customer')).toMatchObject([{ name: 'Acme', vat: 'BE1' }]);
  });

  test('drift that was given up', async () => {
    const desk = await firm();
    const { world } = desk;
    const [company] = Object.keys(world.hubspot.all('customer')) as [string];
    // It spells the name in its own way again and again, until the bridge leaves it alone.
    for (let time = 0; time < 6; time++) {
      world.hubspot.patch('customer', company, { name: 'ACME' });
      await world.tell(world.hubspot, 'customer', company);
      await world.calm();
    }
    expect(world.hubspot.get('customer', company)).toMatchObject({ name: 'ACME' });
    const { findings } = await desk.reconcile({ declaration: 'customers' });
    expect(findings).toMatchObject([{ kind: 'different', action: 'repaired' }]);
    expect(world.hubspot.get('customer', company)).toMatchObject({ name: 'Acme' });
  });
});

test('the same time twice in the erp is for a person', async () => {
  const desk = await firm();
  const { world } = desk;
  const line = lineOf(world, '8');
  world.odoo.put('timesheet', 'copy', world.odoo.get('timesheet', line) as State);
  const { findings, totals } = await desk.reconcile({ declaration: 'time' });
  expect(findings.map(words)).toEqual([`duplicate odoo copy ${line}`]);
  expect(findings[0]).toMatchObject({ action: 'raised', effects: [{ amount: '-8' }] });
  expect(totals).toMatchObject([{ here: '14.5', there: '22.5', wholeThere: '22.5' }]);
  expect(world.odoo.get('timesheet', 'copy')).toBeDefined();
});

test('what only the erp has is its own, unless the rules say that only the bridge makes such', async () => {
  const own = { worker: 'w1', project: 'p1', day: '2026-01-06', hours: '6', notes: 'By hand' };
  const desk = await firm([timesheets, { ...timesheets, id: 'strict', strangers: 'raise' }]);
  desk.world.odoo.put('timesheet', 'own', own);
  const usual = await desk.reconcile({ declaration: 'time' });
  expect(usual.findings).toEqual([]);
  expect(usual.totals).toMatchObject([{ here: '14.5', there: '14.5', wholeThere: '20.5' }]);
  const strict = await desk.reconcile({ declaration: 'strict' });
  expect(strict.findings.map(words)).toEqual(['missing-here odoo own -']);
  expect(strict.findings[0]).toMatchObject({ action: 'raised', effects: [{ amount: '-6' }] });
});

test('two customers of the erp with the same VAT number are for a person', async () => {
  const desk = await createDesk([customers], {
    rules: [
      {
        ...(await import('../engine/rules.ts')).customerToCrm,
        match: ['vat'],
      },
    ],
  });
  const { world } = desk;
  world.odoo.put('customer', 'c1', { name: 'Acme', vat: 'BE0123456789', email: null });
  world.odoo.put('customer', 'c2', { name: 'Acme again', vat: 'BE 0123.456.789', email: null });
  world.odoo.put('customer', 'c3', { name: 'Acme branch', vat: 'BE0123456789', email: null, parent: 'c1' });
  for (const id of ['c1', 'c2', 'c3']) await world.tell(world.odoo, 'customer', id);
  await world.calm();
  const { findings } = await desk.reconcile({ declaration: 'customers', policy: 'report' });
  expect(findings.filter(({ kind }) => kind === 'duplicate').map(words)).toEqual(['duplicate odoo c2 c1']);
});

test('what a process holds back until it is checked is on its way, and no difference', async () => {
  const { shippedLikeRules } = await import('../engine/rules.ts');
  const held = shippedLikeRules.map((rule) =>
    rule.id === 'timesheet-to-erp' ? { ...rule, create: 'needed' as const } : rule,
  );
  const flow: Flow = {
    id: 'time-to-bill',
    title: 'Approved time is billed',
    entity: 'timesheet',
    from: 'psa',
    condition: { when: { approval: 'approved' } },
    objects: [],
    steps: [
      { id: 'in-erp', kind: 'deliver', on: 'subject', to: 'erp', owner: 'finance', says: '', remedy: '' },
    ],
  };
  const desk = await createDesk([timesheets], { rules: held }, [flow]);
  const { world } = desk;
  world.harvest.put('timesheet', 't1', entry('8', 'h-p1'));
  world.harvest.put('timesheet', 't2', { ...entry('4', 'h-p1'), approval: 'submitted' });
  await seeAll(world);
  const { run, findings, totals } = await desk.reconcile({ declaration: 'time' });
  expect(findings).toEqual([]);
  expect(run.counts).toMatchObject({ held: 1 });
  expect(totals).toMatchObject([{ here: '8', there: '0', waiting: '8', wholeHere: '12' }]);
});

describe('what is done about it', () => {
  test('nothing is brought where the run only tells', async () => {
    const desk = await firm();
    const { world } = desk;
    world.odoo.delete('timesheet', lineOf(world, '8'));
    const { findings } = await desk.reconcile({ declaration: 'time', policy: 'report' });
    expect(findings).toMatchObject([{ kind: 'missing-there', action: 'reported' }]);
    expect(world.odoo.states('timesheet')).toHaveLength(2);
    expect(await world.store.raisedAfter('time ', '', 10)).toEqual([]);
  });

  test('a person is asked once, and not any more when a run does not find it', async () => {
    const desk = await firm();
    const { world } = desk;
    const line = lineOf(world, '8');
    const state = world.odoo.get('timesheet', line) as State;
    world.odoo.delete('timesheet', line);
    for (let time = 0; time < 2; time++) {
      const { findings } = await desk.reconcile({ declaration: 'time', policy: 'raise' });
      expect(findings).toMatchObject([{ kind: 'missing-there', action: 'raised' }]);
    }
    expect(world.odoo.states('timesheet')).toHaveLength(2);
    expect(await world.store.raisedAfter('time ', '', 10)).toMatchObject([
      {
        owner: 'finance',
        object: { system: 'harvest', entity: 'timesheet', id: 't1' },
        title: `timesheet t1 of harvest is missing in ${line} in odoo.`,
      },
    ]);
    world.odoo.put('timesheet', line, state);
    const { findings } = await desk.reconcile({ declaration: 'time', policy: 'raise' });
    expect(findings).toEqual([]);
    expect(await world.store.raisedAfter('time ', '', 10)).toEqual([]);
  });

  test('what an entity lets stay is only told, and what it has people decide is theirs', async () => {
    for (const [conflict, action] of [
      ['keep', 'reported'],
      ['raise', 'raised'],
    ] as const) {
      const policy = { owner: 'erp', owners: {}, extensions: {}, conflict } as const;
      const desk = await createDesk([customers], { policies: { customer: policy } });
      const { world } = desk;
      world.odoo.put('customer', 'c1', { name: 'Acme', vat: 'BE1', email: null });
      await seeAll(world);
      await seeAll(world);
      const [company] = Object.keys(world.hubspot.all('customer')) as [string];
      world.hubspot.patch('customer', company, { name: 'ACME' });
      const { findings } = await desk.reconcile({ declaration: 'customers' });
      expect(findings).toMatchObject([{ kind: 'different', action }]);
      expect(world.hubspot.get('customer', company)).toMatchObject({ name: 'ACME' });
      await desk.reconciler.close();
      await world.close();
    }
  });
});
