import type { Store } from '../store/store.ts';
import { createDeliverStep } from './deliver.ts';
import { createHealth, type Health } from './health.ts';
import type { Landscape } from './landscape.ts';
import { type Loop, startLoop } from './loop.ts';
import type { Observe } from './observer.ts';
import { createReadiness, type Readiness } from './readiness.ts';
import { createRefreshStep } from './refresh.ts';
import { createRoute } from './route.ts';

export interface EngineOptions {
  readonly store: Store;
  readonly landscape: Landscape;
  readonly observe: Observe;
  readonly now?: () => number;
  /** Numbers from 0 up to, but not including, 1. */
  readonly random?: () => number;
}

export interface Engine {
  /** Gives back what an earlier process held, and starts working. */
  start(): Promise<void>;
  /** Events of a system have come in. */
  wake(system: string): void;
  /** True when the system is set up and fit to work with; finds out where that is not known yet. */
  ready(system: string, signal: AbortSignal): Promise<boolean>;
  /** Everything that keeps systems from being read or written now, for people. */
  problems(): string[];
  /**
   * Takes up nothing new and lets calls under way end within `graceMs`; after that they are interrupted, and their
   * deliveries kept as uncertain.
   */
  stop(graceMs: number): Promise<void>;
}

/** Works off events and deliveries: for each system one loop that reads it and one that writes to it. */
export function createEngine(options: EngineOptions): Engine {
  const { store, landscape, observe } = options;
  const now = options.now ?? Date.now;
  const random = options.random ?? Math.random;
  const stopping = new AbortController();
  const route = createRoute(landscape);
  const readinesses = new Map<string, Readiness>();
  const healths = new Map<string, Health>();
  const refreshing = new Map<string, Loop>();
  const delivering = new Map<string, Loop>();

  const wakeAll = (loops: ReadonlyMap<string, Loop>) => {
    for (const loop of loops.values()) loop.wake();
  };

  function startLoops(system: string): void {
    const connector = landscape.connector(system);
    const health = createHealth(now, random);
    const readiness = createReadiness({ connector, health, observe, now });
    healths.set(system, health);
    readinesses.set(system, readiness);
    const shared = { store, connector, health, readiness, observe, now, signal: stopping.signal };
    const refresh = createRefreshStep({ ...shared, route, onChanged: () => wakeAll(delivering) });
    const deliver = createDeliverStep({
      ...shared,
      landscape,
      random,
      onSettled(settlements) {
        delivering.get(system)?.wake();
        if (settlements.some((settlement) => settlement.outcome === 'waiting')) wakeAll(refreshing);
      },
    });
    const report = (where: string) => (error: unknown) => observe({ kind: 'failed', where, error });
    refreshing.set(system, startLoop(refresh, report(`reading ${system}`)));
    delivering.set(system, startLoop(deliver, report(`writing to ${system}`)));
  }

  return {
    async start() {
      await store.releaseLeases('all');
      for (const system of landscape.systems) startLoops(system);
    },
    wake: (system) => refreshing.get(system)?.wake(),
    ready: async (system, signal) => (await readinesses.get(system)?.ensure(signal)) ?? false,
    problems() {
      return landscape.systems.flatMap((system) => {
        const since = healths.get(system)?.open() === true ? healths.get(system)?.failingSince() : undefined;
        const failing = since === undefined ? [] : [`does not answer since ${new Date(since).toISOString()}`];
        return [...(readinesses.get(system)?.problems() ?? []), ...failing].map(
          (problem) => `${system}: ${problem}`,
        );
      });
    },
    async stop(graceMs) {
      const ended = Promise.all([...refreshing.values(), ...delivering.values()].map((loop) => loop.stop()));
      const grace = setTimeout(() => stopping.abort(), graceMs);
      await ended;
      clearTimeout(grace);
    },
  };
}
