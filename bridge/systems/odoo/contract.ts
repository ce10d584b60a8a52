import type { OdooEntity } from './entity.ts';
import { measuresOf } from './measures.ts';
import { customersOfOrders, orderFields, orderState, untaxedOf } from './order.ts';
import { linesOfOrders } from './order-line.ts';
import { billedOfLines, deliveredOfLines, hoursDeliveredOfLines, hoursOfLines } from './terms.ts';
import { dayOf, decimalOf, likeText, moneyText, quantityText, textOf } from './value.ts';

const fields = [
  ...orderFields,
  'invoice_status',
  'client_order_ref',
  'signed_on',
  'services_bridge_cap_amount',
  'services_bridge_cap_hours',
];

const statuses: Readonly<Record<string, string>> = {
  draft: 'draft',
  sent: 'draft',
  sale: 'active',
  cancel: 'cancelled',
};

/**
 * Orders that are or were confirmed. Odoo does not keep that an order was: one that was taken back is known by the
 * projects, tasks and invoices that only a confirmed one makes.
 */
const confirmed = [
  '|',
  '|',
  '|',
  ['state', '=', 'sale'],
  ['order_line.task_id', '!=', false],
  ['order_line.project_id', '!=', false],
  ['order_line.invoice_lines', '!=', false],
];

/** `sale.order` that is or was confirmed: in Odoo the order is the contract. */
export const contractInOdoo: OdooEntity = {
  model: 'sale.order',
  fields,
  archivable: false,
  scope: confirmed,
  capability: { read: { batch: 200 }, find: ['number'] },
  async read(client, ids, { signal, own }) {
    const rows = await client.searchRead(
      'sale.order',
      [['id', 'in', ids], ...this.scope],
      [...fields, ...own.names],
      { signal, action: `read ${ids.length} contracts` },
    );
    const [customers, linesByOrder, measures] = await Promise.all([
      customersOfOrders(client, rows, signal),
      linesOfOrders(
        client,
        rows.map((row) => row.id),
        signal,
      ),
      measuresOf(client, signal),
    ]);
    return rows.map((row) => {
      const lines = linesByOrder.get(row.id) ?? [];
      return {
        id: row.id,
        state: {
          ...orderState(row, lines, customers),
          quote: String(row.id),
          status: statuses[String(row.state)] ?? null,
          amount: untaxedOf(row),
          // The addon's own fields; 0 is no cap.
          cap: row.services_bridge_cap_amount ? moneyText(decimalOf(row.services_bridge_cap_amount)) : null,
          cap_hours: row.services_bridge_cap_hours
            ? quantityText(decimalOf(row.services_bridge_cap_hours))
            : null,
          hours: hoursOfLines(lines),
          hours_delivered: hoursDeliveredOfLines(lines),
          delivered: deliveredOfLines(lines, measures),
          to_bill: row.invoice_status === 'to invoice',
          billed: billedOfLines(lines),
          purchase_order: textOf(row.client_order_ref),
          // Signed on the customer's page, else confirmed by somebody of the firm.
          signed_on: dayOf(row.signed_on) ?? (row.state === 'sale' ? dayOf(row.date_order) : null),
          ...own.stateOf(row),
        },
      };
    });
  },
  finders: {
    number: {
      fields: ['name'],
      candidates: (number) => [['name', '=ilike', likeText(number)]],
      valueOf: (row) => textOf(row.name),
    },
  },
};
