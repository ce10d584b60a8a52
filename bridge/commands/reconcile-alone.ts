import { configure } from '../connectors.ts';
import { keyPlanOf } from '../engine/counterpart.ts';
import { createDerive } from '../engine/derive.ts';
import { createGuard } from '../engine/guard.ts';
import { createLandscape, type Landscape } from '../engine/landscape.ts';
import { createRefreshStep } from '../engine/refresh.ts';
import { createRoute } from '../engine/route.ts';
import type { Means } from '../reconcile/means.ts';
import { createReconciler, type Reconciler } from '../reconcile/reconciler.ts';
import { lanes } from '../rules/rule.ts';
import type { Settings } from '../settings.ts';
import type { Store } from '../store/store.ts';
import { pause } from '../systems/limiter.ts';
import { type Admission, createAdmissions } from './admission.ts';

/** A reconciler without a bridge around it. What has to be brought is queued and leaves when the bridge starts. */
export interface LonelyReconciler extends Reconciler {
  /** Whether it was interrupted: what runs ends where it is, and nothing new is begun. */
  isClosed(): boolean;
}

/**
 * Reads and compares as the running bridge would, and only what that would read. No object is written to any system.
 *
 * @throws RulesError, MissingSettingsError
 */
export async function reconcileAlone(settings: Settings, store: Store): Promise<LonelyReconciler> {
  const { rules, connectors } = configure(settings, store.pinMeta);
  await store.keepMatchKeys(keyPlanOf(rules));
  const landscape = createLandscape(rules, connectors);
  const admissionTo = createAdmissions(landscape);
  const reconciler = createReconciler({
    store,
    landscape,
    now: Date.now,
    ready: (system, signal) => admissionTo(system).readiness.ensure(signal),
    workOff: createOwnWork(store, landscape, admissionTo),
    onRepairs: () => undefined,
    onMoved: () => undefined,
    onTrouble: (run, { message }, waitMs) =>
      console.error(`${run.declaration}: ${message}. Asked again in ${Math.ceil(waitMs / 1000)} s.`),
    onFailed: (_, error) => console.error(error),
  });
  let closed: Promise<void> | undefined;
  const close = async () => {
    await reconciler.close();
    await Promise.all(connectors.map((connector) => connector.close()));
  };
  return {
    ...reconciler,
    isClosed: () => closed !== undefined,
    // An interruption closes it before its end does.
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/** Works events off as the engine does, but only as far as what was read leads to deliveries. */
export function createOwnWork(
  store: Store,
  landscape: Landscape,
  admissionTo: (system: string) => Admission,
): Means['workOff'] {
  const consequences = {
    route: createRoute(landscape),
    derive: createDerive(landscape),
    guard: createGuard(landscape),
  };
  return async (system, upTo, signal) => {
    const step = createRefreshStep({
      ...consequences,
      store,
      connector: landscape.connector(system),
      ...admissionTo(system),
      observe: (event) => {
        if (event.kind === 'failed') console.error(event.error);
      },
      now: Date.now,
      signal,
      onChanged: () => undefined,
    });
    while (await store.hasOpenEvents(system, upTo, lanes.length)) {
      const next = await step();
      // An interrupted step only says that it did nothing.
      signal.throwIfAborted();
      if (typeof next === 'object') await pause(next.afterMs, signal);
    }
  };
}
