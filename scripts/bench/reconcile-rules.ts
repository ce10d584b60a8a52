import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRules } from '../../bridge/rules/load.ts';
import type { RuleSet } from '../../bridge/rules/rule.ts';
import type { Connector } from '../../bridge/systems/system.ts';

const names = ['odoo', 'harvest'];

const files = {
  systems: `systems:
  odoo: {connector: odoo, role: erp}
  harvest: {connector: harvest, role: psa}
`,
  customer: `entity: customer
rules: [{id: customer-to-psa, from: erp, to: psa, fields: [name]}]
`,
  project: `entity: project
rules: [{id: project-to-psa, from: erp, to: psa, fields: [name, customer, status], when: {billable: true}}]
`,
  task: `entity: task
rules: [{id: task-to-psa, from: erp, to: psa, fields: [name, project], when: {billable: true}}]
`,
  worker: `entity: worker
rules: [{id: worker-to-erp, from: psa, to: erp, fields: [name]}]
`,
  timesheet: `entity: timesheet
rules:
  - id: timesheet-to-erp
    from: psa
    to: erp
    when: {approval: approved, billable: true}
    otherwise: remove
    fields: [worker, project, task, day, hours, notes]
`,
  reconcile: `reconcile: [{id: time, entity: timesheet, months: 1, schedule: never}]
`,
};

/** Rules that bring time as those that are shipped do, but for the process that holds it back until it is checked. */
export function reconcileRules(): RuleSet {
  const folder = mkdtempSync(join(tmpdir(), 'services-bridge-bench-rules-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.yaml`), text);
    return loadRules(
      folder,
      names.map((name) => ({ name })),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Nobody is called. */
export const reconcileConnectors = (): Connector[] =>
  names.map((system) => ({
    system,
    entities: {},
    streams: [],
    entitiesOf: () => [],
    read: async () => [],
    find: async () => [],
    write: async () => [],
    remove: async () => [],
    async *poll() {},
    setup: async () => [],
    check: async () => [],
    close: async () => undefined,
  }));
