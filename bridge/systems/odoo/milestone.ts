import type { State } from '../../entities/field.ts';
import type { OdooEntity } from './entity.ts';
import { type Measures, measuresOf } from './measures.ts';
import { invoicesOfMilestones } from './milestone-invoice.ts';
import { linesById, type OrderLine } from './order-line.ts';
import { distinctIds } from './related.ts';
import { dayOf, decimalOf, idOf, moneyText, type Row, referenceOf, textOf } from './value.ts';

const fields = [
  'name',
  'project_id',
  'deadline',
  'is_reached',
  'reached_date',
  'sale_line_id',
  'quantity_percentage',
];

/** `project.milestone`. */
export const milestoneInOdoo: OdooEntity = {
  model: 'project.milestone',
  fields,
  archivable: false,
  scope: [],
  capability: { read: { batch: 200 } },
  async read(client, ids, { signal, own }) {
    const rows = await client.searchRead(
      'project.milestone',
      [['id', 'in', ids], ...this.scope],
      [...fields, ...own.names],
      { signal, action: `read ${ids.length} milestones` },
    );
    const lineIds = distinctIds(rows, 'sale_line_id');
    const [lines, measures, invoices] = await Promise.all([
      linesById(client, lineIds, signal),
      measuresOf(client, signal),
      invoicesOfMilestones(client, lineIds, signal),
    ]);
    return rows.map((row) => ({
      id: row.id,
      state: {
        name: textOf(row.name),
        project: referenceOf(row.project_id),
        status: row.is_reached === true ? 'completed' : 'open',
        due_on: dayOf(row.deadline),
        completed_on: row.is_reached === true ? dayOf(row.reached_date) : null,
        ...billing(row, lines.get(idOf(row.sale_line_id) ?? 0), measures),
        invoice: invoices.get(row.id) ?? null,
        ...own.stateOf(row),
      },
    }));
  },
};

/** Odoo keeps the part of the order line as a fraction of 1. */
function billing(row: Row, line: OrderLine | undefined, measures: Measures): State {
  if (line?.policy !== 'delivered_milestones') return { billable: false, amount: null, currency: null };
  const part = line.ordersFor.times(decimalOf(row.quantity_percentage));
  return {
    billable: true,
    amount: moneyText(measures.rounded(part, line.currencyId)),
    currency: line.currency,
  };
}
