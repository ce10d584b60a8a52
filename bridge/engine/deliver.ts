import { isDatabaseFailure } from '../store/database.ts';
import type { ClaimedDelivery } from '../store/delivery.ts';
import type { Settlement } from '../store/settlement.ts';
import type { Store } from '../store/store.ts';
import type { Connector } from '../systems/system.ts';
import { eachAtOnce } from './at-once.ts';
import { startDeadline } from './deadline.ts';
import { settleFailedItem } from './failure.ts';
import type { Health } from './health.ts';
import type { Landscape } from './landscape.ts';
import { referenceOf } from './landscape.ts';
import type { Next } from './loop.ts';
import type { Observe } from './observer.ts';
import type { Pairing } from './pairing.ts';
import { isInShadow } from './plan.ts';
import { type Prepared, prepareDeliveries } from './prepare.ts';
import type { Readiness } from './readiness.ts';
import { createBring } from './route.ts';
import { createSettling } from './settling.ts';
import { lanesOf, probeOf, sharesWithin, total, type Way } from './share.ts';
import { createWrite } from './write.ts';

export interface DeliverOptions {
  readonly store: Store;
  readonly landscape: Landscape;
  readonly way: Way;
  readonly connector: Connector;
  readonly health: Health;
  readonly readiness: Readiness;
  readonly pairing: Pairing;
  /** Whether anything may be written at all. */
  readonly allowed: () => Promise<boolean>;
  /** Finds out what has to be called; usually `prepareDeliveries`. */
  readonly prepare?: typeof prepareDeliveries;
  readonly observe: Observe;
  readonly now: () => number;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Settled deliveries may have asked for objects to be read, and have woken others to the targets `woken`. */
  readonly onSettled: (settlements: readonly Settlement[], woken: ReadonlySet<string>) => void;
}

const whileForbiddenMs = 60_000;
const leaseMs = 90_000;
/** Every try ends well before its lease does. */
const tryTimeoutMs = 60_000;
/** Twice as many as there are connections to a system at most: one waits behind each that is under way. */
const mostCallsAtOnce = 32;

/** One step of working off a target's deliveries: claim, prepare, write in batches, settle. */
export function createDeliverStep(options: DeliverOptions): () => Promise<Next> {
  const { store, connector, health, observe, now } = options;
  const target = connector.system;
  const shadow = isInShadow(options.landscape, target);
  const write = createWrite(options);
  const bring = createBring(options.landscape);
  const { way } = options;
  const batch = smallestBatch(connector);

  return async function step(): Promise<Next> {
    if (options.signal.aborted) return 'when-woken';
    const wait = health.waitMs();
    if (wait > 0) return { afterMs: wait };
    if (!(await options.allowed())) return { afterMs: whileForbiddenMs };
    // In shadow nothing is called, so nothing has to be set up.
    if (!shadow && !(await options.readiness.ensure(options.signal))) return { afterMs: health.waitMs() };
    const probing = health.open();
    // While a system does not listen, one delivery at a time finds out whether it does again.
    const shares = probing ? probeOf(way) : sharesWithin(way, connector.claimLimit, batch);
    const claimed = await store.claim(target, shares, leaseMs);
    if (claimed.length === 0) return untilNextDue(250);
    const deadline = startDeadline(options.signal, tryTimeoutMs);
    try {
      const { ready, settled } = await prepare(claimed, deadline.signal);
      await settle(settled);
      const calls = batches(ready, connector);
      const settling = createSettling(settle);
      try {
        await eachAtOnce(calls, mostCallsAtOnce, async (batch) =>
          settling.add(await write(batch, deadline.signal)),
        );
      } finally {
        // What could not be settled keeps its lease until that has run out.
        await settling.end();
      }
    } finally {
      deadline.clear();
    }
    return claimed.length < total(shares) && !probing ? untilNextDue(0) : 'now';
  };

  async function prepare(claimed: readonly ClaimedDelivery[], signal: AbortSignal) {
    const { store, landscape, connector, health, pairing, observe, now, random } = options;
    const startedAtMs = now();
    try {
      return await (options.prepare ?? prepareDeliveries)({
        store,
        landscape,
        connector,
        health,
        pairing,
        observe,
        now,
        random,
        claimed,
        signal,
      });
    } catch (error) {
      // A bug. Nothing was written, and after some tries a person hears of it.
      observe({ kind: 'failed', where: `preparing what goes to ${target}`, error });
      const failure = { error: 'unavailable', message: `The bridge failed at this: ${error}` } as const;
      const settled: Settlement[] = claimed.map((delivery) =>
        settleFailedItem(failure, { delivery, json: undefined }, { now, random, startedAtMs }),
      );
      return { ready: [], settled };
    }
  }

  async function settle(settlements: readonly Settlement[]): Promise<void> {
    const [first, ...others] = settlements;
    if (first === undefined) return;
    let woken: ReadonlySet<string>;
    try {
      woken = await store.settle(settlements, bring);
    } catch (error) {
      if (isDatabaseFailure(error)) throw error;
      // A bug that one of them meets must neither hold up the others nor leave them in doubt.
      if (others.length > 0) await Promise.all(settlements.map((settlement) => settle([settlement])));
      else reportUnsettled(first, error);
      return;
    }
    for (const { delivery } of settlements) options.pairing.release(delivery.id);
    for (const settlement of settlements) report(settlement);
    options.onSettled(settlements, woken);
  }

  /** The delivery keeps its lease; when that has run out it is tried again, in doubt. */
  function reportUnsettled({ delivery: { entity, sourceId } }: Settlement, error: unknown): void {
    observe({
      kind: 'failed',
      where: `writing down what became of ${entity} ${sourceId} for ${target}`,
      error,
    });
  }

  function report(settlement: Settlement): void {
    const { delivery, durationMs, outcome } = settlement;
    observe({
      kind: 'attempted',
      target,
      entity: delivery.entity,
      deliveryId: delivery.id,
      sourceObject: referenceOf(delivery.source, delivery.entity, delivery.sourceId),
      correlation: delivery.correlation,
      outcome,
      durationMs,
      tries: delivery.tries,
      ...('cause' in settlement ? { message: settlement.cause } : {}),
    });
  }

  /** What is due but was not claimed stands behind a try of the same object that still holds its lease. */
  async function untilNextDue(leastMs: number): Promise<Next> {
    const due = await store.nextDueMs(target, lanesOf(way));
    if (due === undefined) return 'when-woken';
    const afterMs = Math.max(leastMs, due - now());
    return afterMs <= 0 ? 'now' : { afterMs };
  }
}

/** Of each entity that is written there as many fit into one call. */
const smallestBatch = ({ entities }: Connector): number =>
  Math.min(...Object.values(entities).map(({ write }) => write?.batch ?? Number.POSITIVE_INFINITY));

/** Writes of one entity in the batches that the connector takes. What failed often goes alone, so that it harms nobody. */
function batches(ready: readonly Prepared[], connector: Connector): Prepared[][] {
  const result: Prepared[][] = [];
  const groups = Map.groupBy(ready, ({ delivery, action }) => `${action} ${delivery.entity}`);
  for (const group of groups.values()) {
    const [first] = group as [Prepared, ...Prepared[]];
    const capability = connector.entities[first.delivery.entity];
    const size = (first.action === 'remove' ? capability?.remove : capability?.write)?.batch ?? 1;
    const suspects = group.filter(({ delivery }) => isSuspect(delivery));
    const others = group.filter(({ delivery }) => !isSuspect(delivery));
    for (let start = 0; start < others.length; start += size) result.push(others.slice(start, start + size));
    for (const suspect of suspects) result.push([suspect]);
  }
  return result;
}

const triesBeforeSuspicion = 3;
const isSuspect = (delivery: ClaimedDelivery): boolean => delivery.tries > triesBeforeSuspicion;
