import type { Settlement } from '../store/settle.ts';

/** As many as a commit carries well. */
const mostTogether = 500;
/** Nobody notices whether it is written down so much later that a delivery arrived. */
const longestMs = 25;

export interface Settling {
  /** One of the calls has ended. Resolves when what came of it is written down. */
  add(settlements: readonly Settlement[]): Promise<void>;
}

/**
 * What came of calls that run beside each other is written down together: each commit takes the disk's time. It waits for
 * the other calls at most a moment, and for none when all have ended.
 *
 * @param calls how many there are
 */
export function createSettling(
  calls: number,
  settle: (settlements: readonly Settlement[]) => Promise<void>,
): Settling {
  let underWay = calls;
  let gathered: Settlement[] = [];
  let written = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;

  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    const settlements = gathered;
    const { resolve, reject } = written;
    gathered = [];
    written = Promise.withResolvers<void>();
    settle(settlements).then(resolve, reject);
  }

  return {
    add(settlements) {
      underWay--;
      for (const settlement of settlements) gathered.push(settlement);
      const { promise } = written;
      if (underWay === 0 || gathered.length >= mostTogether) write();
      else timer ??= setTimeout(write, longestMs);
      return promise;
    },
  };
}
