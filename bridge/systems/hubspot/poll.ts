import type { EntityName } from '../../entities/catalogue.ts';
import type { PollPage, Snapshot } from '../system.ts';
import type { HubspotApi, ObjectType } from './api.ts';
import { changedSince } from './changed.ts';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';
import type { HubspotSettings } from './options.ts';
import type { Reader } from './read.ts';

export const streams: Readonly<Record<ObjectType, EntityName>> = {
  companies: 'customer',
  deals: 'opportunity',
};

/**
 * Search tells what changed, and when; the values are then read, because search may still show old ones.
 * Changed company and deal connections do not move a deal's time: they are seen with the deal's next change.
 */
export async function* poll(
  api: HubspotApi,
  reader: Reader,
  settings: HubspotSettings,
  type: ObjectType,
  cursorText: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<PollPage> {
  const entity = streams[type];
  const start = decodeCursor(cursorText);
  const overlap = settings.overlapMilliseconds;
  const seen = new Map(start.seen);
  let cursor: Cursor = { ...start, seen };
  const from = start.since === null ? 0 : start.since - overlap;
  for await (const page of changedSince(api, type, from, settings.searchPage, signal)) {
    const fresh = page.filter(({ id, at }) => seen.get(id) !== at);
    for (const { id, at } of fresh) seen.set(id, at);
    cursor = { ...cursor, since: Math.max(cursor.since ?? 0, ...page.map(({ at }) => at)) };
    if (fresh.length === 0) continue;
    const snapshots = await reader.read(
      entity,
      fresh.map(({ id }) => id),
      signal,
    );
    yield { snapshots, cursor: encodeCursor(cursor, overlap) };
  }
  const snapshots: Snapshot[] = [];
  const now = settings.now();
  if (now - start.sweptAt >= settings.deletionsEveryMilliseconds) {
    const deleted = await listDeleted(api, type, signal);
    const since = start.deletedSince === null ? Number.POSITIVE_INFINITY : start.deletedSince - overlap;
    for (const { id, at } of deleted) {
      if (start.deletedSince !== null && at >= since && seen.get(id) !== at)
        snapshots.push({ entity, id, state: null });
      seen.set(id, at);
    }
    const deletedSince = Math.max(start.deletedSince ?? 0, ...deleted.map(({ at }) => at));
    cursor = { ...cursor, deletedSince, sweptAt: now };
  }
  yield { snapshots, cursor: encodeCursor(cursor, overlap) };
}

interface Deleted {
  readonly id: string;
  readonly at: number;
}

/** HubSpot's search does not know deleted objects, and its list of them has no filter and no order by time. */
async function listDeleted(api: HubspotApi, type: ObjectType, signal: AbortSignal): Promise<Deleted[]> {
  const deleted: Deleted[] = [];
  let after: string | undefined;
  do {
    const page = await api.list(type, { archived: true, properties: [], after }, signal);
    for (const { id, archivedAt } of page.results)
      deleted.push({ id, at: archivedAt === undefined ? 0 : Date.parse(archivedAt) });
    after = page.paging?.next?.after;
  } while (after !== undefined);
  return deleted;
}
