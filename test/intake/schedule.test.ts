import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { EngineEvent } from '../../bridge/engine/observer.ts';
import { type Schedule, startSchedule } from '../../bridge/intake/schedule.ts';
import { openDatabaseForReading } from '../../bridge/store/database.ts';
import { readStreams } from '../../bridge/store/poll.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import { MemorySystem } from '../engine/memory-system.ts';
import { temporaryPath } from '../store/temporary.ts';

let path: string;
let store: Store;
let harvest: MemorySystem;
let observed: EngineEvent[];
let wake: () => void;
let ready: boolean;
let missed: unknown[];

beforeEach(async () => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'Date'],
    now: Date.UTC(2026, 0, 5, 8, 0, 30),
  });
  path = temporaryPath();
  store = await openStore(path);
  harvest = new MemorySystem({ name: 'harvest', entities: { timesheet: {} } });
  observed = [];
  wake = () => {};
  ready = true;
  missed = [];
  onTestFinished(async () => {
    vi.useRealTimers();
    await store.close();
  });
});

function start(): Schedule {
  const schedule = startSchedule({
    store,
    declarations: [
      {
        name: 'harvest',
        connector: 'memory',
        role: 'psa',
        poll: { all: '*/5 * * * *' },
        options: {},
        shadow: false,
      },
    ],
    connector: () => harvest,
    ready: async () => ready,
    observe(event) {
      observed.push(event);
      wake();
    },
    now: Date.now,
    random: () => 0.5,
    onEvents: () => {},
    onMissed: (...told) => missed.push(told),
  });
  onTestFinished(() => schedule.stop());
  return schedule;
}

/** Resolves when the engine's next event of this kind has been seen. */
function next(kind: EngineEvent['kind']): Promise<void> {
  const before = observed.filter((event) => event.kind === kind).length;
  return new Promise((resolve) => {
    wake = () => {
      if (observed.filter((event) => event.kind === kind).length > before) resolve();
    };
  });
}

/** Lets whatever is ready run; nothing here waits for more than some turns of the event loop. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const page = { cursor: 'c', snapshots: [] };
const polls = () => observed.filter(({ kind }) => kind === 'polled').length;

describe('the schedule', () => {
  test('polls at the start, and then as the cron expression says', async () => {
    const polled = next('polled');
    start();
    await polled;
    expect(polls()).toBe(1);
    vi.advanceTimersByTime(4 * 60_000);
    await turns();
    expect(polls()).toBe(1);
    const again = next('polled');
    vi.advanceTimersByTime(30_000);
    await again;
    expect(polls()).toBe(2);
    expect(new Date().toISOString()).toBe('2026-01-05T08:05:00.000Z');
  });

  test('makes up for polls that could not start in time', async () => {
    const polled = next('polled');
    start();
    await polled;
    const again = next('polled');
    // The machine was held: the clock is ahead of the timers.
    vi.setSystemTime(Date.now() + 12 * 60_000);
    vi.advanceTimersByTime(4.5 * 60_000);
    await again;
    await turns();
    expect(polls()).toBe(2);
    const since = new Date('2026-01-05T08:05:00.000Z');
    expect(missed).toEqual([['harvest', 'all', { count: 3, since }]]);
  });

  test('never polls a stream twice at the same time', async () => {
    harvest.pages.set('all', [page]);
    const gate = harvest.gate('poll');
    const schedule = start();
    await gate.reached;
    vi.advanceTimersByTime(20 * 60_000);
    const joined = schedule.pollNow('harvest', 'all');
    await turns();
    expect(harvest.cursors).toHaveLength(1);
    gate.open();
    await joined;
    expect(polls()).toBe(1);
  });

  test('tries again soon when the system is in trouble, and tells when that does not help', async () => {
    harvest.pages.set('all', [page]);
    harvest.fault = () => ({ kind: 'call', error: harvest.error('unavailable', 'down') });
    const failed = next('poll-failed');
    start();
    for (let tries = 0; tries < 6; tries++) {
      await turns();
      vi.advanceTimersByTime(15_000);
    }
    await failed;
    expect(harvest.calls('poll')).toHaveLength(4);
    expect(observed).toContainEqual({
      kind: 'poll-failed',
      system: 'harvest',
      stream: 'all',
      message: 'down',
    });
    harvest.fault = () => undefined;
    const polled = next('polled');
    vi.advanceTimersByTime(5 * 60_000);
    await polled;
    expect(await store.cursor('harvest', 'all')).toBe('c');
  });

  test('waits as long as it is told', async () => {
    harvest.pages.set('all', [page]);
    const error = harvest.error('limited', 'slow', { status: 429, retryAfterMilliseconds: 40_000 });
    harvest.failNext('poll', { kind: 'call', error });
    start();
    await turns();
    vi.advanceTimersByTime(39_999);
    await turns();
    expect(harvest.calls('poll')).toHaveLength(1);
    const polled = next('polled');
    vi.advanceTimersByTime(1);
    await polled;
    expect(harvest.calls('poll')).toHaveLength(2);
  });

  test('does not repeat what a person has to mend', async () => {
    harvest.pages.set('all', [page]);
    harvest.failNext('poll', {
      kind: 'call',
      error: harvest.error('denied', 'The token is not valid', { status: 401 }),
    });
    const failed = next('poll-failed');
    start();
    await failed;
    expect(harvest.calls('poll')).toHaveLength(1);
  });

  test('keeps for people since when and how it fails, until it works', async () => {
    harvest.pages.set('all', [page]);
    harvest.failNext('poll', { kind: 'call', error: harvest.error('denied', 'The token is not valid') });
    const failed = next('poll-failed');
    const schedule = start();
    await failed;
    const reader = openDatabaseForReading(path);
    onTestFinished(() => reader.kysely.destroy());
    const stream = { system: 'harvest', stream: 'all' };
    expect(await readStreams(reader)).toEqual([
      {
        ...stream,
        readAt: null,
        failing: { since: '2026-01-05T08:00:30.000Z', error: 'denied', cause: 'The token is not valid' },
      },
    ]);
    await schedule.pollNow('harvest', 'all');
    expect(await readStreams(reader)).toEqual([
      { ...stream, readAt: '2026-01-05T08:00:30.000Z', failing: null },
    ]);
  });

  test('reads nothing from a system that is not ready', async () => {
    harvest.pages.set('all', [page]);
    ready = false;
    const failed = next('poll-failed');
    start();
    for (let tries = 0; tries < 6; tries++) {
      await turns();
      vi.advanceTimersByTime(15_000);
    }
    await failed;
    expect(harvest.cursors).toEqual([]);
    ready = true;
    const polled = next('polled');
    vi.advanceTimersByTime(5 * 60_000);
    await polled;
    expect(await store.cursor('harvest', 'all')).toBe('c');
  });

  test('stops: nothing new starts, a poll under way is interrupted, a pause ends', async () => {
    harvest.pages.set('all', [page]);
    harvest.failNext('poll', { kind: 'hang', done: false });
    const hanging = start();
    await turns();
    await hanging.stop();
    harvest.failNext('poll', { kind: 'call', error: harvest.error('unavailable', 'down') });
    const pausing = start();
    await turns();
    await pausing.stop();
    vi.advanceTimersByTime(3_600_000);
    await turns();
    expect(harvest.calls('poll')).toHaveLength(2);
    expect(observed).toEqual([]);
  });
});
