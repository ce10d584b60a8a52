export interface Slots {
  /** Resolves with what gives the slot back; rejects with the signal's reason when it is aborted first. */
  take(signal: AbortSignal): Promise<() => void>;
}

/** Lets at most `limit` things go on at once; the others wait in line. */
export function createSlots(limit: number): Slots {
  let free = limit;
  const line = new Set<() => void>();

  function release(): void {
    const [next] = line;
    if (next === undefined) free += 1;
    else next();
  }

  return {
    take(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (free > 0) {
        free -= 1;
        return Promise.resolve(release);
      }
      return new Promise((resolve, reject) => {
        const go = () => {
          leave();
          resolve(release);
        };
        const stop = () => {
          leave();
          reject(signal.reason);
        };
        const leave = () => {
          line.delete(go);
          signal.removeEventListener('abort', stop);
        };
        line.add(go);
        signal.addEventListener('abort', stop, { once: true });
      });
    },
  };
}
