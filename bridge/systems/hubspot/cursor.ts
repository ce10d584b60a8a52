/**
 * How far a stream has been read. Times are milliseconds since 1970.
 * `seen` holds what was delivered within the overlap, by id with the time of its change, so that looking back delivers
 * nothing twice. It is bounded: what falls out is delivered again, which changes nothing.
 */
export interface Cursor {
  readonly since: number | null;
  readonly seen: ReadonlyMap<string, number>;
  readonly deletedSince: number | null;
  readonly sweptAt: number;
}

const seenLimit = 5000;

const emptyCursor: Cursor = { since: null, seen: new Map(), deletedSince: null, sweptAt: 0 };

interface StoredCursor {
  readonly version: 1;
  readonly since: number | null;
  readonly deletedSince: number | null;
  readonly sweptAt: number;
  readonly seen: Readonly<Record<string, number>>;
}

export function encodeCursor(cursor: Cursor, overlapMilliseconds: number): string {
  const oldest = Math.max(cursor.since ?? 0, cursor.deletedSince ?? 0) - overlapMilliseconds;
  const kept = [...cursor.seen]
    .filter(([, time]) => time >= oldest)
    .sort((left, right) => right[1] - left[1])
    .slice(0, seenLimit);
  const stored: StoredCursor = {
    version: 1,
    since: cursor.since,
    deletedSince: cursor.deletedSince,
    sweptAt: cursor.sweptAt,
    seen: Object.fromEntries(kept),
  };
  return JSON.stringify(stored);
}

export function decodeCursor(text: string | undefined): Cursor {
  if (text === undefined) return emptyCursor;
  const stored = JSON.parse(text) as StoredCursor;
  if (stored.version !== 1) throw new TypeError('The HubSpot cursor is of a version that is not known');
  return { ...stored, seen: new Map(Object.entries(stored.seen)) };
}
