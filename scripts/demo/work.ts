import type { OdooSession } from '../odoo/rpc.ts';
import { seesDraft } from './billing.ts';
import { seesGone, seesStuck } from './bridge-exceptions.ts';
import type { Firm } from './firm.ts';
import type { PartnerApi } from './partner-api.ts';
import type { Won } from './sale.ts';
import type { Stage } from './stage.ts';
import type { Systems } from './systems.ts';

/** The project of an order in both systems. */
export interface Work {
  readonly projectId: number;
  /** In Harvest. */
  readonly harvestProject: number;
  /** Harvest's ids of the approved entries, of 6.5 and of 4 hours. */
  readonly entries: { readonly long: number; readonly short: number };
  /** Odoo's ids of their draft invoices, in this order. */
  readonly drafts: readonly [number, number];
}

/** People are booked and book their time; one entry is approved while its project is paused. */
export async function playWork(systems: Systems, stage: Stage, won: Won): Promise<Work> {
  const { firm, harvestApi, harvest } = systems;
  const delivery = firm.delivery.odoo;
  stage.act('The work');
  const projectId = await projectOf(delivery, won.orderId);
  await stage.sees('Harvest', 'the project with its task and its budget', async () => {
    const found = await findProject(harvestApi, won.orderName);
    const [task] = found === undefined ? [] : await tasksOf(harvestApi, found.id);
    if (found === undefined || task === undefined || found.cost_budget === null) return undefined;
    return `${found.client.name}: ${found.name}, ${task.name}, ${found.cost_budget}`;
  });
  await stage.does('Dora', 'books Carla on the order in Odoo', () =>
    bookOnOrder(delivery, { projectId, orderId: won.orderId, employeeId: firm.consultant.employeeId }),
  );
  const project = (await findProject(harvestApi, won.orderName)) as HarvestProject;
  const userId = await harvestUser(harvestApi, firm.consultant.email);
  await stage.sees('Harvest', 'Carla on the project', async () => {
    const { user_assignments: assigned } = await harvestApi.get(
      `/v2/projects/${project.id}/user_assignments`,
    );
    const found = (assigned as { user: { id: number; name: string }; is_active: boolean }[]).find(
      (assignment) => assignment.user.id === userId && assignment.is_active,
    );
    return found?.user.name;
  });

  const [task] = await tasksOf(harvestApi, project.id);
  const book = (day: string, hours: number, notes: string) =>
    bookTime(harvestApi, { userId, projectId: project.id, taskId: task?.id ?? 0, day, hours, notes });
  const [first = '', second = ''] = lastDays(2);
  const entries = await stage.does(
    'Carla',
    'books 6.5 and 4 hours in Harvest, and 3 more that are a draft',
    async () => {
      const long = await book(first, 6.5, 'Workshop and roadmap');
      const short = await book(second, 4, 'Data review');
      await book(second, 3, 'Draft report');
      return { long, short };
    },
  );
  const approve = (id: number) => {
    harvest.approvals.submit([id]);
    harvest.approvals.approve([id]);
  };
  await stage.does('Manager', 'approves the first one in Harvest', async () => approve(entries.long));
  await seesHours(systems, stage, won, 6.5);
  const firstDraft = await seesDraft(systems, stage, won, 6.5 * 180);

  await stage.does('Dora', 'pauses the project in Odoo', () => setOnHold(delivery, projectId, true));
  await stage.sees('Harvest', 'that nobody can book time on it any more', async () => {
    const paused = await findProject(harvestApi, won.orderName);
    return paused?.is_active === false ? 'archived' : undefined;
  });
  await stage.does('Manager', 'approves the second one nevertheless', async () => approve(entries.short));
  const held = { flow: 'time-to-bill', step: 'project-open', owner: 'delivery' };
  await seesStuck(systems, stage, held);
  await stage.does('Dora', 'goes on with the project', () => setOnHold(delivery, projectId, false));
  await seesGone(systems, stage, held);
  await seesHours(systems, stage, won, 10.5);
  const secondDraft = await seesDraft(systems, stage, won, 4 * 180);
  return { projectId, harvestProject: project.id, entries, drafts: [firstDraft, secondDraft] };
}

/** The hours that Odoo counts as delivered on the order: these, and no others. */
export async function seesHours(
  { firm }: Pick<Systems, 'firm'>,
  stage: Stage,
  { orderId }: Pick<Won, 'orderId'>,
  expected: number,
): Promise<void> {
  await stage.sees('Odoo', `${expected} hours on the order`, async () => {
    const lines = await firm.finance.odoo.searchRead(
      'sale.order.line',
      [['order_id', '=', orderId]],
      ['qty_delivered'],
    );
    const hours = lines.reduce((sum, { qty_delivered }) => sum + Number(qty_delivered), 0);
    return hours === expected ? `${hours} h` : undefined;
  });
}

/** Odoo's project of an order. */
export async function projectOf(odoo: OdooSession, orderId: number): Promise<number> {
  const [project] = await odoo.searchRead('project.project', [['sale_order_id', '=', orderId]], ['id']);
  if (project === undefined) throw new Error(`Odoo has no project of the order ${orderId}`);
  return Number(project.id);
}

/** The order says that this person works on the project, at the price of its first line. */
export async function bookOnOrder(
  odoo: OdooSession,
  booking: { readonly projectId: number; readonly orderId: number; readonly employeeId: number },
): Promise<number> {
  const [line] = await odoo.searchRead('sale.order.line', [['order_id', '=', booking.orderId]], ['id']);
  return odoo.create('project.sale.line.employee.map', {
    project_id: booking.projectId,
    employee_id: booking.employeeId,
    sale_line_id: line?.id,
  });
}

/** A project's status, as its page "Updates" sets it. */
export async function setOnHold(odoo: OdooSession, projectId: number, held: boolean): Promise<void> {
  await odoo.create('project.update', {
    project_id: projectId,
    name: held ? 'The customer asks us to wait' : 'We go on',
    status: held ? 'on_hold' : 'on_track',
  });
}

export interface HarvestProject {
  readonly id: number;
  readonly name: string;
  readonly code: string | null;
  readonly is_active: boolean;
  readonly cost_budget: number | null;
  readonly client: { readonly name: string };
}

export async function findProject(
  harvest: PartnerApi,
  orderName: string,
): Promise<HarvestProject | undefined> {
  const { projects } = await harvest.get('/v2/projects');
  return (projects as HarvestProject[]).find((project) =>
    `${project.name} ${project.code}`.includes(orderName),
  );
}

async function tasksOf(harvest: PartnerApi, projectId: number): Promise<{ id: number; name: string }[]> {
  const { task_assignments: assignments } = await harvest.get(`/v2/projects/${projectId}/task_assignments`);
  return (assignments as { task: { id: number; name: string } }[]).map((assignment) => assignment.task);
}

export async function harvestUser(harvest: PartnerApi, email: Firm['consultant']['email']): Promise<number> {
  const { users } = await harvest.get('/v2/users');
  const user = (users as { id: number; email: string }[]).find((candidate) => candidate.email === email);
  if (user === undefined) throw new Error(`Harvest has no user ${email}`);
  return user.id;
}

interface BookedTime {
  readonly userId: number;
  readonly projectId: number;
  readonly taskId: number;
  readonly day: string;
  readonly hours: number;
  readonly notes: string;
}

/** Answers the id of the entry. */
async function bookTime(harvest: PartnerApi, booked: BookedTime): Promise<number> {
  const entry = await harvest.post('/v2/time_entries', {
    user_id: booked.userId,
    project_id: booked.projectId,
    task_id: booked.taskId,
    spent_date: booked.day,
    hours: booked.hours,
    notes: booked.notes,
  });
  return Number(entry.id);
}

/** The last days before today, oldest first, `YYYY-MM-DD`. */
export function lastDays(count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.now() - (count - index) * 24 * 60 * 60_000).toISOString().slice(0, 10),
  );
}
