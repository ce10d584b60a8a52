/** Lets at most `requests` calls start in any window of `milliseconds`. */
export interface Limit {
  readonly requests: number;
  readonly milliseconds: number;
}

export interface Limiter {
  /** Resolves when the next call may start; rejects with the signal's reason when it is aborted first. */
  acquire(signal: AbortSignal): Promise<void>;
  /** Nothing starts before this moment (`Retry-After`). */
  pauseUntil(at: number): void;
}

/** A sliding window: exact for the limits that vendors publish as "n requests in t seconds". */
export function createLimiter(limit: Limit, now: () => number = Date.now): Limiter {
  const starts: number[] = [];
  let pausedUntil = 0;
  let waiting = 0;
  let queue: Promise<void> = Promise.resolve();

  function waitTime(): number {
    const time = now();
    while (starts.length > 0 && (starts[0] as number) <= time - limit.milliseconds) starts.shift();
    const window = starts.length < limit.requests ? 0 : (starts[0] as number) + limit.milliseconds - time;
    return Math.max(window, pausedUntil - time);
  }

  async function turn(signal: AbortSignal): Promise<void> {
    for (let wait = waitTime(); wait > 0; wait = waitTime()) await pause(wait, signal);
    signal.throwIfAborted();
    starts.push(now());
  }

  return {
    async acquire(signal) {
      signal.throwIfAborted();
      if (waiting === 0 && waitTime() <= 0) {
        starts.push(now());
        return;
      }
      waiting++;
      const mine = queue.then(() => turn(signal)).finally(() => waiting--);
      queue = mine.catch(() => {});
      await mine;
    },
    pauseUntil(at) {
      pausedUntil = Math.max(pausedUntil, at);
    },
  };
}

/** Resolves after `milliseconds`; rejects with the signal's reason when it is aborted first. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
