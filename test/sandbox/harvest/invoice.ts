import { Decimal } from 'decimal.js';
import { stamp } from './list.ts';
import type { HarvestState, Invoice, InvoiceLine } from './state.ts';
import { fullNameOf, me } from './users.ts';

/** To the cent, as Harvest shows amounts. */
const lineAmount = ({ quantity, unitPrice }: InvoiceLine): Decimal =>
  new Decimal(quantity).times(unitPrice).toDecimalPlaces(2);

export const totalOf = ({ lines }: Pick<Invoice, 'lines'>): Decimal =>
  Decimal.sum(0, ...lines.map(lineAmount));

export const paidOf = ({ payments }: Invoice): Decimal =>
  Decimal.sum(0, ...[...payments.values()].map(({ amount }) => amount));

export const dueOf = (invoice: Invoice): Decimal => totalOf(invoice).minus(paidOf(invoice));

/** An invoice that was sent is paid when nothing of it is due; Harvest says `open` of one that is paid in part. */
export function stateOf(invoice: Invoice): 'draft' | 'open' | 'paid' | 'closed' {
  if (invoice.stage !== 'sent') return invoice.stage;
  return dueOf(invoice).isZero() ? 'paid' : 'open';
}

export function describeInvoice(state: HarvestState, invoice: Invoice) {
  const standing = stateOf(invoice);
  const last = [...invoice.payments.values()].at(-1);
  const client = state.clients.get(invoice.clientId);
  const creator = me(state);
  return {
    id: invoice.id,
    client: { id: invoice.clientId, name: client?.name ?? '' },
    line_items: invoice.lines.map((line) => describeLine(state, line)),
    estimate: null,
    retainer: null,
    creator: { id: creator.id, name: fullNameOf(creator) },
    client_key: `${invoice.id}`.padStart(40, '0'),
    number: invoice.number,
    purchase_order: invoice.purchaseOrder,
    amount: totalOf(invoice).toNumber(),
    due_amount: dueOf(invoice).toNumber(),
    tax: null,
    tax_amount: 0,
    tax2: null,
    tax2_amount: 0,
    discount: null,
    discount_amount: 0,
    subject: invoice.subject,
    notes: invoice.notes,
    currency: invoice.currency,
    state: standing,
    period_start: null,
    period_end: null,
    issue_date: invoice.issueDate,
    due_date: invoice.dueDate,
    payment_term: invoice.paymentTerm,
    payment_options: [],
    sent_at: instant(invoice.sentAt),
    paid_at: standing === 'paid' ? instant(last?.createdAt ?? invoice.sentAt) : null,
    paid_date: standing === 'paid' ? (last?.paidDate ?? invoice.issueDate) : null,
    closed_at: instant(invoice.closedAt),
    recurring_invoice_id: null,
    created_at: stamp(invoice.createdAt),
    updated_at: stamp(invoice.updatedAt),
  };
}

function describeLine(state: HarvestState, line: InvoiceLine) {
  const project = line.projectId === null ? undefined : state.projects.get(line.projectId);
  return {
    id: line.id,
    project: project === undefined ? null : { id: project.id, name: project.name, code: project.code },
    kind: line.kind,
    description: line.description,
    quantity: line.quantity,
    unit_price: line.unitPrice,
    amount: lineAmount(line).toNumber(),
    taxed: false,
    taxed2: false,
  };
}

const instant = (time: number | null): string | null => (time === null ? null : stamp(time));
