import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Landscape } from '../engine/landscape.ts';
import { type Loop, type Next, startLoop } from '../engine/loop.ts';
import type { Observe } from '../engine/observer.ts';
import { eventSource } from '../store/business-event.ts';
import { sourceObject } from '../store/delivery.ts';
import type { FlowDesk } from '../store/flow-desk.ts';
import type { SystemObject } from '../store/record.ts';
import type { Settlement } from '../store/settlement.ts';
import type { Store } from '../store/store.ts';
import { readsToday } from './condition.ts';
import { createFlowContext } from './context.ts';
import type { Consequence } from './keep.ts';
import { type LinkedKind, linkedKinds, lookAtLinked } from './linked.ts';
import {
  calledFor,
  lookAtDue,
  lookAtRecords,
  lookAtRunning,
  relateRecords,
  type Turn,
  takeInChanges,
  type Wake,
  wakeUp,
  watchedBy,
} from './turn.ts';

export interface FlowsOptions {
  readonly store: Store;
  readonly landscape: Landscape;
  readonly observe: Observe;
  readonly now?: () => number;
  /** Deliveries to these targets can go on. */
  readonly onDeliveries: (targets: Iterable<string>) => void;
  /** Objects of this system have to be read. */
  readonly onReads: (system: string) => void;
}

/** The business processes at work. */
export interface Flows {
  start(): void;
  /** Records have changed. */
  changed(): void;
  /** Tries at deliveries have ended. */
  settled(settlements: readonly Settlement[]): void;
  /** Something else happened to these objects: a person linked them. */
  touched(objects: readonly SystemObject[]): void;
  stop(): Promise<void>;
}

/** Where more is waiting than this, all running instances are looked at instead. */
const mostWakes = 20_000;
const wakesPerTurn = 200;
/** What was settled this long before is known here by then, with all that it linked. */
const linkedSlackMs = 10 * 60_000;

/** Follows every business process of the rules: one loop beside those of the engine. */
export function createFlows(options: FlowsOptions): Flows {
  const { store, landscape, observe } = options;
  const now = options.now ?? Date.now;
  const context = createFlowContext(landscape);
  const { flows } = landscape.rules;
  const entities = new Set<string>(
    flows.flatMap(({ entity, objects }) => [entity, ...objects.map((object) => object.entity)]),
  );
  const actions = new Set<string>(
    flows.flatMap(({ steps }) => steps.flatMap((one) => (one.kind === 'call' ? [one.action] : []))),
  );
  let wakes = new Map<string, { object: SystemObject; call: boolean }>();
  let left: Wake[] = [];
  /** Flows whose running instances are looked at whatever happened, and how far that is. */
  let looking: { flow: string; after: number }[] | undefined;
  /** Kinds of objects whose new links are looked at, since when, and how far that is. */
  let linking: { kind: LinkedKind; since: string; after: string }[] | undefined;
  let lookAgain = false;
  /** An earlier process ended before all that a change concerns were looked at: what was refused is tried again. */
  let interrupted = false;
  let prepared = false;
  let scannedOn = '';
  let loop: Loop | undefined;
  let stopped = false;

  function wake(object: SystemObject, call = false): void {
    if (wakes.size >= mostWakes) {
      wakes = new Map();
      lookAgain = true;
    }
    wakes.set(`${object.system} ${object.entity} ${object.id}`, { object, call });
  }

  function finish({ targets, systems, failures }: Consequence): void {
    for (const error of failures) observe({ kind: 'failed', where: 'following a flow', error });
    if (targets.size > 0) options.onDeliveries(targets);
    for (const system of systems) options.onReads(system);
  }

  /** One transaction; answers whether there was something to do. */
  async function work(turn: Promise<Turn>, taken?: () => void): Promise<boolean> {
    const { consequence, left: more, worked } = await turn;
    taken?.();
    left.push(...more);
    finish(consequence);
    return worked;
  }

  async function step(): Promise<Next> {
    if (stopped) return 'when-woken';
    if (!prepared) {
      await prepare();
      prepared = true;
    }
    // Others come to their turn between two transactions.
    await nextTurn();
    if (await work(store.flowTurn((desk) => takeInChanges(desk, context)))) return 'now';
    if (left.length > 0) {
      const batch = left.slice(0, wakesPerTurn);
      await work(
        store.flowTurn((desk) => {
          const turn = wakeUp(desk, context, batch);
          if (left.length === batch.length && turn.left.length === 0 && !interrupted)
            desk.progress.put('unfinished', '');
          return turn;
        }),
        () => {
          left = left.slice(batch.length);
        },
      );
      return 'now';
    }
    if (wakes.size > 0) return wakeSettled();
    if (await work(store.flowTurn((desk) => lookAtDue(desk, context)))) return 'now';
    if (lookAgain) {
      lookAgain = false;
      looking = undefined;
      linking = undefined;
    }
    if (await lookAtAll()) return 'now';
    if (await lookAtLinks()) return 'now';
    if (await scan()) return 'now';
    return untilNextDue();
  }

  async function wakeSettled(): Promise<Next> {
    const batch = [...wakes].slice(0, wakesPerTurn);
    const turn = store.flowTurn((desk) => {
      const woken = new Map<string, Wake>();
      for (const [, { object, call }] of batch) {
        const watched = call ? calledFor(desk, object.id) : watchedBy(desk, context, object);
        for (const one of watched)
          woken.set(`${one.system} ${one.entity} ${one.id}`, {
            object: one,
            after: 0,
            fresh: false,
            asSubject: true,
          });
      }
      const settled = batch.flatMap(([, { object, call }]) => (call ? [] : [object]));
      const result = wakeUp(desk, context, [...woken.values()], settled);
      if (wakes.size === batch.length) noteLinked(desk);
      return result;
    });
    // What is settled while this is under way is looked at once more.
    const taken = wakes;
    for (const [key] of batch) taken.delete(key);
    try {
      await work(turn);
    } catch (error) {
      for (const [key, value] of batch) if (!wakes.has(key)) wakes.set(key, value);
      throw error;
    }
    return 'now';
  }

  /** After a start nobody knows what was settled meanwhile, so all that run are looked at. */
  async function lookAtAll(): Promise<boolean> {
    looking ??= (
      await store.flowTurn((desk) => {
        desk.letGoEnded();
        return desk.instances.runningFlows();
      })
    ).map((flow) => ({ flow, after: 0 }));
    const [first, ...others] = looking;
    if (first === undefined) {
      if (!interrupted) return false;
      await store.flowTurn((desk) => desk.progress.put('unfinished', left.length > 0 ? 'yes' : ''));
      interrupted = false;
      return true;
    }
    const { consequence, last } = await store.flowTurn((desk) =>
      lookAtRunning(desk, context, first.flow, first.after, interrupted),
    );
    finish(consequence);
    looking = last === undefined ? others : [{ ...first, after: last }, ...others];
    return true;
  }

  /** Nor does anybody know what was linked meanwhile, and flows begin by that too. */
  async function lookAtLinks(): Promise<boolean> {
    linking ??= await store.flowTurn((desk) => {
      const marked = desk.progress.get('linked');
      const since = marked === undefined ? '' : new Date(Date.parse(marked) - linkedSlackMs).toISOString();
      return linkedKinds(context).map((kind) => ({ kind, since, after: '' }));
    });
    const [first, ...others] = linking;
    if (first === undefined) return false;
    const { consequence, last } = await store.flowTurn((desk) => {
      const result = lookAtLinked(desk, context, first.kind, first.since, first.after);
      if (result.last === undefined && others.length === 0) noteLinked(desk, others);
      return result;
    });
    finish(consequence);
    linking = last === undefined ? others : [{ ...first, after: last }, ...others];
    return true;
  }

  /** All links that were there are looked at. Seldom written down: most turns would write nothing else. */
  function noteLinked({ progress, at, nowMs }: FlowDesk, left = linking): void {
    const marked = progress.get('linked') ?? '';
    if (left?.length === 0 && !lookAgain && !(nowMs - Date.parse(marked) < linkedSlackMs / 10))
      progress.put('linked', at);
  }

  /** Looks once at the records that were there before a flow was, and each day where a flow depends on the date. */
  async function scan(): Promise<boolean> {
    const today = new Date(now()).toISOString().slice(0, 10);
    if (scannedOn === today) return false;
    for (const flow of context.flows.values()) {
      const name = `scan:${flow.id}`;
      const { condition, knownIn = '', from, repeats } = flow;
      const day = readsToday(condition) ? today : '';
      const wanted = JSON.stringify([
        from,
        condition,
        knownIn,
        day,
        ...(repeats === true ? ['repeats'] : []),
      ]);
      const done = await store.flowTurn((desk) => {
        const position = scanPosition(desk.progress.get(name), wanted);
        if (position === undefined) return undefined;
        const { consequence, last } = lookAtRecords(desk, context, flow.id, position);
        desk.progress.put(name, JSON.stringify(last === undefined ? { wanted } : { wanted, after: last }));
        return consequence;
      });
      if (done === undefined) continue;
      finish(done);
      return true;
    }
    scannedOn = today;
    return false;
  }

  /** Sets the cursor where there is none, and makes the index of references that this set of flows needs. */
  async function prepare(): Promise<void> {
    if (context.flows.size === 0) {
      // Should flows be put in later, they begin with what is there then.
      await store.flowTurn((desk) => desk.progress.clear());
      return;
    }
    const wanted = JSON.stringify(context.relations);
    const isMade = await store.flowTurn((desk) => {
      interrupted = desk.progress.get('unfinished') === 'yes';
      // One that is put in again later begins with what is there then.
      desk.progress.keepScans([...context.flows.keys()]);
      if (desk.progress.get('change') === undefined) desk.progress.put('change', String(desk.changes.last()));
      if (desk.progress.get('relations') === wanted) return true;
      desk.progress.put('relations', '');
      desk.relations.clear();
      return false;
    });
    if (isMade) return;
    const kinds = new Map(
      context.relations.map(({ system, entity }) => [`${system} ${entity}`, { system, entity }] as const),
    );
    for (const kind of kinds.values()) {
      let after: string | undefined = '';
      while (after !== undefined && !stopped) {
        const from: string = after;
        after = await store.flowTurn((desk) => relateRecords(desk, context, kind, from));
        await nextTurn();
      }
    }
    if (!stopped) await store.flowTurn((desk) => desk.progress.put('relations', wanted));
  }

  async function untilNextDue(): Promise<Next> {
    const due = await store.flowTurn((desk) => desk.instances.nextDueMs());
    const midnight = Date.parse(`${scannedOn}T00:00:00.000Z`) + 24 * 60 * 60_000;
    const next = Math.min(
      due ?? Number.POSITIVE_INFINITY,
      context.flows.size === 0 ? Number.POSITIVE_INFINITY : midnight,
    );
    if (!Number.isFinite(next)) return 'when-woken';
    return next <= now() ? 'now' : { afterMs: next - now() };
  }

  return {
    start() {
      loop = startLoop(step, (error) => observe({ kind: 'failed', where: 'following the flows', error }));
    },
    changed() {
      if (context.flows.size > 0) loop?.wake();
    },
    settled(settlements) {
      let any = false;
      for (const settlement of settlements) {
        const { delivery } = settlement;
        const call = delivery.source === eventSource && actions.has(delivery.entity);
        if (!call && !entities.has(delivery.entity)) continue;
        wake(sourceObject(delivery), call);
        // What was removed is linked to nothing any more.
        if (settlement.outcome === 'removed' && settlement.externalId !== undefined)
          wake({ system: delivery.target, entity: delivery.entity, id: settlement.externalId });
        any = true;
      }
      if (any) loop?.wake();
    },
    touched(objects) {
      if (context.flows.size === 0) return;
      for (const object of objects) wake(object);
      loop?.wake();
    },
    async stop() {
      stopped = true;
      await loop?.stop();
    },
  };
}

/** Behind which record a scan goes on; `undefined` when it has been through all of them as they are wanted now. */
function scanPosition(kept: string | undefined, wanted: string): string | undefined {
  const position = kept === undefined ? undefined : (JSON.parse(kept) as { wanted: string; after?: string });
  return position?.wanted === wanted ? position.after : '';
}
