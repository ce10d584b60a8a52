import type { State } from '../../entities/field.ts';
import { canonicalJson, fingerprint } from '../../entities/state.ts';

/** What was last delivered of an object: its day (empty for objects without) and the fingerprint of its state. */
export interface Known {
  readonly day: string;
  readonly mark: string;
}

export type KnownObjects = Map<number, Known>;

/** 36 bits: a change is overlooked once in 69 billion. The whole fingerprint would make the cursor three times as long. */
const markLength = 6;

export const markOf = (state: State): string => fingerprint(canonicalJson(state)).slice(0, markLength);

/**
 * Compact text of what is known, by day: ids as differences in base 36, each followed by its mark. 8,000 time entries
 * take about 80 kB.
 */
export function encodeKnown(known: KnownObjects): Record<string, string> {
  const byDay = new Map<string, [number, string][]>();
  for (const [id, { day, mark }] of known) {
    const entries = byDay.get(day) ?? [];
    entries.push([id, mark]);
    byDay.set(day, entries);
  }
  const encoded: Record<string, string> = {};
  for (const [day, entries] of byDay) {
    let last = 0;
    const parts: string[] = [];
    for (const [id, mark] of entries.sort((left, right) => left[0] - right[0])) {
      parts.push((id - last).toString(36) + mark);
      last = id;
    }
    encoded[day] = parts.join(' ');
  }
  return encoded;
}

export function decodeKnown(encoded: Readonly<Record<string, string>>): KnownObjects {
  const known: KnownObjects = new Map();
  for (const [day, text] of Object.entries(encoded)) {
    let id = 0;
    for (const part of text.split(' ')) {
      id += Number.parseInt(part.slice(0, -markLength), 36);
      known.set(id, { day, mark: part.slice(-markLength) });
    }
  }
  return known;
}
