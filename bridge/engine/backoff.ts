/** Delays that double from `firstMs` to `mostMs`. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/**
 * How long to wait before try number `tries + 1`. Half of the delay is random, so that what failed together does not
 * come back together. `random` gives numbers from 0 up to, but not including, 1.
 */
export function backoffDelay(backoff: Backoff, tries: number, random: () => number): number {
  const full = Math.min(backoff.mostMs, backoff.firstMs * 2 ** Math.min(tries - 1, 30));
  return Math.round(full / 2 + (full / 2) * random());
}
