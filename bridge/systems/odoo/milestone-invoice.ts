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

/**
 * Odoo bills the quantity that the reached milestones of a line come to, and does not keep which of them it was for. So the
 * first one reached is on the first invoice, and so on; one that is spread over several is on the one that completes it.
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
    const billed = quantitiesBilled(invoiceLines.filter((row) => idsOf(row.sale_line_ids).includes(id)));
    for (const milestone of milestones.filter((row) => idOf(row.sale_line_id) === id)) {
      let missing = decimalOf(milestone.quantity_percentage).times(decimalOf(ordered));
      while (missing.greaterThan(tolerance) && billed.length > 0) {
        const [next] = billed;
        if (next === undefined) break;
        const taken = Decimal.min(missing, next.quantity);
        missing = missing.minus(taken);
        next.quantity = next.quantity.minus(taken);
        if (!missing.greaterThan(tolerance)) found.set(milestone.id, next.invoice);
        if (!next.quantity.greaterThan(tolerance)) billed.shift();
      }
    }
  }
  return found;
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
