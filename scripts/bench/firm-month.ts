import type { TimeEntry } from '../../test/sandbox/harvest/state.ts';
import type { Systems } from '../demo/systems.ts';
import type { OdooServer } from '../odoo/odoo.ts';

const people = 100;
const projects = 20;

/** A firm whose people book time on ordered projects, in Odoo and in Harvest. */
export interface FirmMonth {
  /** Books so many approved entries in Harvest, spread over a month, without a request for each. */
  book(count: number): void;
  /** Entries that have a line in Odoo. */
  arrived(): Promise<number>;
  /** Lines that came from entries, each entry counted once, and their hours. */
  standing(): Promise<{ readonly lines: number; readonly hours: string }>;
  /** Lines as the bridge writes them, by Odoo's own `create`. */
  createInOdoo(count: number): Promise<void>;
}

/** Hires people, takes orders, and waits until everything stands in Harvest too. */
export async function createFirmMonth(odoo: OdooServer, systems: Systems): Promise<FirmMonth> {
  const { firm, harvest } = systems;
  const { state } = harvest;
  const workers = Array.from({ length: people }, (_, index) => ({
    name: `Person ${index + 1}`,
    work_email: `person.${index + 1}@northwind-consulting.example`,
  }));
  const userIds = workers.map(({ work_email: email }) => {
    const user = { ...[...state.users.values()][0], ...state.dated(), email };
    const [firstName = '', lastName = ''] = email.split('@')[0]?.split('.') ?? [];
    state.users.set(user.id, { ...user, firstName, lastName } as never);
    return user.id;
  });
  // The bridge finds them there by their e-mail addresses.
  const employeeIds = (await firm.admin.call('hr.employee', 'create', [workers])) as number[];

  const names: string[] = [];
  for (let number = 1; number <= projects; number++) names.push(await takeOrder(systems, number));
  const places = await published(systems, names);
  const inOdoo = await firm.admin.searchRead(
    'project.task',
    [['project_id.sale_order_id.name', 'in', names]],
    ['project_id'],
  );

  let booked = 0;
  return {
    book(count) {
      const days = daysOfLastMonth();
      for (let index = 0; index < count; index++) {
        const place = places[(index * 7) % places.length] as Place;
        const entry: TimeEntry = {
          ...state.dated(),
          ...place,
          userId: userIds[index % userIds.length] as number,
          spentDate: days[index % days.length] as string,
          // Quarters of an hour up to eight hours, in no order.
          hours: (1 + ((index * 2_654_435_761) % 32)) / 4,
          notes: `Work on item ${index}`,
          running: false,
          billed: false,
          approval: 'approved',
        };
        state.timeEntries.set(entry.id, entry);
      }
    },
    async arrived() {
      const [row] = await odoo.sql(
        "select count(*) as lines from services_bridge_reference where model = 'account.analytic.line' and res_id is not null",
      );
      return Number(row?.lines);
    },
    async standing() {
      const [row] = await odoo.sql(
        `select count(distinct reference.name) as lines, sum(line.unit_amount)::numeric::text as hours
           from account_analytic_line line
           join services_bridge_reference reference
             on reference.model = 'account.analytic.line' and reference.res_id = line.id`,
      );
      return { lines: Number(row?.lines), hours: String(row?.hours) };
    },
    async createInOdoo(count) {
      const days = daysOfLastMonth();
      const lines = Array.from({ length: count }, () => {
        const task = inOdoo[booked % inOdoo.length] as { id: number; project_id: [number, string] };
        return {
          name: `Work on item ${booked}`,
          project_id: task.project_id[0],
          task_id: task.id,
          employee_id: employeeIds[booked % employeeIds.length],
          date: days[booked++ % days.length],
          unit_amount: 1,
        };
      });
      await firm.admin.call('account.analytic.line', 'create', [lines]);
    },
  };
}

interface Place {
  readonly projectId: number;
  readonly taskId: number;
}

/** Answers the number of the order. */
async function takeOrder({ firm }: Systems, number: number): Promise<string> {
  const { odoo } = firm.sales;
  const customer = await odoo.create('res.partner', { name: `Customer ${number}`, is_company: true });
  const order = await odoo.create('sale.order', {
    partner_id: customer,
    order_line: [[0, 0, { product_id: firm.services.senior, product_uom_qty: 5000 }]],
  });
  await odoo.call('sale.order', 'action_confirm', [[order]]);
  const [row] = await odoo.searchRead('sale.order', [['id', '=', order]], ['name']);
  return String(row?.name);
}

/** Waits until Harvest has a task of each order's project. */
async function published({ harvest }: Systems, orders: readonly string[]): Promise<Place[]> {
  const { state } = harvest;
  for (;;) {
    const places = [...state.projects.values()]
      .filter(({ code }) => orders.includes(code ?? ''))
      .flatMap((project) =>
        [...state.taskAssignments.values()]
          .filter(({ projectId }) => projectId === project.id)
          .map(({ projectId, taskId }) => ({ projectId, taskId })),
      );
    if (new Set(places.map(({ projectId }) => projectId)).size === orders.length) return places;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

export function daysOfLastMonth(): string[] {
  const now = new Date();
  const days: string[] = [];
  for (let time = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1); ; time += 86_400_000) {
    const date = new Date(time);
    if (date.getUTCMonth() === now.getUTCMonth()) return days;
    days.push(date.toISOString().slice(0, 10));
  }
}
