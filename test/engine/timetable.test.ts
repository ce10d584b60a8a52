import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type Missed, startTimetable } from '../../bridge/engine/timetable.ts';

const minute = 60_000;
let runs: string[];
let missed: Missed[];
let stop: () => Promise<void>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: Date.UTC(2026, 0, 5, 8, 0, 30) });
  const warned = vi.spyOn(console, 'warn');
  runs = [];
  missed = [];
  stop = startTimetable(
    '*/5 * * * *',
    () => runs.push(new Date().toISOString()),
    (told) => missed.push(told),
  );
  onTestFinished(async () => {
    await stop();
    vi.useRealTimers();
    expect(warned).not.toHaveBeenCalled();
  });
});

/** The clock goes on by this much, as when a machine is held: no timer ends meanwhile. */
const hold = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

async function pass(milliseconds: number): Promise<void> {
  vi.advanceTimersByTime(milliseconds);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test('runs when it is time', async () => {
  await pass(4.5 * minute);
  expect(runs).toEqual(['2026-01-05T08:05:00.000Z']);
  expect(missed).toEqual([]);
});

test('a run that comes too late is made up for', async () => {
  hold(2500);
  await pass(4.5 * minute);
  expect(runs).toEqual(['2026-01-05T08:05:02.500Z']);
  expect(missed).toEqual([{ count: 1, since: new Date('2026-01-05T08:05:00.000Z') }]);
  await pass(5 * minute);
  expect(runs).toHaveLength(2);
});

test('many are made up for by one, which counts as the one that is due now', async () => {
  hold(60 * minute);
  await pass(4.5 * minute);
  expect(runs).toEqual(['2026-01-05T09:05:00.000Z']);
  expect(missed).toEqual([{ count: 12, since: new Date('2026-01-05T08:05:00.000Z') }]);
});

test('nothing is made up for after the end', async () => {
  hold(minute);
  vi.advanceTimersByTime(4.5 * minute);
  await stop();
  await pass(5 * minute);
  expect(runs).toEqual([]);
});
