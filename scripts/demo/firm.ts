import { randomBytes } from 'node:crypto';
import type { OdooServer } from '../odoo/odoo.ts';
import { createApiKey, createUser, type OdooSession, odooSession, resolveExternalId } from '../odoo/rpc.ts';

export interface Person {
  readonly name: string;
  readonly login: string;
  readonly password: string;
  /** Acts in Odoo with this person's ordinary rights. */
  readonly odoo: OdooSession;
}

/** A small consultancy in a fresh Odoo: people with ordinary rights, two services, and the bridge's own user. */
export interface Firm {
  readonly sales: Person;
  readonly finance: Person;
  /** Books time in the PSA and is an employee in Odoo. */
  readonly consultant: { readonly name: string; readonly email: string; readonly employeeId: number };
  /** Product ids of services that are billed by approved time. */
  readonly services: { readonly senior: number; readonly junior: number };
  readonly bridge: { readonly login: string; readonly apiKey: string };
  /** The administrator, who sets up and then does nothing. */
  readonly admin: OdooSession;
}

const domain = 'northwind-consulting.example';

/** Prepares Odoo as its administrator would. */
export async function setUpFirm(server: OdooServer): Promise<Firm> {
  const admin = odooSession(server, server.adminLogin, server.adminPassword);
  const sales = await hire(server, admin, 'Sally Sales', 'sally', [
    'sales_team.group_sale_salesman',
    'base.group_partner_manager',
  ]);
  const finance = await hire(server, admin, 'Fiona Finance', 'fiona', [
    'sales_team.group_sale_salesman_all_leads',
    'account.group_account_invoice',
  ]);
  const bridge = await hire(server, admin, 'Services Bridge', 'bridge', ['services_bridge.group_service']);
  const consultant = { name: 'Carla Consultant', email: `carla@${domain}` };
  const employeeId = await admin.create('hr.employee', {
    name: consultant.name,
    work_email: consultant.email,
    hourly_cost: 60,
  });
  return {
    admin,
    sales,
    finance,
    consultant: { ...consultant, employeeId },
    services: {
      senior: await createService(admin, 'Senior consulting', 180, 'delivered_timesheet'),
      junior: await createService(admin, 'Junior consulting', 120, 'delivered_timesheet'),
    },
    bridge: {
      login: bridge.login,
      apiKey: await createApiKey(server, bridge.login, bridge.password, 'bridge'),
    },
  };
}

async function hire(
  server: OdooServer,
  admin: OdooSession,
  name: string,
  account: string,
  groups: string[],
): Promise<Person> {
  const login = `${account}@${domain}`;
  // Shown to whoever plays with the demo, and good for nothing else.
  const password = `${account}-${randomBytes(4).toString('hex')}`;
  await createUser(admin, { name, login, password, groups });
  return { name, login, password, odoo: odooSession(server, login, password) };
}

/**
 * A service that the firm sells. Answers its product id.
 *
 * @param policy `delivered_timesheet`: by approved hours, with a project and a task for each order; `ordered_prepaid`:
 *   at a fixed price, as soon as it is ordered
 */
export async function createService(
  admin: OdooSession,
  name: string,
  price: number,
  policy: 'delivered_timesheet' | 'ordered_prepaid',
): Promise<number> {
  const byHours = policy === 'delivered_timesheet';
  const templateId = await admin.create('product.template', {
    name,
    type: 'service',
    list_price: price,
    uom_id: await resolveExternalId(admin, byHours ? 'uom.product_uom_hour' : 'uom.product_uom_unit'),
    service_policy: policy,
    service_tracking: byHours ? 'task_in_project' : 'no',
  });
  const [product] = await admin.searchRead('product.product', [['product_tmpl_id', '=', templateId]], ['id']);
  return Number(product?.id);
}

/** Tells the addon where the bridge listens and with which secret it signs, as the settings page does. */
export async function configureAddon(firm: Firm, address: string, secret: string): Promise<void> {
  await firm.admin.call('services.bridge.settings', 'configure', [{ address, secret, enabled: true }]);
}

/** A fresh signing secret. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
