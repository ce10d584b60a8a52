import type { PollPage, Snapshot } from '../system.ts';
import type { HarvestApi } from './api.ts';
import { decodeKnown, encodeKnown, type KnownObjects, markOf } from './known.ts';
import { timesheetState } from './mapping.ts';
import { lists, type TimeEntry } from './objects.ts';
import type { HarvestSettings } from './options.ts';
import type { Reader } from './read.ts';

interface Cursor {
  readonly version: 1;
  /** Newest `updated_at` seen, milliseconds; `null` before the first run has ended. */
  readonly since: number | null;
  readonly known: Readonly<Record<string, string>>;
}

const dayMilliseconds = 86_400_000;

/**
 * Time entries. Harvest neither tells of deleted entries nor promises that an approval moves `updated_at`, so each run
 * lists all entries of the last days (the window) and compares them with what is known of them. Entries of earlier
 * days are seen when they are edited. What is known is kept for the days of the window only, so the cursor is bounded.
 */
export async function* pollTime(
  api: HarvestApi,
  read: Reader,
  settings: HarvestSettings,
  cursorText: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<PollPage> {
  const start: Cursor =
    cursorText === undefined ? { version: 1, since: null, known: {} } : (JSON.parse(cursorText) as Cursor);
  const known = decodeKnown(start.known);
  const windowStart = dayOf(settings.now() - settings.windowDays * dayMilliseconds);
  const startDay = settings.start ?? windowStart;
  const listed = new Set<number>();
  let since = start.since;

  function* deliver(entries: readonly TimeEntry[]): Generator<PollPage> {
    const snapshots: Snapshot[] = [];
    for (const entry of entries) {
      listed.add(entry.id);
      since = Math.max(since ?? 0, Date.parse(entry.updated_at));
      const state = timesheetState(entry);
      const mark = markOf(state);
      if (known.get(entry.id)?.mark !== mark)
        snapshots.push({ entity: 'timesheet', id: String(entry.id), state });
      known.set(entry.id, { day: entry.spent_date, mark });
    }
    // Until the end of the run `since` stays where it was: entries that are still to come may be older.
    if (snapshots.length > 0) yield { snapshots, cursor: cursorOf(start.since, known) };
  }

  if (start.since !== null) {
    const query = { updated_since: new Date(start.since - settings.overlapMilliseconds).toISOString() };
    for await (const page of api.pages<TimeEntry>(lists.timeEntries, query, signal))
      yield* deliver(page.filter(({ spent_date: day }) => day < windowStart && day >= startDay));
  }
  const from = start.since === null && startDay < windowStart ? startDay : windowStart;
  for await (const page of api.pages<TimeEntry>(lists.timeEntries, { from }, signal))
    yield* deliver(page.filter(({ spent_date: day }) => day >= startDay));

  const snapshots = await unlisted(read, known, listed, windowStart, signal);
  // Entries before the window are kept as long as the overlap shows them, so that they are not delivered again.
  for (const [id, { day }] of known) if (day < windowStart && !listed.has(id)) known.delete(id);
  if (start.since === null) for (const [id, { day }] of known) if (day < windowStart) known.delete(id);
  yield { snapshots, cursor: cursorOf(since, known) };
}

/** Entries that were in the window and are in the list no more: deleted, or moved to a day before the window. */
async function unlisted(
  read: Reader,
  known: KnownObjects,
  listed: ReadonlySet<number>,
  windowStart: string,
  signal: AbortSignal,
): Promise<Snapshot[]> {
  const ids: string[] = [];
  for (const [id, { day }] of known) if (day >= windowStart && !listed.has(id)) ids.push(String(id));
  const snapshots = await read('timesheet', ids, signal);
  for (const { id } of snapshots) known.delete(Number(id));
  return snapshots;
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

function cursorOf(since: number | null, known: KnownObjects): string {
  const cursor: Cursor = { version: 1, since, known: encodeKnown(known) };
  return JSON.stringify(cursor);
}
