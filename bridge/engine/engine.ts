import type { Settlement } from '../store/settlement.ts';
import type { Store } from '../store/store.ts';
import type { Connector } from '../systems/system.ts';
import { urgently } from '../systems/urgency.ts';
import { keyPlanOf } from './counterpart.ts';
import { createDeliverStep, type DeliverOptions } from './deliver.ts';
import { createDerive } from './derive.ts';
import { createGuard } from './guard.ts';
import { createHealth, type Health } from './health.ts';
import type { Landscape } from './landscape.ts';
import { type Loop, type Next, startLoop } from './loop.ts';
import type { Observe } from './observer.ts';
import { createPairing } from './pairing.ts';
import { isInShadow } from './plan.ts';
import { createReadiness, type Readiness } from './readiness.ts';
import { createRefreshStep } from './refresh.ts';
import { createRoute } from './route.ts';
import { createShadowPass } from './shadow.ts';
import { type Way, ways } from './share.ts';
import { prepareEvents } from './tell.ts';

export interface EngineOptions {
  readonly store: Store;
  readonly landscape: Landscape;
  readonly observe: Observe;
  /** Targets beside systems and subscribers, with what prepares their deliveries. */
  readonly besides?: readonly (Required<Pick<DeliverOptions, 'prepare'>> & {
    readonly connector: Connector;
  })[];
  /** Records have changed. */
  readonly onChanged?: () => void;
  /** Tries at deliveries have ended. */
  readonly onSettled?: (settlements: readonly Settlement[]) => void;
  readonly now?: () => number;
  /** Numbers from 0 up to, but not including, 1. */
  readonly random?: () => number;
}

export interface Engine {
  /** Gives back what an earlier process held, and starts working. */
  start(): Promise<void>;
  /** Events of a system have come in. */
  wake(system: string): void;
  /** Deliveries to these systems can go on. */
  wakeDeliveries(targets: Iterable<string>): void;
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

/** Health of reading, and of writing. */
type Sides = readonly [Health, Health];

const lookForExpiredMs = 30_000;
const lookAgainMs = 60_000;

/** Works off events and deliveries: for each system one loop that reads it and one that writes to it. */
export function createEngine(options: EngineOptions): Engine {
  const { store, landscape, observe } = options;
  const now = options.now ?? Date.now;
  const random = options.random ?? Math.random;
  const stopping = new AbortController();
  const route = createRoute(landscape, now);
  const pairing = createPairing(now);
  const derive = createDerive(landscape);
  const guard = createGuard(landscape);
  const subscribers = landscape.rules.subscribers.map(({ name }) => name);
  const readinesses = new Map<string, Readiness>();
  const healths = new Map<string, Sides>();
  const refreshing = new Map<string, Loop>();
  const delivering = new Map<string, readonly Loop[]>();
  let keeping: Loop | undefined;
  let unshadowing: Loop | undefined;
  const looking: Loop[] = [];

  const wakeAll = (loops: ReadonlyMap<string, Loop>) => {
    for (const loop of loops.values()) loop.wake();
  };

  function wakeDelivering(target: string): void {
    for (const loop of delivering.get(target) ?? []) loop.wake();
  }

  function wakeAllDelivering(): void {
    for (const target of delivering.keys()) wakeDelivering(target);
  }

  /**
   * Nothing leaves for a partner while the erp's database is a copy, or another one than the bridge belongs to: what is
   * still queued was meant for the real one to send.
   */
  async function mayWriteTo(system: string): Promise<boolean> {
    const erp = landscape.systemIn('erp');
    const guard = erp === undefined || erp === system ? undefined : readinesses.get(erp);
    return guard === undefined || !(await guard.refused(stopping.signal));
  }

  function prepare(system: string): void {
    // A system may answer questions while it takes no changes, for days; each side has a breaker of its own.
    const sides = [createHealth(now, random), createHealth(now, random)] as const;
    const connector = landscape.connector(system);
    healths.set(system, sides);
    const shadow = isInShadow(landscape, system);
    readinesses.set(system, createReadiness({ connector, shadow, healths: sides, observe, now }));
  }

  /** Since when it cannot be read, or written; one sentence where both began together. */
  function silences(system: string): string[] {
    const failing = (healths.get(system) ?? []).flatMap((health) => {
      const since = health.open() ? health.failingSince() : undefined;
      return since === undefined ? [] : [`does not answer since ${new Date(since).toISOString()}`];
    });
    return [...new Set(failing)];
  }

  const report = (where: string) => (error: unknown) => observe({ kind: 'failed', where, error });

  const shared = (system: string) => ({
    store,
    connector: landscape.connector(system),
    readiness: readinesses.get(system) as Readiness,
    observe,
    now,
    signal: stopping.signal,
  });

  function startReading(system: string): void {
    const [health] = healths.get(system) as Sides;
    const onChanged = () => {
      wakeAllDelivering();
      options.onChanged?.();
    };
    const refresh = createRefreshStep({ ...shared(system), health, route, derive, guard, onChanged });
    refreshing.set(system, startLoop(refresh, report(`reading ${system}`)));
  }

  function startDelivering(target: string, more: Pick<DeliverOptions, 'prepare'> = {}): void {
    const [, health] = healths.get(target) as Sides;
    const deliverOptions = {
      ...shared(target),
      ...more,
      health,
      allowed: () => mayWriteTo(target),
      landscape,
      pairing,
      random,
      onSettled(settlements: readonly Settlement[], woken: ReadonlySet<string>) {
        for (const target of woken) wakeDelivering(target);
        if (settlements.some((settlement) => settlement.outcome === 'waiting')) wakeAll(refreshing);
        options.onSettled?.(settlements);
      },
    } satisfies Omit<DeliverOptions, 'way'>;
    const stepOf = (way: Way) => {
      const step = createDeliverStep({ ...deliverOptions, way });
      return way === 'finance' ? () => urgently(step) : step;
    };
    const loops = ways.map((way) => startLoop(stepOf(way), report(`writing to ${target}`)));
    delivering.set(target, loops);
  }

  /** Whether a system can be used is known soon after the start, also where nothing is to be read or written. */
  function startLooking(system: string): void {
    const look = async (): Promise<Next> => {
      const ready = await readinesses.get(system)?.ensure(stopping.signal);
      return ready || stopping.signal.aborted ? 'when-woken' : { afterMs: lookAgainMs };
    };
    looking.push(startLoop(look, report(`looking at ${system}`)));
  }

  /** A try that could not be settled holds its delivery until the lease ends. */
  async function giveBack(): Promise<Next> {
    if ((await store.releaseLeases('expired')) > 0) wakeAllDelivering();
    return { afterMs: lookForExpiredMs };
  }

  /** What was only recorded and is in shadow no longer is brought now, so that nobody has to change it first. */
  function startUnshadowing(): void {
    const look = createShadowPass({ store, landscape });
    unshadowing = startLoop(
      async () => {
        const targets = await look();
        for (const target of targets ?? []) wakeDelivering(target);
        return targets === undefined ? 'when-woken' : 'now';
      },
      (error) => observe({ kind: 'failed', where: 'looking at what was in shadow', error }),
    );
  }

  return {
    async start() {
      await store.keepMatchKeys(keyPlanOf(landscape.rules));
      await store.releaseLeases('all');
      await store.wakeUnmet(landscape.systems);
      const besides = (options.besides ?? []).map(({ connector, prepare }) => ({
        target: connector.system,
        prepare,
      }));
      for (const target of [...landscape.systems, ...subscribers, ...besides.map((one) => one.target)])
        prepare(target);
      for (const system of landscape.systems) {
        startReading(system);
        startDelivering(system);
      }
      for (const subscriber of subscribers) startDelivering(subscriber, { prepare: prepareEvents });
      for (const { target, prepare } of besides) startDelivering(target, { prepare });
      for (const system of landscape.systems) startLooking(system);
      startUnshadowing();
      keeping = startLoop(giveBack, (error) =>
        observe({ kind: 'failed', where: 'giving leases back', error }),
      );
    },
    wake: (system) => refreshing.get(system)?.wake(),
    wakeDeliveries(targets) {
      for (const target of targets) wakeDelivering(target);
    },
    ready: async (system, signal) => (await readinesses.get(system)?.ensure(signal)) ?? false,
    problems() {
      return landscape.systems.flatMap((system) => {
        const reasons = readinesses.get(system)?.problems() ?? [];
        // Its failed looks count as failures of both sides: they say nothing that the reason does not say better.
        const told = reasons.length > 0 ? reasons : silences(system);
        return told.map((problem) => `${system}: ${problem}`);
      });
    },
    async stop(graceMs) {
      const loops = [
        ...looking,
        ...refreshing.values(),
        ...[...delivering.values()].flat(),
        ...(keeping === undefined ? [] : [keeping]),
        ...(unshadowing === undefined ? [] : [unshadowing]),
      ];
      const ended = Promise.all(loops.map((loop) => loop.stop()));
      const grace = setTimeout(() => stopping.abort(), graceMs);
      await ended;
      clearTimeout(grace);
    },
  };
}
