/** Where a sandbox takes its time from. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

export interface ManualClock extends Clock {
  advance(milliseconds: number): void;
}

/** A clock that stands still until it is moved. */
export function createManualClock(start: string | number = '2026-03-02T08:00:00.000Z'): ManualClock {
  let time = typeof start === 'number' ? start : Date.parse(start);
  return {
    now: () => time,
    advance(milliseconds) {
      time += milliseconds;
    },
  };
}
