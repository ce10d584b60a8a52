import type { Store } from '../store/store.ts';
import { createDeliverStep } from './deliver.ts';
import { createHealth, type Health } from './health.ts';
import type { Landscape } from './landscape.ts';
import { type Loop, startLoop } from './loop.ts';
import type { Observe } from './observer.ts';
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
  healthOf(system: string): Health;
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
  const healths = new Map(landscape.systems.map((system) => [system, createHealth(now, random)]));
  const refreshing = new Map<string, Loop>();
  const delivering = new Map<string, Loop>();

  function healthOf(system: string): Health {
    const health = healths.get(system);
    if (health === undefined) throw new Error(`There is no system "${system}"`);
    return health;
  }

  const wakeAll = (loops: ReadonlyMap<string, Loop>) => {
    for (const loop of loops.values()) loop.wake();
  };

  function startLoops(system: string): void {
    const connector = landscape.connector(system);
    const shared = { store, connector, health: healthOf(system), observe, now, signal: stopping.signal };
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
    healthOf,
    async stop(graceMs) {
      const ended = Promise.all([...refreshing.values(), ...delivering.values()].map((loop) => loop.stop()));
      const grace = setTimeout(() => stopping.abort(), graceMs);
      await ended;
      clearTimeout(grace);
    },
  };
}
