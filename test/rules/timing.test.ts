import { createTask } from 'node-cron';
import { describe, expect, test } from 'vitest';
import type { Timing } from '../../bridge/rules/part.ts';
import { dueAt } from '../../bridge/rules/timing.ts';

const window = (cron: string, minutes: number): Timing => ({ kind: 'window', cron, minutes });
const due = (timing: Timing, now: string) => new Date(dueAt(timing, Date.parse(now))).toISOString();

describe('dueAt', () => {
  test('is now in real time', () => {
    expect(dueAt({ kind: 'real-time' }, 12345)).toBe(12345);
  });

  test.each([
    ['before it opens', '2026-01-05T01:59:59.999Z', '2026-01-05T02:00:00.000Z'],
    ['the moment it opens', '2026-01-05T02:00:00.000Z', '2026-01-05T02:00:00.000Z'],
    ['while it is open', '2026-01-05T02:59:59.999Z', '2026-01-05T02:59:59.999Z'],
    ['the moment it closes', '2026-01-05T03:00:00.000Z', '2026-01-06T02:00:00.000Z'],
    ['after it closed', '2026-01-05T12:00:00.000Z', '2026-01-06T02:00:00.000Z'],
  ])('of a nightly window, %s', (_, now, expected) => {
    expect(due(window('0 2 * * *', 60), now)).toBe(expected);
  });

  test('of a window over midnight', () => {
    const nightly = window('30 23 * * *', 120);
    expect(due(nightly, '2026-01-05T00:30:00Z')).toBe('2026-01-05T00:30:00.000Z');
    expect(due(nightly, '2026-01-05T01:30:00Z')).toBe('2026-01-05T23:30:00.000Z');
  });

  test('of a window at the end of the week, in UTC', () => {
    expect(due(window('0 18 * * 5', 30), '2026-01-05T12:00:00Z')).toBe('2026-01-09T18:00:00.000Z');
  });

  test('of a window on a day that both of its day fields name, as schedules have it', () => {
    const cron = '0 2 1 * 1';
    expect(due(window(cron, 60), '2026-01-05T12:00:00Z')).toBe('2026-06-01T02:00:00.000Z');
    const task = createTask(cron, () => {}, { timezone: 'Etc/UTC' });
    expect(task.match(new Date('2026-06-01T02:00:00Z'))).toBe(true);
    for (const day of ['2026-01-12', '2026-02-01', '2026-04-01'])
      expect(task.match(new Date(`${day}T02:00:00Z`))).toBe(false);
    task.destroy();
  });

  test('does not depend on what was asked before', () => {
    const nightly = window('0 2 * * *', 60);
    const times = [
      '2026-01-05T02:30:00Z',
      '2026-01-04T12:00:00Z',
      '2026-01-05T03:30:00Z',
      '2026-01-05T02:30:00Z',
    ];
    expect(times.map((now) => due(nightly, now))).toEqual([
      '2026-01-05T02:30:00.000Z',
      '2026-01-05T02:00:00.000Z',
      '2026-01-06T02:00:00.000Z',
      '2026-01-05T02:30:00.000Z',
    ]);
  });
});
