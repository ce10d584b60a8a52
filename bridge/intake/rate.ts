/** A token bucket: `perSecond` requests on average, and bursts of as many at once. */
export function createRate(perSecond: number, now: () => number = Date.now): { take(): number } {
  let tokens = perSecond;
  let filledAt = now();
  return {
    /** 0 when the request may go on, else the milliseconds to wait. */
    take() {
      const time = now();
      // A clock that was set back must not empty the bucket.
      tokens = Math.min(perSecond, tokens + (Math.max(0, time - filledAt) / 1000) * perSecond);
      filledAt = time;
      if (tokens >= 1) {
        tokens--;
        return 0;
      }
      return Math.ceil(((1 - tokens) / perSecond) * 1000);
    },
  };
}
