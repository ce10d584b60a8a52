import { makeDraftInvoice } from '../../../scripts/demo/billing.ts';
import type { Project, TaskAssignment } from '../../sandbox/harvest/state.ts';
import { eventually } from './eventually.ts';
import type { Scene } from './scene.ts';

export interface Sold {
  readonly customerId: number;
  readonly leadId: number;
  readonly orderId: number;
  /** Odoo's name of the order, which is part of the project's. */
  readonly orderName: string;
}

/** Sally sells 20 hours of senior consulting to a new customer and confirms the order; Odoo makes a project with a task. */
export async function sell(scene: Scene, name: string): Promise<Sold> {
  const { odoo } = scene.firm.sales;
  const customerId = await scene.createCustomer(name);
  const leadId = await odoo.create('crm.lead', { name, type: 'opportunity', partner_id: customerId });
  const orderId = await odoo.create('sale.order', {
    partner_id: customerId,
    opportunity_id: leadId,
    order_line: [[0, 0, { product_id: scene.firm.services.senior, product_uom_qty: 20 }]],
  });
  await odoo.call('sale.order', 'action_confirm', [[orderId]]);
  const [order] = await odoo.searchRead('sale.order', [['id', '=', orderId]], ['name']);
  return { customerId, leadId, orderId, orderName: String(order?.name) };
}

/** What of an order is in Harvest, counted as it is there. */
export function inHarvest(scene: Scene, { orderName }: Pick<Sold, 'orderName'>) {
  const { projects, taskAssignments } = scene.harvest.state;
  const found: Project[] = [...projects.values()].filter((project) =>
    `${project.name} ${project.code}`.includes(orderName),
  );
  const tasks: TaskAssignment[] = [...taskAssignments.values()].filter((task) =>
    found.some((project) => project.id === task.projectId),
  );
  return { projects: found, tasks };
}

/** Resolves when the order's project is in Harvest with its task. */
export const projectArrived = (scene: Scene, sold: Sold) =>
  eventually(`project of ${sold.orderName} in Harvest`, () => {
    const { projects, tasks } = inHarvest(scene, sold);
    return tasks.length > 0 && { project: projects[0] as Project, task: tasks[0] as TaskAssignment };
  });

export const clientsNamed = (scene: Scene, name: string) =>
  [...scene.harvest.state.clients.values()].filter((client) => client.name === name);

/** Carla books time in Harvest on the first task of the order. Answers the id of the entry. */
export async function bookTime(scene: Scene, sold: Sold, hours: number, notes: string): Promise<number> {
  const { project, task } = await projectArrived(scene, sold);
  const { users, userAssignments } = scene.harvest.state;
  const carla = [...users.values()].find((user) => user.email === scene.firm.consultant.email);
  if (carla === undefined) throw new Error('Carla is no user of Harvest');
  const assigned = [...userAssignments.values()].some(
    (assignment) => assignment.projectId === project.id && assignment.userId === carla.id,
  );
  if (!assigned) {
    await scene.harvestApi.post(`/v2/projects/${project.id}/user_assignments`, { user_id: carla.id });
  }
  const entry = await scene.harvestApi.post('/v2/time_entries', {
    user_id: carla.id,
    project_id: project.id,
    task_id: task.taskId,
    spent_date: new Date(Date.now() - 24 * 60 * 60_000).toISOString().slice(0, 10),
    hours,
    notes,
  });
  return Number(entry.id);
}

export function approve(scene: Scene, entryId: number): void {
  scene.harvest.approvals.submit([entryId]);
  scene.harvest.approvals.approve([entryId]);
}

export interface TimesheetLine {
  readonly id: number;
  readonly name: string;
  readonly unit_amount: number;
}

/** The timesheet lines of the order in Odoo, oldest first. */
export async function timesheetLines(scene: Scene, sold: Pick<Sold, 'orderId'>): Promise<TimesheetLine[]> {
  const rows = await scene.firm.admin.searchRead(
    'account.analytic.line',
    [['project_id.sale_order_id', '=', sold.orderId]],
    ['name', 'unit_amount'],
  );
  return (rows as unknown as TimesheetLine[]).toSorted((left, right) => left.id - right.id);
}

/** Resolves when exactly these hours stand on the order in Odoo. */
export const hoursArrived = (scene: Scene, sold: Sold, hours: readonly number[]) =>
  eventually(`${hours.join(' and ') || 'no'} hours on ${sold.orderName} in Odoo`, async () => {
    const lines = await timesheetLines(scene, sold);
    const there = lines.map((line) => line.unit_amount).sort();
    return JSON.stringify(there) === JSON.stringify([...hours].sort()) && lines;
  });

/** Fiona makes and posts the invoice of what is delivered. Answers its id. */
export async function invoice(scene: Scene, sold: Sold): Promise<number> {
  const { odoo } = scene.firm.finance;
  const invoiceId = await makeDraftInvoice(odoo, sold.orderId);
  await odoo.call('account.move', 'action_post', [[invoiceId]]);
  return invoiceId;
}
