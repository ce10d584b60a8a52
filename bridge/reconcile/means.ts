import { setImmediate as turn } from 'node:timers/promises';
import type { Landscape } from '../engine/landscape.ts';
import type { Store } from '../store/store.ts';

/** What a run works with. */
export interface Means {
  readonly store: Store;
  readonly landscape: Landscape;
  readonly now: () => number;
  /**
   * Has the events of a system worked off, up to the one with this number. In the running bridge the engine does so; it only
   * has to be woken and waited for.
   */
  readonly workOff: (system: string, upTo: number, signal: AbortSignal) => Promise<void>;
  /** Whether a system may be read. */
  readonly ready: (system: string, signal: AbortSignal) => Promise<boolean>;
  /** There are deliveries to be made. */
  readonly onRepairs: (target: string) => void;
}

/** Lets everybody else work for a moment. Throws when the run is to stop. */
export async function breathe(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await turn();
  signal.throwIfAborted();
}

/** Objects that are looked at without a pause: less than twenty milliseconds. */
const chunkSize = 250;

export function chunksOf<Item>(items: readonly Item[], size: number = chunkSize): (readonly Item[])[] {
  if (items.length <= size) return items.length === 0 ? [] : [items];
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
