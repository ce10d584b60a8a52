import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createLandscape } from '../../bridge/engine/landscape.ts';
import { createReconciler } from '../../bridge/reconcile/reconciler.ts';
import type { ReconciliationRun } from '../../bridge/store/reconciliation-run.ts';
import { openStore } from '../../bridge/store/store.ts';
import { serveParent } from './child.ts';
import { reconcileConnectors, reconcileRules } from './reconcile-rules.ts';
import { residentMegabytes } from './resident.ts';

// The running bridge as far as it reconciles: what is on record on both sides is compared, and nobody is asked.

const [path = ''] = process.argv.slice(2);
const store = await openStore(path);
const landscape = createLandscape(reconcileRules(), reconcileConnectors());
const reconciler = createReconciler({
  store,
  landscape,
  now: Date.now,
  ready: async () => true,
  workOff: async () => undefined,
  onRepairs: () => undefined,
  onMoved: () => undefined,
  onFailed: (_, error) => {
    throw error;
  },
});

serveParent({}, async () => {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const begin = performance.now();
  const cpu = process.cpuUsage();
  const asked = await reconciler.start({
    declaration: 'time',
    from: '2026-10-01',
    to: '2026-10-31',
    known: true,
    by: 'bench',
  });
  if (!asked.ok) throw new Error(asked.message);
  await reconciler.ended(asked.run.id);
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  delay.disable();
  const run = (await store.reconciliation(asked.run.id)) as ReconciliationRun;
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    resident: residentMegabytes(process.pid),
    longestMs: delay.max / 1e6,
    run,
    totals: await store.totals(asked.run.id),
  };
});
