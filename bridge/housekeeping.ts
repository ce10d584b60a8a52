import type { Store } from './store/store.ts';

const dayMs = 24 * 60 * 60_000;
/** Between two rounds, so that the work of the day goes first. */
const restMs = 50;

/** Removes what is settled and older than `retentionDays`, now and every hour. Answers how to stop. */
export function startHousekeeping(options: {
  store: Store;
  retentionDays: number;
  now: () => number;
  onError: (error: unknown) => void;
}): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function round(): Promise<void> {
    const before = new Date(options.now() - options.retentionDays * dayMs).toISOString();
    let removed = 0;
    try {
      removed = await options.store.removeSettled(before);
    } catch (error) {
      if (!stopped) options.onError(error);
    }
    if (!stopped) timer = setTimeout(round, removed > 0 ? restMs : dayMs / 24).unref();
  }

  timer = setTimeout(round, restMs).unref();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
