import { afterEach, expect, it } from 'vitest';
import type { HarvestOptions } from '../../../bridge/systems/harvest/options.ts';
import type { Extent } from '../../../bridge/systems/system.ts';
import { never } from '../../conformance/outcome.ts';
import { book, createWorkplace, type RunningHarvest, spend, startHarvest } from './start.ts';

let harvest: RunningHarvest;
afterEach(() => harvest.close());

async function start(options: Partial<HarvestOptions> = {}) {
  harvest = await startHarvest(options);
  const workplace = await createWorkplace(harvest);
  for (const spent_date of ['2025-12-31', '2026-01-01', '2026-01-31', '2026-02-01']) {
    await book(harvest, workplace, { spent_date });
    await spend(harvest, workplace, { spent_date });
  }
  return workplace;
}

async function days(entity: 'timesheet' | 'expense', extent: Extent): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const page of harvest.connector.list?.(entity, extent, never) ?? [])
    found.push(...page.map(({ state }) => state?.day));
  return found.sort();
}

it.each(['timesheet', 'expense'] as const)('gives each %s of the days, both included', async (entity) => {
  await start();
  expect(await days(entity, { from: '2026-01-01', to: '2026-01-31' })).toEqual(['2026-01-01', '2026-01-31']);
  expect(await days(entity, { from: '2026-01-02' })).toEqual(['2026-01-31', '2026-02-01']);
  expect(await days(entity, {})).toHaveLength(4);
});

it('gives no time of before the first day that counts', async () => {
  await start({ start: '2026-01-31' });
  expect(await days('timesheet', {})).toEqual(['2026-01-31', '2026-02-01']);
  expect(await days('timesheet', { from: '2025-12-31', to: '2026-01-31' })).toEqual(['2026-01-31']);
});

it('gives an entry once that people move to an earlier day meanwhile', async () => {
  const workplace = await start({ listPage: 1 });
  const moved = await book(harvest, workplace, { spent_date: '2026-02-20' });
  const found: string[] = [];
  for await (const page of harvest.connector.list?.('timesheet', {}, never) ?? []) {
    found.push(...page.map(({ id }) => id));
    if (found.length === 1)
      await harvest.call('PATCH', `/time_entries/${moved}`, { spent_date: '2025-12-01' });
  }
  expect(found.filter((id) => id === String(moved))).toHaveLength(1);
  expect(found).toHaveLength(5);
});

it('asks for the largest pages that Harvest gives', async () => {
  harvest = await startHarvest({ listPage: 2000 });
  const entries = { entries: 4100, from: '2026-01-01', to: '2026-01-31' };
  const seeded = harvest.sandbox.seedTime(entries);
  const sizes: number[] = [];
  const ids = new Set<string>();
  for await (const page of harvest.connector.list?.('timesheet', entries, never) ?? []) {
    sizes.push(page.length);
    for (const { id } of page) ids.add(id);
  }
  expect(harvest.sandbox.calls.count('GET /v2/time_entries')).toBe(3);
  // Handed on in parts that can be taken in at once.
  expect(sizes).toEqual([500, 500, 500, 500, 500, 500, 500, 500, 100]);
  expect(ids).toEqual(new Set(seeded.map(({ id }) => String(id))));
});
