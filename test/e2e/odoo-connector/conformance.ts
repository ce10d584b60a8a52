import { createOdoo, type OdooOptions } from '../../../bridge/systems/odoo/connector.ts';
import { confirmOrder } from '../../../bridge/systems/odoo/facade.ts';
import type { ConformanceHarness, RunningSystem } from '../../conformance/harness.ts';
import { type Firm, quote } from './firm.ts';
import { ownInOdoo } from './own-fields.ts';
import { signal, type Workbench } from './workbench.ts';

const tables = {
  timesheet: 'account_analytic_line WHERE project_id IS NOT NULL',
  customer: 'res_partner',
  opportunity: 'crm_lead',
  expense: 'hr_expense',
} as const;

/** Runs the suite that every connector passes against the firm's Odoo. Faults are the business of trouble.ts. */
export function odooHarness(firmOf: () => Firm, transport: Workbench['transport']): ConformanceHarness {
  return {
    entities: ['timesheet', 'customer', 'opportunity', 'expense'],
    extended: ['customer'],
    // Odoo's streams give hints; the suite is about those that give objects.
    streams: [],
    faults: false,
    start: () => start(firmOf(), transport),
  };
}

/** Makes names different from one start to the next. */
let started = 0;

async function start(firm: Firm, transport: Workbench['transport']): Promise<RunningSystem> {
  const options: OdooOptions = {
    system: 'odoo',
    url: firm.server.url,
    database: firm.server.databaseName,
    login: firm.login,
    apiKey: firm.apiKey,
    transport,
    extensions: ownInOdoo,
  };
  const connector = createOdoo(options);
  // The suite gives its references anew for each transport.
  await firm.server.sql("DELETE FROM services_bridge_reference WHERE name LIKE 'odoo:%'");
  let made = 0;
  started += 1;
  const category = `Conformance ${started}`;
  await firm.admin.create('product.product', {
    name: category,
    type: 'service',
    can_be_expensed: true,
    supplier_taxes_id: [[5]],
  });
  return {
    connector,
    connect: (deviation) =>
      createOdoo({
        ...options,
        ...(deviation.unreachable ? { url: 'http://127.0.0.1:9' } : {}),
        ...(deviation.wrongSecret ? { apiKey: 'a-key-that-odoo-does-not-know' } : {}),
        ...(deviation.extensions ? { extensions: deviation.extensions } : {}),
        ...(deviation.timeoutMilliseconds ? { timeoutMilliseconds: deviation.timeoutMilliseconds } : {}),
      }),
    extensions: ownInOdoo,
    secrets: [firm.apiKey, 'a-key-that-odoo-does-not-know'],
    missingId: '999999',
    written: [
      {
        entity: 'timesheet',
        async fields() {
          const { order } = await quote(firm, `Conformance ${transport}`);
          const { projectIds, taskIds } = await confirmOrder(connector.client, order, signal);
          return {
            worker: String(firm.employee),
            project: String(projectIds[0]),
            task: String(taskIds[0]),
            day: '2026-02-27',
            hours: '1.25',
            notes: 'Conformance',
          };
        },
        change: { hours: '2.75', notes: null },
        refused: { day: null },
        creates: { method: 'POST', path: '' },
        repeatable: false,
      },
      {
        entity: 'customer',
        async fields() {
          made += 1;
          return {
            name: `Conformance ${transport} ${made}`,
            is_company: true,
            vat: `DE${made}`,
            email: `office@conformance-${made}.example`,
            domain: `conformance-${made}.example`,
            street: 'Main Street 1',
            city: 'Springfield',
            postal_code: '12345',
            country: 'DE',
          };
        },
        change: { city: 'Shelbyville', country: null },
        refused: { name: null },
        creates: { method: 'POST', path: '' },
        repeatable: false,
      },
      {
        entity: 'opportunity',
        async fields() {
          made += 1;
          return {
            name: `Conformance ${transport} ${made}`,
            customer: String(firm.customer),
            amount: '1200.50',
            close_on: '2026-03-31',
            status: 'open',
          };
        },
        change: { status: 'won', amount: '1300.00' },
        refused: { name: null },
        creates: { method: 'POST', path: '' },
        repeatable: false,
      },
      {
        entity: 'expense',
        async fields() {
          made += 1;
          return {
            worker: String(firm.employee),
            project: null,
            day: '2026-02-27',
            category,
            notes: `Conformance ${made}`,
            amount: '12.50',
            currency: 'USD',
            paid_by: 'worker',
            billable: false,
          };
        },
        change: { amount: '13.00', notes: null },
        refused: { category: 'No such category' },
        creates: { method: 'POST', path: '' },
        repeatable: false,
      },
    ],
    streams: [],
    async count(entity) {
      const [row] = await firm.server.sql(
        `SELECT count(*)::int AS count FROM ${tables[entity as keyof typeof tables]}`,
      );
      return Number(row?.count);
    },
    settle: async () => undefined,
    readPath: '',
    close: () => connector.close(),
  };
}
