import type { Settlement } from '../store/settlement.ts';

/** As many as a commit carries well. */
const mostTogether = 500;
/** Nobody notices whether it is written down so much later that a delivery arrived. */
const longestMs = 25;

export interface Settling {
  /** One of the calls has ended. What came of it is written down soon. */
  add(settlements: readonly Settlement[]): void;
  /** All calls have ended. Resolves when all that came of them is written down; rejects when some of it could not be. */
  end(): Promise<void>;
}

/**
 * What came of calls that run beside each other is written down together: each commit takes the disk's time. It waits for
 * the other calls at most a moment, and for none when all have ended.
 */
export function createSettling(settle: (settlements: readonly Settlement[]) => Promise<void>): Settling {
  let gathered: Settlement[] = [];
  let timer: NodeJS.Timeout | undefined;
  const written: Promise<void>[] = [];

  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    const settling = settle(gathered);
    gathered = [];
    // Whoever ends it learns of a failure.
    settling.catch(() => {});
    written.push(settling);
  }

  return {
    add(settlements) {
      for (const settlement of settlements) gathered.push(settlement);
      if (gathered.length >= mostTogether) write();
      else timer ??= setTimeout(write, longestMs);
    },
    async end() {
      if (gathered.length > 0) write();
      const ended = await Promise.allSettled(written);
      for (const end of ended) if (end.status === 'rejected') throw end.reason;
    },
  };
}
