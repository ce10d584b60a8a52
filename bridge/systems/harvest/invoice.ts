import { Decimal } from 'decimal.js';
import { failed } from '../failed.ts';
import type { WriteChange, WriteDone, WriteResult } from '../system.ts';
import { alreadyTaken, type HarvestApi } from './api.ts';
import { changeOf, newInvoice } from './invoice-body.ts';
import { createServiceCategory } from './invoice-category.ts';
import { switchedOff } from './invoice-module.ts';
import { pay, takeBack } from './invoice-payments.ts';
import { markIn } from './notes.ts';
import { type Invoice, inPath, lists } from './objects.ts';
import { done } from './result.ts';

export const invoiceFields = [
  'number',
  'customer',
  'total',
  'open',
  'payment',
  'currency',
  'issued_on',
  'due_on',
] as const;

/**
 * Writes what the books say of a posted invoice as an invoice of Harvest's own, which nobody is sent: one line over its
 * total, marked as sent, with payments that leave due what is open. One that is reversed is closed. It is found by its
 * number and by the bridge's line in its notes, so it is made once.
 *
 * Each step looks at what is there, so a try that was interrupted goes on where it was.
 */
export function createInvoiceWriter(api: HarvestApi, now: () => number) {
  const serviceCategory = createServiceCategory(api, now);

  async function create(change: WriteChange, signal: AbortSignal): Promise<Invoice | undefined> {
    const category = await serviceCategory(signal);
    if (category === undefined) return undefined;
    const body = newInvoice(change.fields, change.reference, category);
    return api.create<Invoice>('/invoices', body, `create the invoice of ${change.reference}`, signal);
  }

  async function write(change: WriteChange, signal: AbortSignal): Promise<WriteResult> {
    const { id, fields } = change;
    if (fields.number === null || fields.customer === null || fields.total === null) return incomplete;
    if (id !== undefined) {
      const invoice = await api.get<Invoice>(`/invoices/${inPath(id)}`, `read invoice ${id}`, signal);
      return bring(invoice, change, 'updated', signal);
    }
    if (typeof fields.number !== 'string' || fields.customer === undefined || fields.total === undefined)
      return incomplete;
    const found = await find(api, change, signal);
    if (found !== undefined) return bring(found, change, 'adopted', signal);
    try {
      const created = await create(change, signal);
      if (created === undefined)
        return failed('conflict', 'Harvest has no category for the lines of invoices. Make one there.');
      return await bring(created, change, 'created', signal);
    } catch (error) {
      if (!alreadyTaken(error)) throw error;
      return failed('conflict', numberTaken(fields.number));
    }
  }

  async function bring(
    invoice: Invoice,
    change: WriteChange,
    result: WriteDone['result'],
    signal: AbortSignal,
  ): Promise<WriteResult> {
    const { fields, reference } = change;
    const marked = markIn(invoice.notes)?.reference;
    if (marked !== reference && (marked !== undefined || !isSame(invoice, change)))
      return failed('conflict', somebodyElses(invoice));
    const body = changeOf(invoice, fields, reference);
    if (body === false) return failed('conflict', somebodyElses(invoice));
    const closing = fields.payment === undefined ? invoice.state === 'closed' : fields.payment === 'reversed';
    if (invoice.state === 'closed' && closing && body === undefined) return settled(invoice, result, false);

    const path = `/invoices/${invoice.id}`;
    const tell = (event: string) =>
      api.create(`${path}/messages`, { event_type: event }, `${event} invoice ${invoice.id}`, signal);
    if (invoice.state === 'closed') await tell('re-open');
    const total = new Decimal(typeof fields.total === 'string' ? fields.total : invoice.amount);
    const goal = closing ? new Decimal(0) : typeof fields.open === 'string' ? total.minus(fields.open) : null;
    let recorded = new Decimal(invoice.amount).minus(invoice.due_amount);
    // What is due of a closed invoice does not tell what is recorded.
    const looked = goal !== null && (invoice.state === 'closed' || recorded.greaterThan(goal));
    if (looked) recorded = await takeBack(api, invoice, goal, signal);
    if (goal !== null && recorded.greaterThan(goal))
      return failed(
        'conflict',
        `More is recorded as paid of Harvest's invoice ${invoice.number} than the books have settled. Register the payment in the erp, or delete it in Harvest.`,
      );
    if (body !== undefined) {
      const after = await api.change<Invoice>(path, body, `change invoice ${invoice.id}`, signal);
      if (!total.equals(after.amount)) return failed('conflict', somebodyElses(invoice));
    }
    if (invoice.state === 'draft') await tell('send');
    const missing = goal === null ? new Decimal(0) : goal.minus(recorded);
    if (missing.greaterThan(0)) await pay(api, invoice, missing, dayOf(now()), signal);
    if (closing) await tell('close');
    const altered = body !== undefined || invoice.state === 'draft' || looked || missing.greaterThan(0);
    return settled(invoice, result, altered || closing !== (invoice.state === 'closed'));
  }

  return async (change: WriteChange, signal: AbortSignal): Promise<WriteResult> => {
    try {
      return await write(change, signal);
    } catch (error) {
      return switchedOff(error, change.id);
    }
  };
}

const incomplete = failed('invalid', 'Harvest needs a number, a client and a total for every invoice.');

const settled = ({ id }: Invoice, result: WriteDone['result'], altered: boolean): WriteDone =>
  done(id, result === 'updated' && !altered ? 'unchanged' : result);

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** The invoice that an earlier try made, or that people made of the same one. */
async function find(
  api: HarvestApi,
  { fields: { number, customer }, reference, uncertain }: WriteChange,
  signal: AbortSignal,
): Promise<Invoice | undefined> {
  // After a try in doubt among those of all clients: the customer may have changed since.
  const query = uncertain ? {} : { client_id: Number(customer) };
  const invoices = await api.all<Invoice>(lists.invoices, query, signal);
  return (
    invoices.find(({ notes }) => markIn(notes)?.reference === reference) ??
    invoices.find((invoice) => invoice.number === number && markIn(invoice.notes) === undefined)
  );
}

/** Whether an invoice that people made says the same. */
const isSame = (invoice: Invoice, { fields: { number, customer, total, currency } }: WriteChange): boolean =>
  (number === undefined || invoice.number === number) &&
  (customer === undefined || String(invoice.client.id) === customer) &&
  (typeof total !== 'string' || new Decimal(total).equals(invoice.amount)) &&
  (typeof currency !== 'string' || invoice.currency === currency);

const numberTaken = (number: string): string =>
  `Harvest has another invoice ${number}, and takes each number once. Renumber the one that people made there; where companies of a group number alike, give the numbers of one a prefix in the rules of invoices.`;

const somebodyElses = ({ number, amount, currency }: Invoice): string =>
  `Harvest has an invoice ${number} of ${amount} ${currency} that people made or changed, and it is not what the books say. Delete or renumber it in Harvest.`;
