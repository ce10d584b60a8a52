import { type Backoff, backoffDelay } from './backoff.ts';

/**
 * Whether a system listens, to reads or to writes: a circuit breaker. While it is open, one careful call at a time
 * finds out.
 */
export interface Health {
  /** Milliseconds until the next call may be made; 0 when now. */
  waitMs(): number;
  /** True after several whole calls failed in a row. */
  open(): boolean;
  /** Since when every call has failed. */
  failingSince(): number | undefined;
  succeeded(): void;
  /** A whole call failed; answers when the next may be made. */
  failed(retryAfterMs?: number): number;
}

const pauses: Backoff = { firstMs: 500, mostMs: 60_000 };
const failuresToOpen = 4;

export function createHealth(now: () => number, random: () => number): Health {
  let failures = 0;
  let firstFailureAt: number | undefined;
  let nextAt = 0;
  return {
    waitMs: () => Math.max(0, nextAt - now()),
    open: () => failures >= failuresToOpen,
    failingSince: () => firstFailureAt,
    succeeded() {
      failures = 0;
      firstFailureAt = undefined;
      // The pause stays: a call that was under way beside the one that was told to wait proves nothing.
    },
    failed(retryAfterMs = 0) {
      const time = now();
      firstFailureAt ??= time;
      // Calls that were under way together fail together; that is one failure.
      if (time >= nextAt) {
        failures++;
        nextAt = time + backoffDelay(pauses, failures, random);
      }
      nextAt = Math.max(nextAt, time + retryAfterMs);
      return nextAt;
    },
  };
}
