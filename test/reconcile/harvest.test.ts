import { setTimeout as later } from 'node:timers/promises';
import { Decimal } from 'decimal.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Reconciler } from '../../bridge/reconcile/reconciler.ts';
import type { Rule, RuleSet } from '../../bridge/rules/rule.ts';
import type { Store } from '../../bridge/store/store.ts';
import { MemorySystem } from '../engine/memory-system.ts';
import { shippedLikeRules } from '../engine/rules.ts';
import { type RunningHarvest, startHarvest } from '../systems/harvest/start.ts';
import { timesheets, words } from './desk.ts';
import { type LiveReconciler, startReconciler } from './live.ts';

// Harvest over HTTP, with pages of its own; what it reports itself is what a run has to add up to.

const january = { from: '2026-01-01', to: '2026-01-31' };
const lines = { from: '2026-01-01', to: '2026-01-31' };

let harvest: RunningHarvest;
let odoo: MemorySystem;
let store: Store;
let reconciler: Reconciler;
let live: LiveReconciler;

beforeEach(async () => {
  harvest = await startHarvest({ listPage: 100 });
  harvest.sandbox.seedTime({ entries: 250, ...lines, people: 6, projects: 5 });
  odoo = new MemorySystem({
    name: 'odoo',
    entities: { project: {}, worker: {}, timesheet: {}, customer: {} },
  });
  for (const { id, name } of harvest.sandbox.state.projects.values())
    odoo.put('project', `p${id}`, { name, legal_entity: id % 2 === 0 ? 'BE' : 'FR' });
  for (const { id, email } of harvest.sandbox.state.users.values())
    odoo.put('worker', `w${id}`, { email: email.toLowerCase() });
  live = await startReconciler(rules, [odoo, harvest.connector]);
  ({ store, reconciler } = live);
});

afterEach(async () => {
  await live.close();
  await harvest.close();
});

const matched = (entity: 'project' | 'worker', field: string): Rule => ({
  ...(shippedLikeRules.find(({ id }) => id === 'worker-to-erp') as Rule),
  id: `${entity}-to-erp`,
  entity,
  match: [field],
});

const rules: RuleSet = {
  version: 'test',
  systems: (
    [
      ['odoo', 'erp'],
      ['harvest', 'psa'],
    ] as const
  ).map(([name, role]) => ({ name, connector: name, role, poll: {}, options: {}, shadow: false })),
  rules: [
    matched('worker', 'email'),
    matched('project', 'name'),
    shippedLikeRules.find(({ id }) => id === 'timesheet-to-erp') as Rule,
  ],
  entities: {},
  tables: {},
  flows: [],
  subscribers: [],
  reconciliations: [{ ...timesheets, by: ['project', 'period'] }],
};

async function reconcile() {
  const asked = await reconciler.start({ declaration: 'time', by: 'test', ...january });
  if (!asked.ok) throw new Error(asked.message);
  const { id } = asked.run;
  await reconciler.ended(id);
  // Everything that it led to has left.
  while ((await store.queues()).some(({ state }) => state !== 'dead')) await later(20);
  const run = await store.reconciliation(id);
  expect(run).toMatchObject({ state: 'done' });
  return { run, findings: await store.findings(id, 0, 1000), totals: await store.totals(id) };
}

/** What Harvest itself says, by project. */
async function reported(): Promise<Record<string, string>> {
  const { from, to } = january;
  const { results } = await harvest.call<{ results: { project_id: number; total_hours: number }[] }>(
    'GET',
    `/reports/time/projects?from=${from.replaceAll('-', '')}&to=${to.replaceAll('-', '')}`,
  );
  return Object.fromEntries(results.map(({ project_id, total_hours }) => [project_id, String(total_hours)]));
}

test('a month adds up to what Harvest reports, before and after what was wrong was found', {
  timeout: 60_000,
}, async () => {
  const first = await reconcile();
  expect(first.findings).toHaveLength(250);
  expect(odoo.states('timesheet')).toHaveLength(250);

  const second = await reconcile();
  expect(second.findings).toEqual([]);
  await expectAgreed(second.totals);

  const [changed, gone] = [...harvest.sandbox.state.timeEntries.values()];
  if (changed === undefined || gone === undefined) throw new Error('There is no time');
  // Nothing tells of it: not even the time of its last change moves.
  changed.hours += 1;
  harvest.sandbox.state.timeEntries.delete(gone.id);
  const [line, state] = Object.entries(odoo.all('timesheet')).find(
    ([, { notes }]) => notes === 'Work on item 7',
  ) as [string, Record<string, string>];
  odoo.patch('timesheet', line, { hours: new Decimal(state.hours as string).plus(2).toFixed() });

  const third = await reconcile();
  expect(third.findings.map(words).sort()).toEqual(
    [
      `stale harvest ${changed.id} - hours`,
      `stale harvest ${gone.id} -`,
      expect.stringMatching(new RegExp(`^different harvest \\d+ ${line} hours$`)),
    ].sort(),
  );
  const fourth = await reconcile();
  expect(fourth.findings).toEqual([]);
  await expectAgreed(fourth.totals);
  expect(odoo.states('timesheet')).toHaveLength(249);
});

async function expectAgreed(totals: Awaited<ReturnType<Store['totals']>>): Promise<void> {
  const own = Object.fromEntries(totals.map(({ group, wholeHere }) => [group[0] as string, wholeHere]));
  expect(own).toEqual(await reported());
  for (const { here, there, wholeHere, wholeThere } of totals)
    expect([here, there, wholeThere]).toEqual([wholeHere, wholeHere, wholeHere]);
}
