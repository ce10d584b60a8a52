import { type OdooServer, startOdoo } from '../../../scripts/odoo/odoo.ts';
import {
  createApiKey,
  createUser,
  type OdooSession,
  odooSession,
  resolveExternalId,
} from '../../../scripts/odoo/rpc.ts';
import { type OdooProxy, startProxy } from './proxy.ts';

/** A small services firm in a real Odoo, a service user for the bridge, and a proxy between connector and Odoo. */
export interface Firm {
  readonly server: OdooServer;
  readonly proxy: OdooProxy;
  readonly admin: OdooSession;
  readonly login: string;
  readonly apiKey: string;
  /** A firm with a contact of its own. */
  readonly customer: number;
  readonly contact: number;
  readonly employee: number;
  /** Name of the firm's only company. */
  readonly company: string;
  /** Billed by the hours on its timesheets, at 120.10 an hour; its order makes a project with a task. */
  readonly product: number;
  close(): Promise<void>;
}

const login = 'bridge';
const password = 'bridge-password-for-tests';

/** @param groups of the service user */
export async function startFirm(groups: readonly string[]): Promise<Firm> {
  const server = await startOdoo({ durable: false });
  try {
    const admin = odooSession(server, server.adminLogin, server.adminPassword);
    await createUser(admin, { name: 'Bridge', login, password, groups });
    const apiKey = await createApiKey(server, login, password, 'bridge');
    await switchOn(admin);
    const proxy = await startProxy(server);
    const records = await createRecords(admin);
    return {
      server,
      proxy,
      admin,
      login,
      apiKey,
      ...records,
      async close() {
        await proxy.close();
        await server.dispose();
      },
    };
  } catch (error) {
    await server.dispose();
    throw error;
  }
}

/** Rows are written to the outbox only while the bridge is switched on; nobody listens at the address. */
async function switchOn(admin: OdooSession): Promise<void> {
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const settings = { address: 'http://127.0.0.1:9', secret, enabled: true };
  await admin.call('services.bridge.settings', 'configure', [settings]);
}

async function createRecords(admin: OdooSession) {
  const [company] = await admin.searchRead('res.company', [], ['name']);
  const customer = await admin.create('res.partner', {
    name: 'Acme Consulting GmbH',
    is_company: true,
    vat: 'BE 0477.472.701',
    website: 'https://www.Acme-Consulting.example/contact',
    email: 'Office <Office@acme-consulting.example>',
    phone: '+32 2 290 34 90',
    street: 'Chaussée de Namur 40',
    street2: 'Building B',
    city: 'Grand-Rosière',
    zip: '1367',
    country_id: await resolveExternalId(admin, 'base.be'),
  });
  const contact = await admin.create('res.partner', {
    name: 'Jane Doe',
    parent_id: customer,
    email: 'jane@acme-consulting.example',
  });
  const employee = await admin.create('hr.employee', {
    name: 'Carla Consultant',
    work_email: 'Carla@firm.example',
  });
  const product = await admin.create('product.product', {
    name: 'Consulting',
    type: 'service',
    list_price: 120.1,
    taxes_id: [[5]],
    service_policy: 'delivered_timesheet',
    service_tracking: 'task_in_project',
  });
  return { customer, contact, employee, company: String(company?.name), product };
}

/** An opportunity and its quotation, both addressed to the contact. */
export async function quote(firm: Firm, name: string): Promise<{ opportunity: number; order: number }> {
  const opportunity = await firm.admin.create('crm.lead', {
    type: 'opportunity',
    name,
    partner_id: firm.contact,
    expected_revenue: 12500.5,
    date_deadline: '2026-03-31',
    user_id: await firm.admin.userId(),
  });
  const order = await firm.admin.create('sale.order', {
    partner_id: firm.contact,
    opportunity_id: opportunity,
    order_line: [[0, 0, { product_id: firm.product, product_uom_qty: 10 }]],
  });
  return { opportunity, order };
}

export async function postInvoice(firm: Firm, invoice: number, issued: string, due: string): Promise<void> {
  await firm.admin.write('account.move', [invoice], {
    invoice_date: issued,
    invoice_date_due: due,
    invoice_payment_term_id: false,
  });
  await firm.admin.call('account.move', 'action_post', [[invoice]]);
}

export async function pay(firm: Firm, invoice: number, amount: number): Promise<void> {
  const context = { active_model: 'account.move', active_ids: [invoice] };
  const payment = await firm.admin.create('account.payment.register', { amount }, context);
  await firm.admin.call('account.payment.register', 'action_create_payments', [[payment]], { context });
}

/** Switches on one of the addon's proposals of what the bridge may write. */
export async function allowWriting({ admin }: Firm, model: string): Promise<void> {
  const context = { active_test: false };
  const ids = await admin.call('services.bridge.writable', 'search', [[['model', '=', model]]], { context });
  await admin.write('services.bridge.writable', ids as number[], { active: true });
}
