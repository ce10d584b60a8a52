import type { OdooSession } from '../odoo/rpc.ts';
import type { Firm } from './firm.ts';
import { hubspotObject, type PartnerApi } from './partner-api.ts';
import type { Stage } from './stage.ts';

export interface Week {
  readonly firm: Firm;
  readonly hubspot: PartnerApi;
  readonly harvest: PartnerApi;
  /** The consultant hands time in and the manager approves it, in Harvest's own pages. */
  readonly approve: (entryIds: readonly number[]) => void;
  readonly stage: Stage;
  /** Who buys what. Default: Aurora Energy AG and its roadmap. */
  readonly sale?: Sale;
}

export interface Sale {
  readonly customer: string;
  readonly website: string;
  readonly vat: string;
  readonly opportunity: string;
}

const roadmap: Sale = {
  customer: 'Aurora Energy AG',
  website: 'https://www.aurora-energy.example',
  vat: 'CHE-123.456.788 TVA',
  opportunity: 'Grid analytics roadmap',
};

/** Ids in Odoo of what came out of the week. */
export interface PlayedWeek {
  readonly customer: string;
  readonly customerId: number;
  readonly leadId: number;
  readonly orderId: number;
  readonly orderName: string;
  readonly invoiceId: number;
}

/** A finance week: every step is done by a person with ordinary rights, every effect read back where it belongs. */
export async function playWeek(week: Week): Promise<PlayedWeek> {
  const sold = await sellTo(week);
  const order = await confirmOrder(week, sold);
  await bookTime(week, order);
  const invoiceId = await bill(week, order);
  await receivePayment(week, invoiceId);
  const { customer } = week.sale ?? roadmap;
  return { customer, ...sold, orderId: order.orderId, orderName: order.name, invoiceId };
}

async function sellTo(week: Week): Promise<{ customerId: number; leadId: number }> {
  const { firm, hubspot, stage, sale = roadmap } = week;
  const { odoo } = firm.sales;
  stage.act('Monday: a customer');
  const customerId = await stage.does('Sally', `creates the customer ${sale.customer} in Odoo`, () =>
    odoo.create('res.partner', {
      name: sale.customer,
      is_company: true,
      website: sale.website,
      vat: sale.vat,
      street: 'Seestrasse 1',
      city: 'Zürich',
      zip: '8002',
    }),
  );
  await stage.sees('HubSpot', 'the company', async () => {
    const company = await hubspotObject(hubspot, 'companies', sale.customer, ['domain', 'city']);
    return company && `${company.name}, ${company.domain}, ${company.city}`;
  });
  const leadId = await stage.does('Sally', `notes the opportunity "${sale.opportunity}"`, () =>
    odoo.create('crm.lead', {
      name: sale.opportunity,
      type: 'opportunity',
      partner_id: customerId,
      expected_revenue: 6000,
    }),
  );
  await stage.sees('HubSpot', 'the deal', async () => {
    const deal = await hubspotObject(hubspot, 'deals', sale.opportunity, ['amount', 'dealstage']);
    return deal && `${deal.dealname}, ${deal.amount}, ${deal.dealstage}`;
  });
  return { customerId, leadId };
}

interface Order {
  readonly orderId: number;
  readonly name: string;
  /** Order line and Harvest task assignment of each service. */
  readonly senior: { readonly lineId: number; readonly task: HarvestTask };
  readonly junior: { readonly lineId: number; readonly task: HarvestTask };
}

interface HarvestTask {
  readonly projectId: number;
  readonly taskId: number;
}

async function confirmOrder(week: Week, sold: { customerId: number; leadId: number }): Promise<Order> {
  const { firm, harvest, stage } = week;
  const { odoo } = firm.sales;
  stage.act('Tuesday: an order');
  const orderId = await stage.does('Sally', 'quotes senior and junior consulting by the hour', () =>
    odoo.create('sale.order', {
      partner_id: sold.customerId,
      opportunity_id: sold.leadId,
      order_line: [
        [0, 0, { product_id: firm.services.senior, product_uom_qty: 20 }],
        [0, 0, { product_id: firm.services.junior, product_uom_qty: 20 }],
      ],
    }),
  );
  await stage.does('Sally', 'marks it won and confirms the order; Odoo makes the project', async () => {
    await odoo.call('crm.lead', 'action_set_won', [[sold.leadId]]);
    await odoo.call('sale.order', 'action_confirm', [[orderId]]);
  });
  const [order] = await odoo.searchRead('sale.order', [['id', '=', orderId]], ['name']);
  const name = String(order?.name);
  await stage.sees('Harvest', 'the project with its two tasks', async () => {
    const project = await findProject(harvest, name);
    const tasks = project === undefined ? [] : await tasksOf(harvest, project.id);
    return tasks.length < 2
      ? undefined
      : `${project?.client.name}: ${project?.name}, ${tasks.map((task) => task.name).join(' and ')}`;
  });
  const project = await findProject(harvest, name);
  if (project === undefined) throw new Error(`Harvest has no project of ${name}`);
  const tasks = await tasksOf(harvest, project.id);
  const lines = await odoo.searchRead(
    'sale.order.line',
    [['order_id', '=', orderId]],
    ['product_id', 'name'],
  );
  const part = (productId: number, word: string) => {
    const line = lines.find((candidate) => (candidate.product_id as [number, string])[0] === productId);
    const task = tasks.find((candidate) => candidate.name.includes(word));
    if (line === undefined || task === undefined)
      throw new Error(`There is no line or no task for ${word} consulting`);
    return { lineId: Number(line.id), task: { projectId: project.id, taskId: task.id } };
  };
  return {
    orderId,
    name,
    senior: part(firm.services.senior, 'Senior'),
    junior: part(firm.services.junior, 'Junior'),
  };
}

interface HarvestProject {
  readonly id: number;
  readonly name: string;
  readonly code: string | null;
  readonly client: { readonly name: string };
}

async function findProject(harvest: PartnerApi, orderName: string): Promise<HarvestProject | undefined> {
  const { projects } = await harvest.get('/v2/projects');
  return (projects as HarvestProject[]).find((project) =>
    `${project.name} ${project.code}`.includes(orderName),
  );
}

async function tasksOf(harvest: PartnerApi, projectId: number): Promise<{ id: number; name: string }[]> {
  const { task_assignments: assignments } = await harvest.get(`/v2/projects/${projectId}/task_assignments`);
  return (assignments as { task: { id: number; name: string } }[]).map((assignment) => assignment.task);
}

async function bookTime({ firm, harvest, approve, stage }: Week, order: Order): Promise<void> {
  stage.act('Wednesday and Thursday: the work');
  const userId = await consultantIn(harvest, firm.consultant);
  const book = async (task: HarvestTask, day: string, hours: number, notes: string) => {
    const entry = await harvest.post('/v2/time_entries', {
      user_id: userId,
      project_id: task.projectId,
      task_id: task.taskId,
      spent_date: day,
      hours,
      notes,
    });
    return Number(entry.id);
  };
  const days = lastDays(2);
  const approved = await stage.does(
    'Carla',
    'is put on the project and books 6.5 and 4 hours in Harvest',
    async () => {
      await harvest.post(`/v2/projects/${order.senior.task.projectId}/user_assignments`, { user_id: userId });
      return [
        await book(order.senior.task, days[0] as string, 6.5, 'Workshop and roadmap'),
        await book(order.junior.task, days[1] as string, 4, 'Data review'),
      ];
    },
  );
  await stage.does('Carla', 'books 3 more hours that nobody has approved yet', () =>
    book(order.senior.task, days[1] as string, 3, 'Draft report'),
  );
  await stage.does('Manager', 'approves the first two in Harvest', async () => approve(approved));
  await stage.sees('Odoo', 'approved time on the right order lines, and only that', async () => {
    const lines = await firm.finance.odoo.searchRead(
      'sale.order.line',
      [['order_id', '=', order.orderId]],
      ['qty_delivered'],
    );
    const delivered = (lineId: number) => Number(lines.find((line) => line.id === lineId)?.qty_delivered);
    const [senior, junior] = [delivered(order.senior.lineId), delivered(order.junior.lineId)];
    if (senior > 6.5 || junior > 4) throw new Error(`${senior} and ${junior} hours are too many`);
    return senior === 6.5 && junior === 4 ? '6.5 h senior, 4 h junior' : undefined;
  });
}

async function consultantIn(harvest: PartnerApi, { email }: Firm['consultant']): Promise<number> {
  const { users } = await harvest.get('/v2/users');
  const user = (users as { id: number; email: string }[]).find((candidate) => candidate.email === email);
  if (user === undefined) throw new Error(`Harvest has no user ${email}`);
  return user.id;
}

/** The last days before today, oldest first, `YYYY-MM-DD`. */
function lastDays(count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.now() - (count - index) * 24 * 60 * 60_000).toISOString().slice(0, 10),
  );
}

const shownOnDeal = ['number', 'total', 'due_on', 'status'].map(
  (name) => `services_bridge_billing_invoice_${name}`,
);

async function bill({ firm, hubspot, stage, sale = roadmap }: Week, order: Order): Promise<number> {
  const { odoo } = firm.finance;
  stage.act('Friday: the invoice');
  const invoiceId = await stage.does('Fiona', 'makes the draft invoice of the order in Odoo', () =>
    makeDraftInvoice(odoo, order.orderId),
  );
  await stage.does('Fiona', 'posts it', () => odoo.call('account.move', 'action_post', [[invoiceId]]));
  const [invoice] = await odoo.searchRead(
    'account.move',
    [['id', '=', invoiceId]],
    ['name', 'amount_total', 'amount_untaxed', 'invoice_date_due'],
  );
  const untaxed = Number(invoice?.amount_untaxed);
  if (untaxed !== 6.5 * 180 + 4 * 120) throw new Error(`The invoice says ${untaxed} without tax`);
  await stage.sees('HubSpot', 'number, amount, due day and status on the deal', async () => {
    const deal = await hubspotObject(hubspot, 'deals', sale.opportunity, shownOnDeal);
    const [number, total, due, status] = shownOnDeal.map((property) => deal?.[property]);
    if (number !== invoice?.name) return undefined;
    if (Number(total) !== invoice?.amount_total || due?.slice(0, 10) !== invoice?.invoice_date_due) {
      throw new Error(`it says ${total}, due ${due}`);
    }
    return status === 'not_paid' ? `${number}, ${total}, due ${due}, ${status}` : undefined;
  });
  return invoiceId;
}

/** What is delivered of an order becomes a draft invoice, as the order's own button makes it. Answers its id. */
export async function makeDraftInvoice(odoo: OdooSession, orderId: number): Promise<number> {
  const wizard = await odoo.create(
    'sale.advance.payment.inv',
    { advance_payment_method: 'delivered', sale_order_ids: [[6, 0, [orderId]]] },
    { active_model: 'sale.order', active_ids: [orderId] },
  );
  await odoo.call('sale.advance.payment.inv', 'create_invoices', [[wizard]]);
  const [order] = await odoo.searchRead('sale.order', [['id', '=', orderId]], ['invoice_ids']);
  const [invoiceId] = (order?.invoice_ids ?? []) as number[];
  return Number(invoiceId);
}

async function receivePayment(week: Week, invoiceId: number): Promise<void> {
  const { firm, hubspot, stage, sale = roadmap } = week;
  const { odoo } = firm.finance;
  await stage.does('Fiona', 'registers the payment', async () => {
    const context = { active_model: 'account.move', active_ids: [invoiceId] };
    const wizard = await odoo.create('account.payment.register', {}, context);
    await odoo.call('account.payment.register', 'action_create_payments', [[wizard]], { context });
  });
  await stage.sees('HubSpot', 'that the invoice is paid', async () => {
    const [status, open] = ['services_bridge_billing_invoice_status', 'services_bridge_billing_open'];
    const deal = await hubspotObject(hubspot, 'deals', sale.opportunity, [status, open]);
    return deal?.[status] === 'paid' && Number(deal[open]) === 0
      ? `${deal[status]}, ${deal[open]} open`
      : undefined;
  });
}
