import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type OdooServer, startOdoo } from '../odoo/odoo.ts';
import { createUser, type OdooSession, odooSession } from '../odoo/rpc.ts';
import type { Receiver } from './odoo-receivers.ts';
import { type OdooWorker, startWorker } from './odoo-worker.ts';

/** Nothing listens; the addon listens; a rule for each model sends Odoo's own webhook. */
export type Variant = 'plain' | 'addon' | 'rule';

/** An Odoo in which a consultant with ordinary rights keeps customers and books time on an order. */
export interface Subject {
  readonly variant: Variant;
  readonly odoo: OdooServer;
  /** Over HTTP. */
  readonly consultant: OdooSession;
  /** The same person, in a process with nothing else in it. */
  readonly worker: OdooWorker;
  /** The customer of the order, and what was made for it. */
  readonly customer: number;
  readonly project: number;
  readonly task: number;
  /** Sends to this receiver from now on. */
  pointTo(receiver: Receiver): Promise<void>;
  end(): Promise<void>;
}

const login = 'consultant@northwind-consulting.example';

/** Where a rule's webhook goes, below the receiver's address. */
export const rulePath = '/rule';

/** What a rule sends beside the id, as a person would choose. */
const fieldsOfRule = {
  'res.partner': ['name', 'email', 'street', 'city'],
  'account.analytic.line': ['name', 'date', 'unit_amount', 'employee_id', 'task_id'],
};

/** @param receiver where it sends first */
export async function startSubject(variant: Variant, receiver: Receiver): Promise<Subject> {
  // Scheduled actions would disturb at some moment, and not the same for all.
  const odoo = await startOdoo({ withAddon: variant === 'addon', cronThreads: 0 });
  try {
    const admin = odooSession(odoo, odoo.adminLogin, odoo.adminPassword);
    const password = randomBytes(9).toString('base64url');
    const userId = await hire(admin, password);
    const sale = await sell(admin);
    const pointTo = await prepare[variant](admin, receiver);
    const worker = await startWorker(odoo, userId);
    return {
      variant,
      odoo,
      consultant: odooSession(odoo, login, password),
      worker,
      ...sale,
      pointTo,
      async end() {
        try {
          await worker.end();
        } finally {
          await odoo.dispose();
        }
      },
    };
  } catch (error) {
    await odoo.dispose();
    throw error;
  }
}

async function hire(admin: OdooSession, password: string): Promise<number> {
  const groups = ['base.group_partner_manager', 'hr_timesheet.group_hr_timesheet_user'];
  const userId = await createUser(admin, { name: 'Carla Consultant', login, password, groups });
  await admin.create('hr.employee', { name: 'Carla Consultant', user_id: userId, hourly_cost: 60 });
  return userId;
}

/** Confirms an order that is billed by time. */
async function sell(admin: OdooSession): Promise<Pick<Subject, 'customer' | 'project' | 'task'>> {
  const product = await admin.create('product.product', {
    name: 'Senior consulting',
    type: 'service',
    list_price: 180,
    service_policy: 'delivered_timesheet',
    service_tracking: 'task_in_project',
  });
  const customer = await admin.create('res.partner', { name: 'Acme', is_company: true });
  const order = await admin.create('sale.order', {
    partner_id: customer,
    order_line: [[0, 0, { product_id: product, product_uom_qty: 10 }]],
  });
  await admin.call('sale.order', 'action_confirm', [[order]]);
  const [line] = await admin.searchRead(
    'sale.order.line',
    [['order_id', '=', order]],
    ['project_id', 'task_id'],
  );
  const id = (value: unknown) => Number((value as [number, string])[0]);
  return { customer, project: id(line?.project_id), task: id(line?.task_id) };
}

type Prepare = (admin: OdooSession, receiver: Receiver) => Promise<Subject['pointTo']>;

const prepare: Readonly<Record<Variant, Prepare>> = {
  plain: async () => async () => {},

  async addon(admin, receiver) {
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const configure = (settings: Record<string, unknown>) =>
      admin.call('services.bridge.settings', 'configure', [settings]);
    await configure({ address: receiver.url, secret, enabled: true });
    return async ({ url }) => void (await configure({ address: url }));
  },

  async rule(admin, receiver) {
    const actions: number[] = [];
    for (const [model, names] of Object.entries(fieldsOfRule))
      actions.push(await createRule(admin, model, names, receiver.url + rulePath));
    return ({ url }) => admin.write('ir.actions.server', actions, { webhook_url: url + rulePath });
  },
};

/** Resolves with the id of the action that sends. */
async function createRule(admin: OdooSession, model: string, names: string[], url: string): Promise<number> {
  const [found] = await admin.searchRead('ir.model', [['model', '=', model]], ['id']);
  const fields = await admin.searchRead(
    'ir.model.fields',
    [
      ['model', '=', model],
      ['name', 'in', names],
    ],
    ['id'],
  );
  const action = {
    name: `Send ${model}`,
    model_id: found?.id,
    state: 'webhook',
    usage: 'base_automation',
    webhook_url: url,
    webhook_field_ids: [[6, 0, fields.map((field) => field.id)]],
  };
  const rule = await admin.create('base.automation', {
    name: `On save of ${model}`,
    model_id: found?.id,
    trigger: 'on_create_or_write',
    action_server_ids: [[0, 0, action]],
  });
  const [row] = await admin.searchRead('base.automation', [['id', '=', rule]], ['action_server_ids']);
  const [id] = (row?.action_server_ids ?? []) as number[];
  if (id === undefined) throw new Error(`Odoo made no action for the rule on ${model}`);
  return id;
}

/** Number of rows of the outbox, by `<model> <operation>` and by `<state>`. */
export async function countOutbox(subject: Subject): Promise<ReadonlyMap<string, number>> {
  const rows = await subject.odoo.sql(
    `SELECT model || ' ' || operation AS key, count(*) AS count FROM services_bridge_event GROUP BY 1
     UNION ALL SELECT state, count(*) FROM services_bridge_event GROUP BY 1`,
  );
  return new Map(rows.map(({ key, count }) => [String(key), Number(count)]));
}

const deliveryDeadlineMilliseconds = 60_000;

/** Resolves when every row of the outbox was sent. */
export async function waitUntilSent(subject: Subject): Promise<void> {
  const deadline = Date.now() + deliveryDeadlineMilliseconds;
  for (;;) {
    const waiting = (await countOutbox(subject)).get('pending') ?? 0;
    if (waiting === 0) return;
    if (Date.now() > deadline) {
      throw new Error(`${waiting} rows of the outbox still wait, although the receiver answers`);
    }
    await delay(200);
  }
}
