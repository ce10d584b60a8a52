import { setImmediate as turn } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { createLandscape } from '../../bridge/engine/landscape.ts';
import { createReconciler, type Reconciler } from '../../bridge/reconcile/reconciler.ts';
import type { Order } from '../../bridge/reconcile/scope.ts';
import { createWorkOff } from '../../bridge/reconcile/work-off.ts';
import type { Flow } from '../../bridge/rules/flow.ts';
import type { Reconciliation } from '../../bridge/rules/reconcile.ts';
import type { Rule, RuleSet } from '../../bridge/rules/rule.ts';
import type { Finding } from '../../bridge/store/reconciliation-finding.ts';
import type { ReconciliationRun } from '../../bridge/store/reconciliation-run.ts';
import type { StoredTotal } from '../../bridge/store/reconciliation-total.ts';
import { shippedLikeRules } from '../engine/rules.ts';
import { createWorld, declarations, type World, type WorldOptions } from '../engine/world.ts';

/** What a run came to. */
export interface Result {
  readonly run: ReconciliationRun;
  readonly findings: readonly Finding[];
  readonly totals: readonly StoredTotal[];
}

/** A world in which runs can be ordered. */
export interface Desk {
  readonly world: World;
  reconciler: Reconciler;
  /** What runs met that they took for a bug. */
  readonly failures: unknown[];
  /** Does a run to its end, and lets everything happen that follows from it. */
  reconcile(order: Partial<Order> & { declaration: string }): Promise<Result>;
  result(id: string): Promise<Result>;
  /** The bridge ends as by `kill -9`, and starts again. */
  crash(): Promise<void>;
}

export const timesheets: Reconciliation = {
  id: 'time',
  entity: 'timesheet',
  between: ['psa', 'erp'],
  reach: { kind: 'months', count: 2 },
  differences: 'repair',
  strangers: 'ignore',
  owner: 'finance',
  totals: ['hours'],
  by: ['customer', 'project', 'legal_entity', 'period'],
};

export const customers: Reconciliation = {
  id: 'customers',
  entity: 'customer',
  between: ['erp', 'crm'],
  reach: { kind: 'all' },
  differences: 'repair',
  strangers: 'ignore',
  owner: 'sales',
  totals: [],
  by: [],
};

export async function createDesk(
  reconciliations: readonly Reconciliation[],
  options: WorldOptions = {},
  flows: readonly Flow[] = [],
): Promise<Desk> {
  const world = await createWorld(options);
  const rules: RuleSet = {
    version: 'test',
    systems: declarations(options.shadow),
    rules: (options.rules ?? shippedLikeRules) as readonly Rule[],
    entities: options.policies ?? {},
    tables: {},
    flows,
    reconciliations,
    subscribers: [],
  };
  const landscape = createLandscape(rules, [world.odoo, world.hubspot, world.harvest]);
  const failures: unknown[] = [];

  let starts = 0;
  const open = (start = ++starts) =>
    createReconciler({
      store: world.store,
      landscape,
      now: Date.now,
      ready: async () => true,
      workOff: createWorkOff({
        store: world.store,
        wake: (system) => world.engine.wake(system),
        rest: async () => {
          await turn();
        },
      }),
      rest: async (_, signal) => {
        await turn();
        signal.throwIfAborted();
      },
      onRepairs: (target) => world.engine.wakeDeliveries([target]),
      onMoved: () => undefined,
      // One that was killed meets a database that is closed, and tells nobody.
      onFailed(_, error) {
        if (start === starts) failures.push(error);
      },
    });

  const desk: Desk = {
    world,
    reconciler: open(),
    failures,
    async reconcile(order) {
      const asked = await desk.reconciler.start({ by: 'test', ...order });
      if (!asked.ok) throw new Error(asked.message);
      await desk.reconciler.ended(asked.run.id);
      if (failures.length > 0) throw failures[0];
      await world.calm();
      return desk.result(asked.run.id);
    },
    async result(id) {
      const run = (await world.store.reconciliation(id)) as ReconciliationRun;
      const findings = await world.store.findings(id, 0, 100_000);
      return { run, findings, totals: await world.store.totals(id) };
    },
    async crash() {
      const old = desk.reconciler;
      starts++;
      await world.crash();
      // What the killed process was about to do never happens.
      await old.close();
      desk.reconciler = open();
    },
  };
  onTestFinished(() => desk.reconciler.close());
  return desk;
}

/** A finding in a few words: `different harvest 7 odoo-1 hours`. */
export const words = ({ kind, object, other, fields }: Finding): string =>
  [kind, object.system, object.id, other?.id ?? '-', ...Object.keys(fields).sort()].join(' ');
