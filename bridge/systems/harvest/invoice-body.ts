import type { State, Value } from '../../entities/field.ts';
import { invoiceNotes } from './invoice-notes.ts';
import type { Invoice } from './objects.ts';
import { changed } from './result.ts';

/** Its only line says so: the bridge made the invoice. */
const lineText = 'As invoiced in the books.';

export const isOwn = ({ line_items: lines }: Invoice): boolean =>
  lines.length === 1 && lines[0]?.description === lineText;

interface Details {
  readonly number: unknown;
  readonly client_id: number | undefined;
  readonly currency: unknown;
  readonly issue_date: unknown;
  readonly due_date: unknown;
  readonly notes: string;
}

const detailsOf = (fields: State, reference: string, notes: string | null): Details => ({
  number: fields.number,
  client_id: typeof fields.customer === 'string' ? Number(fields.customer) : undefined,
  currency: filled(fields.currency),
  issue_date: filled(fields.issued_on),
  due_date: filled(fields.due_on),
  notes: invoiceNotes(notes, reference, fields.payment),
});

/** Harvest has something in each of these, which cannot be emptied. */
const filled = (value: Value | undefined): Value | undefined => value ?? undefined;

/** A new invoice of one line over the whole total, with tax: Harvest keeps no books, so it works nothing out. */
export const newInvoice = (fields: State, reference: string, category: string): object => ({
  ...detailsOf(fields, reference, null),
  payment_term: 'custom',
  line_items: [{ kind: category, description: lineText, quantity: 1, unit_price: Number(fields.total) }],
});

/**
 * What to change about an invoice; `undefined` when nothing differs.
 *
 * @returns `false` when its lines do not come to the total and are not the bridge's to change
 */
export function changeOf(invoice: Invoice, fields: State, reference: string): object | undefined | false {
  const details = detailsOf(fields, reference, invoice.notes);
  const difference = changed({ ...invoice, client_id: invoice.client.id }, details);
  // Harvest takes a due day only with this term.
  const term = difference?.due_date === undefined ? {} : { payment_term: 'custom' };
  if (typeof fields.total !== 'string' || Number(fields.total) === invoice.amount)
    return difference === undefined ? undefined : { ...difference, ...term };
  const [line] = invoice.line_items;
  if (line === undefined || !isOwn(invoice)) return false;
  const lines = [{ id: line.id, quantity: 1, unit_price: Number(fields.total) }];
  return { ...difference, ...term, line_items: lines };
}
