import { Decimal } from 'decimal.js';
import type { OdooClient } from './client.ts';
import { decimalOf, idOf, idsOf, type Row, textOf } from './value.ts';

/**
 * The posted invoice that each reached milestone of these order lines was billed on, by the milestone's id. Three calls,
 * none where there are no lines.
 */
export async function invoicesOfMilestones(
  client: OdooClient,
  lineIds: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, string>> {
  if (lineIds.length === 0) return new Map();
  const ofLines = ['sale_line_id', 'in', lineIds];
  const [milestones, invoiceLines, orderLines] = await Promise.all([
    client.searchRead(
      'project.milestone',
      [ofLines, ['is_reached', '=', true]],
      ['sale_line_id', 'quantity_percentage'],
      { signal, action: 'read the reached milestones of orders', order: 'reached_date, id' },
    ),
    client.searchRead(
      'account.move.line',
      [
        ['sale_line_ids', 'in', lineIds],
        ['parent_state', '=', 'posted'],
      ],
      ['sale_line_ids', 'move_id', 'move_type', 'quantity'],
      { signal, action: 'read the invoices of milestones', order: 'move_id, id' },
    ),
    client.searchRead('sale.order.line', [['id', 'in', lineIds]], ['product_uom_qty'], {
      signal,
      action: 'read what milestones are a part of',
    }),
  ]);
  return allotInvoices(milestones, invoiceLines, orderLines);
}

interface Billed {
  readonly invoice: string;
  quantity: Decimal;
}

interface Reached {
  readonly id: number;
  /** What of it stands on no invoice yet. */
  missing: Decimal;
}

/**
 * Odoo bills the quantity that the reached milestones of a line come to, and does not keep which of them it was for. So the
 * first ones reached are on the first invoice, and so on, but of those reached on one day the one that is just as large as
 * what was billed; one that is spread over several invoices is on the one that completes it.
 *
 * @param milestones reached ones, in the order in which they were: `sale_line_id`, `quantity_percentage` of 1
 * @param invoiceLines posted ones, in the order in which they were made: `sale_line_ids`, `move_id`, `move_type`, `quantity`
 * @param orderLines `product_uom_qty`
 */
export function allotInvoices(
  milestones: readonly Row[],
  invoiceLines: readonly Row[],
  orderLines: readonly Row[],
): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const { id, product_uom_qty: ordered } of orderLines) {
    const open = milestones
      .filter((row) => idOf(row.sale_line_id) === id)
      .map((row): Reached => {
        const missing = decimalOf(row.quantity_percentage).times(decimalOf(ordered));
        return { id: row.id, missing };
      });
    const ofLine = invoiceLines.filter((row) => idsOf(row.sale_line_ids).includes(id));
    for (const billed of quantitiesBilled(ofLine))
      for (const milestone of takeBilled(open, billed.quantity)) found.set(milestone, billed.invoice);
  }
  return found;
}

const isAlike = (left: Decimal, right: Decimal): boolean => !left.minus(right).abs().greaterThan(tolerance);

/** Takes the milestones out of `open` that an invoice over this quantity completes; answers their ids. */
function takeBilled(open: Reached[], quantity: Decimal): number[] {
  let sum = new Decimal(0);
  const end = open.findIndex(({ missing }) => {
    sum = sum.plus(missing);
    return isAlike(sum, quantity);
  });
  if (end >= 0) return open.splice(0, end + 1).map(({ id }) => id);
  const same = open.findIndex(({ missing }) => isAlike(missing, quantity));
  if (same >= 0) return open.splice(same, 1).map(({ id }) => id);
  const completed: number[] = [];
  let left = quantity;
  for (let [next] = open; next !== undefined && left.greaterThan(tolerance); [next] = open) {
    const taken = Decimal.min(left, next.missing);
    left = left.minus(taken);
    next.missing = next.missing.minus(taken);
    if (next.missing.greaterThan(tolerance)) break;
    completed.push(next.id);
    open.shift();
  }
  return completed;
}

/** Odoo rounds quantities to cents. */
const tolerance = new Decimal('0.005');

/** What a credit note takes back was billed last. */
function quantitiesBilled(rows: readonly Row[]): Billed[] {
  const billed: Billed[] = [];
  for (const row of rows) {
    const quantity = decimalOf(row.quantity);
    if (textOf(row.move_type) === 'out_invoice') {
      billed.push({ invoice: String(idOf(row.move_id)), quantity });
      continue;
    }
    let back = quantity;
    for (let last = billed.at(-1); last !== undefined && back.greaterThan(0); last = billed.at(-1)) {
      const taken = Decimal.min(back, last.quantity);
      back = back.minus(taken);
      last.quantity = last.quantity.minus(taken);
      if (!last.quantity.greaterThan(tolerance)) billed.pop();
      else break;
    }
  }
  return billed;
}
