import type { OdooSession } from '../odoo/rpc.ts';
import { bridgeStatus, isQuiet } from './bridge-status.ts';
import { hubspotObject, type PartnerApi } from './partner-api.ts';
import { idOf } from './reference.ts';
import type { Won } from './sale.ts';
import type { Stage } from './stage.ts';
import type { Systems } from './systems.ts';

const shownOnDeal = ['number', 'total', 'due_on', 'status'].map(
  (name) => `services_bridge_billing_invoice_${name}`,
);

/** The flow makes the draft by itself. Answers its id in Odoo. */
export async function seesDraft(
  { firm }: Pick<Systems, 'firm'>,
  stage: Stage,
  { orderId }: Pick<Won, 'orderId'>,
  untaxed: number,
): Promise<number> {
  let draft = 0;
  await stage.sees('Odoo', `a draft invoice of ${untaxed}`, async () => {
    const drafts = await draftsOf(firm.finance.odoo, orderId);
    const found = drafts.find(({ amount_untaxed }) => amount_untaxed === untaxed);
    draft = Number(found?.id);
    return found && `${found.amount_untaxed} without tax`;
  });
  return draft;
}

/** Finance posts a draft, and sales sees it. */
export async function playInvoice(
  { firm, hubspotApi, environment }: Pick<Systems, 'firm' | 'hubspotApi' | 'environment'>,
  stage: Stage,
  won: Won,
  invoiceId: number,
): Promise<void> {
  const { odoo } = firm.finance;
  await stage.does('Fiona', 'posts the draft', () => post(odoo, invoiceId));
  const [invoice] = await odoo.searchRead(
    'account.move',
    [['id', '=', invoiceId]],
    ['name', 'amount_total', 'invoice_date_due'],
  );
  await stage.sees('HubSpot', 'number, amount, due day and status on the deal', async () => {
    const deal = await hubspotObject(hubspotApi, 'deals', won.opportunity, shownOnDeal);
    const [number, total, due, status] = shownOnDeal.map((property) => deal?.[property]);
    if (number !== invoice?.name) return undefined;
    if (Number(total) !== invoice?.amount_total || due?.slice(0, 10) !== invoice?.invoice_date_due) {
      throw new Error(`it says ${total}, due ${due}`);
    }
    // The payment is not to be seen by what is still being read because of this.
    if (status !== 'not_paid' || !isQuiet(await bridgeStatus(environment))) return undefined;
    return `${number}, ${total}, due ${due}, ${status}`;
  });
}

/** Draft invoices of an order, oldest first. */
export async function draftsOf(
  odoo: OdooSession,
  orderId: number,
): Promise<{ readonly id: number; readonly amount_untaxed: number }[]> {
  const rows = await odoo.searchRead(
    'account.move',
    [
      ['invoice_line_ids.sale_line_ids.order_id', '=', orderId],
      ['state', '=', 'draft'],
      ['move_type', '=', 'out_invoice'],
    ],
    ['amount_untaxed'],
  );
  return rows as { id: number; amount_untaxed: number }[];
}

export async function post(odoo: OdooSession, invoiceId: number): Promise<void> {
  await odoo.call('account.move', 'action_post', [[invoiceId]]);
}

export async function playPayment(
  { firm, hubspotApi, harvestApi }: Pick<Systems, 'firm' | 'hubspotApi' | 'harvestApi'>,
  stage: Stage,
  won: Won,
  invoiceId: number,
): Promise<void> {
  await stage.does('Fiona', 'registers the payment', () => pay(firm.finance.odoo, invoiceId));
  await stage.sees('HubSpot', 'that the invoice is paid', async () => {
    const [status, open] = ['services_bridge_billing_invoice_status', 'services_bridge_billing_open'];
    const deal = await hubspotObject(hubspotApi, 'deals', won.opportunity, [status, open]);
    return deal?.[status] === 'paid' && Number(deal[open]) === 0
      ? `${deal[status]}, ${deal[open]} open`
      : undefined;
  });
  const number = await numberOf(firm.finance.odoo, invoiceId);
  await stage.sees('Harvest', 'the invoice, paid', async () => {
    const shown = await harvestInvoice(harvestApi, number);
    return shown?.state === 'paid' && shown.due_amount === 0
      ? `${number}, ${shown.amount} ${shown.currency}, ${shown.state}`
      : undefined;
  });
}

interface HarvestInvoice {
  readonly number: string;
  readonly state: string;
  readonly amount: number;
  readonly due_amount: number;
  readonly currency: string;
}

/** Harvest's invoice of a number; `undefined` when there is none. */
async function harvestInvoice(harvest: PartnerApi, number: string): Promise<HarvestInvoice | undefined> {
  const { invoices } = await harvest.get('/v2/invoices');
  const found = (invoices as HarvestInvoice[]).filter((invoice) => invoice.number === number);
  if (found.length > 1) throw new Error(`Harvest has ${found.length} invoices ${number}`);
  return found[0];
}

/** Number of an invoice in the books. */
export async function numberOf(odoo: OdooSession, invoiceId: number): Promise<string> {
  const [invoice] = await odoo.searchRead('account.move', [['id', '=', invoiceId]], ['name']);
  return String(invoice?.name);
}

/** @param amount all that is open, where it is not said */
export async function pay(odoo: OdooSession, invoiceId: number, amount?: number): Promise<void> {
  const context = { active_model: 'account.move', active_ids: [invoiceId] };
  const values = amount === undefined ? {} : { amount };
  const wizard = await odoo.create('account.payment.register', values, context);
  await odoo.call('account.payment.register', 'action_create_payments', [[wizard]], { context });
}

/** A credit note over the whole invoice, posted. Answers its id. */
export async function creditNote(odoo: OdooSession, invoiceId: number, reason: string): Promise<number> {
  const [invoice] = await odoo.searchRead('account.move', [['id', '=', invoiceId]], ['journal_id']);
  const wizard = await odoo.create(
    'account.move.reversal',
    { move_ids: [[6, 0, [invoiceId]]], journal_id: idOf(invoice?.journal_id), reason },
    { active_model: 'account.move', active_ids: [invoiceId] },
  );
  const made = (await odoo.call('account.move.reversal', 'refund_moves', [[wizard]])) as { res_id: number };
  await post(odoo, made.res_id);
  return made.res_id;
}

/** What can be billed of an order becomes a draft invoice, as the order's own button makes it. Answers its id. */
export async function makeDraftInvoice(odoo: OdooSession, orderId: number): Promise<number> {
  const wizard = await odoo.create(
    'sale.advance.payment.inv',
    { advance_payment_method: 'delivered', sale_order_ids: [[6, 0, [orderId]]] },
    { active_model: 'sale.order', active_ids: [orderId] },
  );
  await odoo.call('sale.advance.payment.inv', 'create_invoices', [[wizard]]);
  const [draft] = await draftsOf(odoo, orderId);
  return Number(draft?.id);
}
