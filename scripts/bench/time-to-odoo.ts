import type { HarvestSandbox } from '../../test/sandbox/harvest/sandbox.ts';
import { type Systems, startSystems } from '../demo/systems.ts';
import { startOdoo } from '../odoo/odoo.ts';
import { createFirmMonth, daysOfLastMonth, type FirmMonth } from './firm-month.ts';
import { residentMegabytes } from './resident.ts';
import { table, whole } from './statistics.ts';

/** How many entries; a month of a firm with five hundred people. */
const entries = Number(process.env.BENCH_ENTRIES ?? 100_000);
const ownEntries = Math.min(2000, entries);
const batch = 100;
const patienceMs = 4 * 60 * 60_000;

/**
 * A month end: approved entries of the PSA become timesheet lines of a real Odoo, by the shipped rules. Beside it, what Odoo
 * itself takes for creating such lines in batches of the same size, with nobody else there. Takes ten minutes to half an hour.
 */
export async function measureTimeToOdoo(print: (line: string) => void): Promise<void> {
  const odoo = await startOdoo();
  let systems: Systems | undefined;
  try {
    systems = await startSystems(odoo, {
      schedules: { time: '* * * * *' },
      environment: { HARVEST_START: daysOfLastMonth()[0] as string },
    });
    const month = await createFirmMonth(odoo, systems);
    const before = await ownPace(month);
    const begin = performance.now();
    month.book(entries);
    const { firstMs, seconds, largest } = await arrival(month, systems.bridge.processId, begin);
    const there = await month.standing();
    const harvest = totals(systems.harvest);
    // Before and after: a table that grew, or a machine that others use too, is the same for both.
    const own = (before + (await ownPace(month))) / 2;
    print(`${whole(entries)} approved entries of Harvest as timesheet lines in Odoo`);
    print(
      table([
        ['lines that came from an entry, each entry once', `${whole(there.lines)} of ${whole(entries)}`],
        ['hours approved in Harvest, and posted in Odoo', `${harvest} and ${there.hours}`],
        ['from the first line to the last', `${whole(seconds)} s, ${whole((entries - 1) / seconds)}/s`],
        ['until the first line was there (polling all)', `${whole(firstMs / 1000)} s`],
        [`Odoo's own create, ${batch} at once, nothing else`, `${whole(own)}/s`],
        ['of that', `${whole(((entries - 1) / seconds / own) * 100)} %`],
        ['largest resident memory of the bridge', `${whole(largest)} MB`],
      ]),
    );
    if (there.lines !== entries || Number(there.hours) !== Number(harvest))
      throw new Error('Something was lost or doubled.');
  } finally {
    await systems?.stop();
    await odoo.dispose();
  }
}

/** Lines a second that Odoo creates when it is asked for nothing but that. */
async function ownPace(month: FirmMonth): Promise<number> {
  // The first calls load what every later one has at hand.
  await month.createInOdoo(batch);
  const begin = performance.now();
  for (let done = 0; done < ownEntries; done += batch) await month.createInOdoo(batch);
  return ownEntries / ((performance.now() - begin) / 1000);
}

async function arrival(month: FirmMonth, processId: number | undefined, begin: number) {
  let firstMs: number | undefined;
  let largest = 0;
  for (;;) {
    const lines = await month.arrived();
    const now = performance.now();
    largest = Math.max(largest, residentMegabytes(processId));
    if (lines > 0) firstMs ??= now - begin;
    if (lines >= entries)
      return { firstMs: firstMs ?? 0, seconds: (now - begin - (firstMs ?? 0)) / 1000, largest };
    if (now - begin > patienceMs)
      throw new Error(`Only ${lines} of ${entries} lines came in ${patienceMs / 60_000} minutes`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function totals({ state }: HarvestSandbox): string {
  let quarters = 0;
  for (const entry of state.timeEntries.values()) quarters += entry.hours * 4;
  return String(quarters / 4);
}
