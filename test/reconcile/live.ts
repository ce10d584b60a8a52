import { createEngine } from '../../bridge/engine/engine.ts';
import { createLandscape } from '../../bridge/engine/landscape.ts';
import { createReconciler, type Reconciler } from '../../bridge/reconcile/reconciler.ts';
import { createWorkOff } from '../../bridge/reconcile/work-off.ts';
import type { RuleSet } from '../../bridge/rules/rule.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import type { Connector } from '../../bridge/systems/system.ts';
import { temporaryPath } from '../store/temporary.ts';

/** A reconciler beside an engine that runs by itself, over connectors of any kind. */
export interface LiveReconciler {
  readonly store: Store;
  readonly reconciler: Reconciler;
  close(): Promise<void>;
}

export async function startReconciler(
  rules: RuleSet,
  connectors: readonly Connector[],
): Promise<LiveReconciler> {
  const landscape = createLandscape(rules, connectors);
  const store = await openStore(temporaryPath());
  const engine = createEngine({ store, landscape, observe: () => undefined });
  await engine.start();
  const reconciler = createReconciler({
    store,
    landscape,
    now: Date.now,
    ready: engine.ready,
    workOff: createWorkOff({ store, wake: engine.wake }),
    onRepairs: (target) => engine.wakeDeliveries([target]),
    onMoved: () => undefined,
    onFailed: (_, error) => {
      throw error;
    },
  });
  return {
    store,
    reconciler,
    async close() {
      await reconciler.close();
      await engine.stop(0);
      await store.close();
    },
  };
}
