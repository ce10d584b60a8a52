import { lanes } from '../rules/rule.ts';
import type { Store } from '../store/store.ts';
import { pause } from '../systems/limiter.ts';
import type { Means } from './means.ts';

const lookAgainMs = 100;

/** Waits until the engine, which works beside it, has worked off the events of a system. */
export function createWorkOff(options: {
  readonly store: Pick<Store, 'hasOpenEvents'>;
  /** Events of a system have come in. */
  readonly wake: (system: string) => void;
  readonly rest?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}): Means['workOff'] {
  const { store, wake, rest = pause } = options;
  return async (system, upTo, signal) => {
    while (await store.hasOpenEvents(system, upTo, lanes.length)) {
      signal.throwIfAborted();
      wake(system);
      await rest(lookAgainMs, signal);
    }
  };
}
