/** At most `requests` in any `milliseconds`, as vendors limit an account. */
export interface QuotaOptions {
  readonly requests: number;
  readonly milliseconds: number;
}

export interface Quota {
  /** Counts a request when there is room for it. */
  take(): { readonly allowed: boolean; readonly remaining: number; readonly retryAfterSeconds: number };
}

/** Runs on real time: it guards against clients that are too fast, whatever the sandbox's own clock says. */
export function createQuota(options: QuotaOptions): Quota {
  let starts: number[] = [];
  return {
    take() {
      const now = performance.now();
      starts = starts.filter((start) => start > now - options.milliseconds);
      const allowed = starts.length < options.requests;
      const oldest = starts[0] ?? now;
      if (allowed) starts.push(now);
      return {
        allowed,
        remaining: Math.max(0, options.requests - starts.length),
        retryAfterSeconds: Math.max(1, Math.ceil((oldest + options.milliseconds - now) / 1000)),
      };
    },
  };
}
