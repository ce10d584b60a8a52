import { isUrgent } from './urgency.ts';

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

/** Of ten calls that a limit allows, one is only for what is urgent: a bulk import never makes an invoice wait. */
const urgentShare = 10;

/** Callers that wait for one another. */
interface Queue {
  /** Calls that they may have in a window, together with everybody else's. */
  readonly most: number;
  waiting: number;
  last: Promise<void>;
}

/** A sliding window: exact for the limits that vendors publish as "n requests in t seconds". */
export function createLimiter(limit: Limit, now: () => number = Date.now): Limiter {
  const starts: number[] = [];
  let pausedUntil = 0;
  const queueOf = (most: number): Queue => ({ most, waiting: 0, last: Promise.resolve() });
  const urgent = queueOf(limit.requests);
  const usual = queueOf(limit.requests - Math.floor(limit.requests / urgentShare));

  function waitTime({ most }: Queue): number {
    const time = now();
    while (starts.length > 0 && (starts[0] as number) <= time - limit.milliseconds) starts.shift();
    const over = starts.length - most;
    const window = over < 0 ? 0 : (starts[over] as number) + limit.milliseconds - time;
    return Math.max(window, pausedUntil - time);
  }

  async function turn(queue: Queue, signal: AbortSignal): Promise<void> {
    for (let wait = waitTime(queue); wait > 0; wait = waitTime(queue)) await pause(wait, signal);
    signal.throwIfAborted();
    starts.push(now());
  }

  return {
    async acquire(signal) {
      signal.throwIfAborted();
      const queue = isUrgent() ? urgent : usual;
      if (queue.waiting === 0 && waitTime(queue) <= 0) {
        starts.push(now());
        return;
      }
      queue.waiting++;
      const mine = queue.last.then(() => turn(queue, signal)).finally(() => queue.waiting--);
      queue.last = mine.catch(() => {});
      await mine;
    },
    pauseUntil(at) {
      pausedUntil = Math.max(pausedUntil, at);
    },
  };
}

/** Node.js takes a longer time for no time at all. */
const longestTimer = 2 ** 31 - 1;

/**
 * Resolves after `milliseconds`, or after the longest time that a timer knows, 24 days; rejects with the signal's reason
 * when it is aborted first.
 */
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
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', stop);
        resolve();
      },
      Math.min(milliseconds, longestTimer),
    );
    signal.addEventListener('abort', stop, { once: true });
  });
}
