import type { OdooSession } from '../../../scripts/odoo/rpc.ts';
import { resolveExternalId } from '../../../scripts/odoo/rpc.ts';
import type { Workbench } from './workbench.ts';

/** What a product is sold by: how it is billed, in what unit, and what Odoo makes of it when the order is confirmed. */
export interface Offer {
  readonly policy: 'ordered_prepaid' | 'delivered_timesheet' | 'delivered_milestones' | 'delivered_manual';
  readonly unit: 'hour' | 'day' | 'unit';
  readonly quantity: number;
  readonly price: number;
  readonly discount?: number;
}

export interface Agreement {
  readonly opportunity: number;
  readonly order: number;
  readonly lines: readonly number[];
}

/** Odoo has milestones for everybody as soon as one project wants them. */
export async function switchOnMilestones(admin: OdooSession): Promise<void> {
  await admin.create('project.project', { name: 'With milestones', allow_milestones: true });
}

const serviceTypes = {
  ordered_prepaid: ['order', 'timesheet'],
  delivered_timesheet: ['delivery', 'timesheet'],
  delivered_milestones: ['delivery', 'milestones'],
  delivered_manual: ['delivery', 'manual'],
} as const;

/** A service of its own for each offer; its reference is unique. */
export async function createService(
  admin: OdooSession,
  reference: string,
  { policy, unit, price }: Pick<Offer, 'policy' | 'unit' | 'price'>,
): Promise<number> {
  const [invoicePolicy, serviceType] = serviceTypes[policy];
  const uom = await resolveExternalId(admin, `uom.product_uom_${unit}`);
  return admin.create('product.product', {
    name: `Service ${reference}`,
    default_code: reference,
    type: 'service',
    list_price: price,
    taxes_id: [[5]],
    uom_id: uom,
    invoice_policy: invoicePolicy,
    service_type: serviceType,
    service_tracking: 'task_in_project',
  });
}

let made = 0;

/** An opportunity with a quotation of what is offered, addressed to the customer's contact. */
export async function offer(bench: Workbench, name: string, offers: readonly Offer[]): Promise<Agreement> {
  const { admin, contact } = bench.firm;
  const opportunity = await admin.create('crm.lead', { type: 'opportunity', name, partner_id: contact });
  const lines: unknown[] = [];
  for (const { policy, unit, price, quantity, discount = 0 } of offers) {
    made += 1;
    const product = await createService(admin, `S-${bench.transport}-${made}`, { policy, unit, price });
    lines.push([0, 0, { product_id: product, product_uom_qty: quantity, price_unit: price, discount }]);
  }
  const order = await admin.create('sale.order', {
    partner_id: contact,
    opportunity_id: opportunity,
    order_line: lines,
  });
  const rows = await admin.searchRead('sale.order.line', [['order_id', '=', order]], ['id']);
  return { opportunity, order, lines: rows.map((row) => Number(row.id)).toSorted((a, b) => a - b) };
}

/** Somebody in Odoo confirms it; the project of the order and its first task. */
export async function accept({ firm: { admin } }: Workbench, { order }: Agreement) {
  await admin.call('sale.order', 'action_confirm', [[order]]);
  const tasks = await admin.searchRead('project.task', [['sale_order_id', '=', order]], ['project_id']);
  const [task] = tasks.toSorted((left, right) => Number(left.id) - Number(right.id));
  if (task === undefined) throw new Error('Odoo made no task of the order');
  const [project] = task.project_id as [number, string];
  return { project, task: Number(task.id) };
}

/** Hours booked by an Odoo user, not by the bridge. */
export async function book(
  { firm }: Workbench,
  place: { readonly project: number; readonly task: number },
  hours: number,
  day = '2026-02-10',
): Promise<number> {
  return firm.admin.create('account.analytic.line', {
    name: 'Work',
    project_id: place.project,
    task_id: place.task,
    employee_id: firm.employee,
    unit_amount: hours,
    date: day,
  });
}
