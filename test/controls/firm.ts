import { onTestFinished } from 'vitest';
import type { Period } from '../../bridge/controls/context.ts';
import type { Explain } from '../../bridge/controls/reason.ts';
import { type ControlReport, controlReport } from '../../bridge/controls/report.ts';
import { createTerrain } from '../../bridge/engine/landscape.ts';
import type { EntityName } from '../../bridge/entities/catalogue.ts';
import type { State } from '../../bridge/entities/field.ts';
import type { RuleSet } from '../../bridge/rules/rule.ts';
import { openOverview } from '../../bridge/store/overview.ts';
import type { SystemObject } from '../../bridge/store/record.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import { load } from '../rules/folder.ts';
import { temporaryPath } from '../store/temporary.ts';

/** What the bridge of a firm knows, put into its store as the engine would. */
export interface Firm {
  readonly path: string;
  readonly store: Store;
  /** A record; `null` for one that is gone. */
  knows(object: SystemObject, state: State | null): Promise<void>;
  /** The object was brought to the target, where it has this id. */
  brought(object: SystemObject, target: string, id: string): Promise<void>;
  /** It should be brought there, and that is how far it came. */
  bringing(object: SystemObject, target: string, how: 'pending' | Failed): Promise<void>;
  report(period?: Period, explain?: Explain): ControlReport;
}

export interface Failed {
  readonly dead: string;
}

export const ruleFiles = {
  'systems.yaml': `systems:
  odoo: {connector: odoo, role: erp}
  hubspot: {connector: hubspot, role: crm}
  harvest: {connector: harvest, role: psa}
`,
  'timesheet.yaml': `entity: timesheet
owner: psa
rules:
  - id: timesheet-to-erp
    from: psa
    to: erp
    when: {approval: approved, billable: true}
    otherwise: remove
    fields: [day, hours, notes]
`,
  'opportunity.yaml': `entity: opportunity
owner: crm
owners: {project: erp}
rules:
  - {id: deal-to-erp, from: crm, to: erp, when: {status: won}, fields: [name, status]}
  - {id: deal-to-crm, from: erp, to: crm, create: never, fields: [project, billing_status, billing_open]}
`,
};

const rules: RuleSet = load(ruleFiles);

export const key = (system: string, entity: EntityName, id: string): SystemObject => ({ system, entity, id });

export async function createFirm(): Promise<Firm> {
  const path = temporaryPath();
  // Commits need not wait for company here.
  const store = await openStore(path, Date.now, () => 0);
  onTestFinished(() => store.close());
  let number = 0;

  async function take(object: SystemObject, target: string, more: { dueMs?: number } = {}) {
    const { system: source, entity, id: sourceId } = object;
    const id = `delivery-${++number}`;
    const common = { rulesVersion: 'test', correlation: `test:${number}`, lane: 0 };
    await store.enqueue([{ id, target, source, entity, sourceId, ...common, ...more }]);
  }

  async function settle(target: string, outcome: (id: string) => object) {
    const claimed = await store.claim(target, [100], 60_000);
    const at = new Date().toISOString();
    await store.settle(
      claimed.map(
        (delivery) => ({ delivery, startedAt: at, durationMs: 1, ...outcome(delivery.sourceId) }) as never,
      ),
    );
  }

  return {
    path,
    store,
    async knows({ system, entity, id }, state) {
      const reading = { system, entity, id, state, correlation: `test:${++number}`, echo: false };
      await store.apply({ readings: [reading], finished: [], failed: [], route: () => [] });
    },
    async brought(object, target, id) {
      await take(object, target);
      await settle(target, () => ({ outcome: 'created', externalId: id }));
    },
    async bringing(object, target, how) {
      // What is only on its way must not be claimed with what follows.
      await take(object, target, how === 'pending' ? { dueMs: Date.now() + 3_600_000 } : {});
      if (how !== 'pending')
        await settle(target, () => ({ outcome: 'dead', error: 'conflict', cause: how.dead }));
    },
    report(period = {}, explain = () => undefined) {
      const overview = openOverview(path);
      try {
        return controlReport({
          overview,
          terrain: createTerrain(rules),
          explain,
          period,
          nowMs: Date.UTC(2026, 10, 2),
        });
      } finally {
        overview.close();
      }
    },
  };
}
