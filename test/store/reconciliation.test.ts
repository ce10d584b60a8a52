import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openDatabase } from '../../bridge/store/database.ts';
import { raisedTable } from '../../bridge/store/reconciliation-exception.ts';
import { findingTable, type NewFinding } from '../../bridge/store/reconciliation-finding.ts';
import { sameKeyTable } from '../../bridge/store/reconciliation-key.ts';
import { pairTable } from '../../bridge/store/reconciliation-pair.ts';
import { runTable } from '../../bridge/store/reconciliation-run.ts';
import { totalTable } from '../../bridge/store/reconciliation-total.ts';
import { wayTable } from '../../bridge/store/reconciliation-way.ts';
import { openStore } from '../../bridge/store/store.ts';
import { temporaryPath } from './temporary.ts';

const scope = {
  entity: 'timesheet',
  source: 'harvest',
  target: 'odoo',
  roles: ['psa', 'erp'],
  known: true,
  policy: 'report',
  strangers: 'ignore',
  owner: 'finance',
  totals: ['hours'],
  by: ['period'],
} as const;

const run = (id: string) => ({
  id,
  declaration: 'time',
  scope,
  startedBy: 'test',
  phase: 'comparing' as const,
});

const finding: NewFinding = {
  kind: 'different',
  object: { system: 'harvest', entity: 'timesheet', id: 't1' },
  fields: {},
  effects: [],
  action: 'open',
};

test('no statement of a run walks through a table that is not its own, or sorts', async () => {
  const database = await openDatabase(temporaryPath());
  const { connection } = database;
  const statements: string[] = [];
  const prepare = connection.prepare.bind(connection);
  connection.prepare = ((source: string) => {
    statements.push(source);
    return prepare(source);
  }) as typeof connection.prepare;
  for (const table of [findingTable, pairTable, sameKeyTable, totalTable, wayTable, runTable, raisedTable])
    table(database);
  expect(statements.length).toBeGreaterThan(15);
  for (const statement of statements) {
    const parameters = Array.from(statement.matchAll(/\?/g), () => 0);
    const steps = (prepare(`explain query plan ${statement}`).all(...parameters) as { detail: string }[]).map(
      ({ detail }) => detail,
    );
    for (const step of steps) {
      // Runs are few, and are shown the newest first along their key.
      if (step !== 'SCAN reconciliation') expect(step, statement).not.toMatch(/^SCAN/);
      expect(step, statement).not.toContain('TEMP B-TREE');
    }
  }
  connection.close();
});

test('one run of a declaration is running at a time, also after another was stopped', async () => {
  const store = await openStore(temporaryPath());
  expect(await store.startRun(run('r1'))).toBe(true);
  expect(await store.startRun(run('r2'))).toBe(false);
  await store.changeRun('r1', 'stopped');
  expect(await store.startRun(run('r2'))).toBe(true);
  expect(await store.changeRun('r1', 'running')).toBe(false);
  expect(await store.runningReconciliation('time')).toMatchObject({ id: 'r2' });
  await store.close();
});

test('runs that ended long ago are removed with all that they came to; those that can go on stay while they are young', async () => {
  let now = Date.UTC(2026, 0, 1);
  const path = temporaryPath();
  const store = await openStore(path, () => now);
  for (const id of ['old', 'young']) {
    await store.startRun(run(id));
    await store.moveRun(
      id,
      { phase: 'over', position: {}, done: 1, counts: {} },
      {
        findings: Array.from({ length: 3000 }, () => finding),
        totals: [
          {
            group: ['2026-01'],
            field: 'hours',
            currency: '',
            here: '1',
            there: '2',
            waiting: '0',
            wholeHere: '1',
            wholeThere: '2',
          },
        ],
      },
    );
    await store.changeRun(id, 'done');
    now += 86_400_000;
  }
  const before = new Date(now - 86_400_000).toISOString();
  let removed = 0;
  for (let round = await store.removeSettled(before); round > 0; round = await store.removeSettled(before))
    removed += round;
  expect(removed).toBeGreaterThan(3000);
  expect((await store.reconciliations(10)).map(({ id }) => id)).toEqual(['young']);
  expect(await store.findings('old', 0, 10)).toEqual([]);
  expect(await store.totals('old')).toEqual([]);
  expect(await store.findings('young', 0, 5000)).toHaveLength(3000);
  await store.close();
  rmSync(path, { force: true });
});
