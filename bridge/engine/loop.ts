/** A step of a loop answers when the next one makes sense: now, after some time, or only when somebody wakes it. */
export type Next = 'now' | 'when-woken' | { readonly afterMs: number };

export interface Loop {
  /** There may be work: the next step starts now, or right after the one under way. */
  wake(): void;
  /** No further step starts; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** Repeats `step` until stopped. A step that throws is reported and repeated after a pause. */
export function startLoop(step: () => Promise<Next>, onError: (error: unknown) => void): Loop {
  let stopped = false;
  let woken = false;
  let interrupt: () => void = () => {};

  async function run(): Promise<void> {
    while (!stopped) {
      woken = false;
      let next: Next;
      try {
        next = await step();
      } catch (error) {
        onError(error);
        next = { afterMs: pauseAfterBugMs };
      }
      if (next !== 'now' && !woken && !stopped) await rest(next);
    }
  }

  function rest(next: Exclude<Next, 'now'>): Promise<void> {
    return new Promise((resolve) => {
      const timer =
        next === 'when-woken' ? undefined : setTimeout(resolve, Math.min(next.afterMs, longestRestMs));
      interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const ended = run();
  return {
    wake() {
      woken = true;
      interrupt();
    },
    stop() {
      stopped = true;
      interrupt();
      return ended;
    },
  };
}

const pauseAfterBugMs = 1000;
/** Timers overflow above 2^31 ms; and a clock that jumps must not make a loop sleep for days. */
const longestRestMs = 60_000;
