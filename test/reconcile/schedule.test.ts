import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Missed } from '../../bridge/engine/timetable.ts';
import type { Asked } from '../../bridge/reconcile/reconciler.ts';
import { startReconciliations } from '../../bridge/reconcile/schedule.ts';
import type { Reconciliation } from '../../bridge/rules/reconcile.ts';
import type { ReconciliationRun } from '../../bridge/store/reconciliation-run.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: Date.UTC(2026, 0, 5, 8) });
  onTestFinished(() => {
    vi.useRealTimers();
  });
});

const run = (declaration: string, startedAt: string, startedBy = 'schedule') =>
  ({ declaration, startedAt, startedBy }) as ReconciliationRun;

async function start(
  schedule: string | undefined,
  runs: readonly ReconciliationRun[],
  answer: Asked = { ok: true, run: run('hours', '') },
) {
  const started: unknown[] = [];
  const missed: [string, Missed][] = [];
  const errors: string[] = [];
  const end = await startReconciliations({
    declarations: [{ id: 'hours', schedule } as Reconciliation],
    store: { reconciliations: async () => [...runs] },
    reconciler: {
      async start(order) {
        started.push(order);
        return answer;
      },
    },
    now: Date.now,
    onMissed: (declaration, told) => missed.push([declaration, told]),
    onError: (declaration, message) => errors.push(`${declaration}: ${message}`),
  });
  onTestFinished(end);
  return { started, missed, errors };
}

const order = { declaration: 'hours', by: 'schedule' };

test('what was due while no bridge ran starts at once, and once', async () => {
  const { started, missed } = await start('0 2 * * *', [
    run('others', '2026-01-05T02:00:00.010Z'),
    run('hours', '2026-01-02T02:00:00.010Z'),
    run('hours', '2026-01-01T02:00:00.010Z'),
  ]);
  expect(started).toEqual([order]);
  expect(missed).toEqual([['hours', { count: 1, since: new Date('2026-01-03T02:00:00Z') }]]);
});

test.each([
  ['it began when it was due', '0 2 * * *', [run('hours', '2026-01-05T02:00:00.010Z')]],
  ['it never ran by schedule', '0 2 * * *', [run('hours', '2026-01-02T02:00:00.010Z', 'anna')]],
  ['it has no schedule', undefined, [run('hours', '2026-01-02T02:00:00.010Z')]],
])('nothing is missed where %s', async (_, schedule, runs) => {
  const { started, missed } = await start(schedule, runs);
  expect([started, missed]).toEqual([[], []]);
});

test('what a person started does not stand for what was due', async () => {
  const { started } = await start('0 2 * * *', [
    run('hours', '2026-01-05T07:00:00.000Z', 'anna'),
    run('hours', '2026-01-04T02:00:00.010Z'),
  ]);
  expect(started).toEqual([order]);
});

test('a run that comes too late is made up for, and told', async () => {
  const { started, missed } = await start('0 9 * * *', []);
  vi.setSystemTime(Date.now() + 90_000);
  vi.advanceTimersByTime(60 * 60_000);
  await expect.poll(() => started).toEqual([order]);
  expect(missed).toEqual([['hours', { count: 1, since: new Date('2026-01-05T09:00:00Z') }]]);
});

test('one that cannot be started is told; one that runs already is left alone', async () => {
  const due = [run('hours', '2026-01-02T02:00:00.010Z')];
  const invalid = await start('0 2 * * *', due, { ok: false, error: 'invalid', message: 'no such day' });
  const running = await start('0 2 * * *', due, { ok: false, error: 'conflict', message: 'it runs' });
  await expect.poll(() => invalid.errors).toEqual(['hours: no such day']);
  expect(running.started).toEqual([order]);
  expect(running.errors).toEqual([]);
});
