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

/** A small consultancy in a fresh Odoo: people with ordinary rights, what they sell, and the bridge's own user. */
export interface Firm {
  readonly sales: Person;
  readonly finance: Person;
  /** Leads projects and says who works on them. */
  readonly delivery: Person;
  /** Hires people and says goodbye to them. */
  readonly people: Person;
  /** Books time in the PSA and is an employee in Odoo. */
  readonly consultant: Employee;
  readonly services: Services;
  readonly bridge: { readonly login: string; readonly apiKey: string };
  /** The administrator, who sets up and then does nothing. */
  readonly admin: OdooSession;
}

export interface Employee {
  readonly name: string;
  readonly email: string;
  readonly employeeId: number;
}

/** Product ids of what the firm sells. The bridge makes quotations of all but the junior one, by internal reference. */
export interface Services {
  /** Billed by approved time, with a project and a task for each order. */
  readonly senior: number;
  readonly junior: number;
  /** Hours that are paid in advance. */
  readonly retainer: number;
  /** Billed in parts, as milestones are reached. */
  readonly milestone: number;
  /** Billed as soon as it is ordered; its project shows what it costs. */
  readonly fixed: number;
}

const domain = 'northwind-consulting.example';

/** Prepares Odoo as its administrator would. */
export async function setUpFirm(server: OdooServer): Promise<Firm> {
  const admin = odooSession(server, server.adminLogin, server.adminPassword);
  await keepBooksIn(admin, 'base.EUR');
  const sales = await hire(server, admin, 'Sally Sales', 'sally', [
    'sales_team.group_sale_salesman_all_leads',
    'base.group_partner_manager',
    // Hours that are sold later also become hours of the task.
    'project.group_project_user',
  ]);
  const finance = await hire(server, admin, 'Fiona Finance', 'fiona', [
    'sales_team.group_sale_salesman_all_leads',
    'account.group_account_invoice',
    'hr_expense.group_hr_expense_manager',
  ]);
  const delivery = await hire(server, admin, 'Dora Delivery', 'dora', ['project.group_project_manager']);
  const people = await hire(server, admin, 'Paula People', 'paula', ['hr.group_hr_user']);
  const bridge = await hire(server, admin, 'Services Bridge', 'bridge', [
    'services_bridge.group_service',
    'services_bridge.group_service_billing',
  ]);
  // Odoo has milestones for everybody as soon as one project wants them.
  await admin.create('project.project', { name: 'Internal', allow_milestones: true, allow_billable: false });
  return {
    admin,
    sales,
    finance,
    delivery,
    people,
    consultant: await employ(admin, 'Carla Consultant', 'carla'),
    services: await createServices(admin),
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

/** Hires somebody who works on projects and has no account in Odoo. */
export async function employ(odoo: OdooSession, name: string, account: string): Promise<Employee> {
  const email = `${account}@${domain}`;
  const employeeId = await odoo.create('hr.employee', { name, work_email: email });
  return { name, email, employeeId };
}

/** The company's currency, and that of its prices. */
async function keepBooksIn(admin: OdooSession, currency: string): Promise<void> {
  const id = await resolveExternalId(admin, currency);
  await admin.write('res.currency', [id], { active: true });
  for (const model of ['res.company', 'product.pricelist']) {
    const rows = await admin.searchRead(model, [], ['id']);
    const ids = rows.map((row) => Number(row.id));
    await admin.write(model, ids, { currency_id: id });
  }
}

async function createServices(admin: OdooSession): Promise<Services> {
  const service = (name: string, price: number, policy: ServicePolicy, reference?: string) =>
    createService(admin, { name, price, policy, ...(reference === undefined ? {} : { reference }) });
  return {
    senior: await service('Senior consulting', 180, 'delivered_timesheet', 'SERVICE-TIME'),
    junior: await service('Junior consulting', 120, 'delivered_timesheet'),
    retainer: await service('Retainer', 150, 'ordered_prepaid', 'SERVICE-RETAINER'),
    milestone: await service('Project in milestones', 10_000, 'delivered_milestones', 'SERVICE-MILESTONE'),
    fixed: await service('Project at a fixed price', 10_000, 'ordered_prepaid', 'SERVICE-FIXED'),
  };
}

/**
 * - `delivered_timesheet`: billed by approved hours;
 * - `delivered_milestones`: billed as milestones are reached;
 * - `ordered_prepaid`: billed as soon as it is ordered.
 */
export type ServicePolicy = 'delivered_timesheet' | 'delivered_milestones' | 'ordered_prepaid';

interface NewService {
  readonly name: string;
  /** Of an hour, where it is sold by the hour. */
  readonly price: number;
  readonly policy: ServicePolicy;
  /** Its internal reference. */
  readonly reference?: string;
}

/** A service that the firm sells, each order with a project and a task. Answers its product id. */
async function createService(
  admin: OdooSession,
  { name, price, policy, reference }: NewService,
): Promise<number> {
  const byHours = policy === 'delivered_timesheet' || name === 'Retainer';
  const templateId = await admin.create('product.template', {
    name,
    type: 'service',
    list_price: price,
    uom_id: await resolveExternalId(admin, byHours ? 'uom.product_uom_hour' : 'uom.product_uom_unit'),
    service_policy: policy,
    service_tracking: 'task_in_project',
    ...(reference === undefined ? {} : { default_code: reference }),
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
