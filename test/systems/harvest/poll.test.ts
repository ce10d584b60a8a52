import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { pollStream } from '../../../bridge/intake/poll.ts';
import { openStore } from '../../../bridge/store/store.ts';
import type { HarvestOptions } from '../../../bridge/systems/harvest/options.ts';
import { drain, never } from '../../conformance/outcome.ts';
import { temporaryPath } from '../../store/temporary.ts';
import { book, createWorkplace, type RunningHarvest, startHarvest, type Workplace } from './start.ts';

// The clock of the tests stands at 2026-03-02.
const recentDay = '2026-02-20';
const oldDay = '2026-01-05';

let harvest: RunningHarvest;
let workplace: Workplace;
async function start(options: Partial<HarvestOptions> = {}): Promise<void> {
  harvest = await startHarvest({ windowDays: 45, ...options });
  workplace = await createWorkplace(harvest);
}
beforeEach(() => start());
afterEach(() => harvest.close());

const poll = (cursor?: string) => drain(harvest.connector.poll('time', cursor, never));
const states = ({ snapshots }: Awaited<ReturnType<typeof poll>>) =>
  snapshots.map(({ id, state }) => [Number(id), state === null ? null : state.approval]);

describe('polling time', () => {
  it('delivers time in the words of the bridge', async () => {
    const id = await book(harvest, workplace, { spent_date: recentDay, hours: 1.25, notes: 'Workshop' });
    const { snapshots } = await poll();
    expect(snapshots).toEqual([
      {
        entity: 'timesheet',
        id: String(id),
        state: {
          worker: String(workplace.user),
          project: String(workplace.project),
          task: String(workplace.assignment),
          day: recentDay,
          hours: '1.25',
          notes: 'Workshop',
          billable: true,
          approval: 'unsubmitted',
          rate: null,
          currency: null,
        },
      },
    ]);
  });

  it('sees approvals and withdrawals though they do not move the time of the last change', async () => {
    const { approvals, state } = harvest.sandbox;
    const id = await book(harvest, workplace, { spent_date: recentDay });
    const first = await poll();
    harvest.clock.advance(3_600_000);
    const touched = state.timeEntries.get(id)?.updatedAt;
    approvals.submit([id]);
    approvals.approve([id]);
    const second = await poll(first.cursor);
    expect(states(second)).toEqual([[id, 'approved']]);
    approvals.withdraw([id]);
    const third = await poll(second.cursor);
    expect(states(third)).toEqual([[id, 'unsubmitted']]);
    expect(state.timeEntries.get(id)?.updatedAt).toBe(touched);
    expect(states(await poll(third.cursor))).toEqual([]);
  });

  it('reports an entry as gone once, and one that moved before the window as moved', async () => {
    const deleted = await book(harvest, workplace, { spent_date: recentDay });
    const moved = await book(harvest, workplace, { spent_date: recentDay });
    const first = await poll();
    harvest.clock.advance(3_600_000);
    await harvest.call('DELETE', `/time_entries/${deleted}`);
    await harvest.call('PATCH', `/time_entries/${moved}`, { spent_date: '2025-12-31' });
    const second = await poll(first.cursor);
    expect(new Map(second.snapshots.map(({ id, state }) => [Number(id), state?.day]))).toEqual(
      new Map([
        [deleted, undefined],
        [moved, '2025-12-31'],
      ]),
    );
    expect(states(await poll(second.cursor))).toEqual([]);
  });

  it('does not take entries for deleted because the window has moved on', async () => {
    await book(harvest, workplace, { spent_date: '2026-01-20' });
    const first = await poll();
    expect(first.snapshots).toHaveLength(1);
    harvest.clock.advance(30 * 86_400_000);
    const second = await poll(first.cursor);
    expect(second.snapshots).toEqual([]);
    expect(JSON.parse(second.cursor)).toMatchObject({ known: {} });
  });

  it('starts where it is told to, and later sees edits of days before the window', async () => {
    await harvest.close();
    await start({ start: '2026-01-01' });
    const old = await book(harvest, workplace, { spent_date: oldDay });
    await book(harvest, workplace, { spent_date: '2025-12-31' });
    const first = await poll();
    expect(states(first)).toEqual([[old, 'unsubmitted']]);
    harvest.clock.advance(3_600_000);
    await harvest.call('PATCH', `/time_entries/${old}`, { hours: 2 });
    const second = await poll(first.cursor);
    expect(second.snapshots).toMatchObject([{ id: String(old), state: { hours: '2' } }]);
    expect(states(await poll(second.cursor))).toEqual([]);
  });

  it('doubles nothing when a run is interrupted, and skips nothing', async () => {
    const ids: number[] = [];
    for (let number = 0; number < 5; number++)
      ids.push(await book(harvest, workplace, { spent_date: recentDay }));
    const store = await openStore(temporaryPath(), harvest.clock.now);
    onTestFinished(() => store.close());
    const observe = () => {};
    const options = {
      store,
      connector: harvest.connector,
      observe,
      now: harvest.clock.now,
      onEvents: observe,
    };
    const lost = harvest.sandbox.faults.add({
      path: '/time_entries',
      action: { kind: 'delay', milliseconds: 0 },
    });
    harvest.sandbox.faults.add({ path: '/time_entries', action: { kind: 'status', status: 503 } });
    await expect(pollStream('time', options, never)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(lost.left()).toBe(0);
    const kept = () => store.openEvents('harvest', [0, 1, 2], 100);
    expect(await kept()).toHaveLength(2);
    expect(await pollStream('time', options, never)).toBe(3);
    expect((await kept()).map(({ objectId }) => Number(objectId)).sort()).toEqual(ids);
    expect(await pollStream('time', options, never)).toBe(0);
  });

  it('follows the links from page to page', async () => {
    for (let number = 0; number < 5; number++) await book(harvest, workplace, { spent_date: recentDay });
    harvest.sandbox.calls.clear();
    await poll();
    const pages = harvest.sandbox.calls.entries().map(({ query, response }) => ({
      cursor: query.cursor !== undefined,
      from: query.from,
      entries: (response as { time_entries: unknown[] }).time_entries.length,
    }));
    const from = '2026-01-16';
    expect(pages).toEqual([
      { cursor: false, from, entries: 2 },
      { cursor: true, from, entries: 2 },
      { cursor: true, from, entries: 1 },
    ]);
  });

  it('gives hours as they are rounded for invoices', async () => {
    await harvest.close();
    harvest = await startHarvest({}, { rules: { roundingMinutes: 15 } });
    workplace = await createWorkplace(harvest);
    await book(harvest, workplace, { spent_date: recentDay, hours: 1.3 });
    expect((await poll()).snapshots).toMatchObject([{ state: { hours: '1.5' } }]);
  });
});
