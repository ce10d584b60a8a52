import type { PollPage, Snapshot } from '../system.ts';
import type { HarvestApi } from './api.ts';
import { createKnown, type EncodedObjects, type KnownObjects } from './known.ts';
import { inPages } from './list.ts';
import type { Submittable } from './objects.ts';
import type { HarvestSettings } from './options.ts';
import { read, readLimit } from './read.ts';
import type { Source } from './sources.ts';

interface Cursor {
  readonly version: 1;
  /** Newest `updated_at` seen, milliseconds; `null` before the first run has ended. */
  readonly since: number | null;
  readonly known: EncodedObjects;
}

const dayMilliseconds = 86_400_000;

/** Objects that are looked for one by one in a run, because they are not listed any more; the others wait for the next. */
const mostLookedFor = 500;

/**
 * Time entries and expenses. Harvest neither tells of deleted ones nor promises that an approval moves `updated_at`, so
 * each run lists all of the last days (the window) and compares them with what is known of them. Those of earlier days are
 * seen when they are edited.
 *
 * What is known is kept for the days of the window only, ten bytes for each object. It is written with the last page of a
 * run alone: with every page, a month end would cost the square of its size. Who is interrupted lists the window again,
 * and leaves out what was taken in already.
 */
export async function* pollDays(
  api: HarvestApi,
  source: Source,
  settings: HarvestSettings,
  cursorText: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<PollPage> {
  const { entity, list } = source;
  const start: Cursor =
    cursorText === undefined ? { version: 1, since: null, known: {} } : (JSON.parse(cursorText) as Cursor);
  const known = createKnown(start.known);
  const windowStart = dayOf(settings.now() - settings.windowDays * dayMilliseconds);
  const startDay = settings.start ?? windowStart;
  let since = start.since;

  async function* deliver(items: readonly Submittable[]): AsyncGenerator<PollPage> {
    const states = await source.states(items, signal);
    const snapshots: Snapshot[] = [];
    for (const [index, { id, spent_date: day, updated_at: updatedAt }] of items.entries()) {
      const state = states[index] ?? {};
      since = Math.max(since ?? 0, Date.parse(updatedAt));
      if (known.list(id, day, state)) snapshots.push({ entity, id: String(id), state });
    }
    for (const part of inPages(snapshots)) yield { snapshots: part };
  }

  if (start.since !== null && startDay < windowStart) {
    const updated_since = new Date(start.since - settings.overlapMilliseconds).toISOString();
    const query = { updated_since, from: startDay, to: dayOf(Date.parse(windowStart) - dayMilliseconds) };
    for await (const page of api.pages<Submittable>(list, query, signal)) yield* deliver(page);
  }
  const from = start.since === null || startDay > windowStart ? startDay : windowStart;
  for await (const page of api.pages<Submittable>(list, { from }, signal)) yield* deliver(page);

  // Those before the window are kept as long as the overlap shows them, so that they are not delivered again.
  known.forgetWhere((day, listed) => (listed ? start.since === null && day < windowStart : day < from));
  // In the window before and listed no more: deleted, or moved to a day before it.
  const ids = known.unlisted().slice(0, mostLookedFor).map(String);
  for (let first = 0; first < ids.length; first += readLimit) {
    const snapshots = await read(api, source, ids.slice(first, first + readLimit), signal);
    for (const { id } of snapshots) known.forget(Number(id));
    yield { snapshots };
  }
  yield { snapshots: [], cursor: cursorOf(since, known) };
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

function cursorOf(since: number | null, known: KnownObjects): string {
  const cursor: Cursor = { version: 1, since, known: known.encode() };
  return JSON.stringify(cursor);
}
