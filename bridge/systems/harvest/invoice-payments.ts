import { Decimal } from 'decimal.js';
import type { HarvestApi } from './api.ts';
import type { Invoice, InvoicePayment } from './objects.ts';

/** Payments that the bridge recorded say so; others are of people, or of who pays online. */
const ownNote = 'services-bridge: settled in the books';

const sumOf = (payments: readonly InvoicePayment[]): Decimal =>
  Decimal.sum(0, ...payments.map(({ amount }) => amount));

const pathOf = ({ id }: Invoice): string => `/invoices/${id}/payments`;

/**
 * Takes payments of the bridge back, the newest first, until no more is recorded than the books have settled. Those of
 * others stay.
 *
 * @returns what then is recorded
 */
export async function takeBack(
  api: HarvestApi,
  invoice: Invoice,
  settled: Decimal,
  signal: AbortSignal,
): Promise<Decimal> {
  const list = { path: pathOf(invoice), name: 'invoice_payments' };
  const payments = await api.all<InvoicePayment>(list, {}, signal);
  let recorded = sumOf(payments);
  const own = payments.filter(({ notes }) => notes === ownNote).sort((left, right) => right.id - left.id);
  for (const { id, amount } of own) {
    if (recorded.lessThanOrEqualTo(settled)) break;
    await api.remove(`${pathOf(invoice)}/${id}`, `take payment ${id} of invoice ${invoice.id} back`, signal);
    recorded = recorded.minus(amount);
  }
  return recorded;
}

/** @param day of the payment: the books settle an invoice by more than payments, so it is the day that this was seen */
export async function pay(
  api: HarvestApi,
  { id }: Invoice,
  amount: Decimal,
  day: string,
  signal: AbortSignal,
): Promise<void> {
  const body = {
    amount: amount.toNumber(),
    paid_date: day,
    notes: ownNote,
    // Else Harvest thanks the customer by mail.
    send_thank_you: false,
  };
  await api.create(`/invoices/${id}/payments`, body, `record a payment of invoice ${id}`, signal);
}
