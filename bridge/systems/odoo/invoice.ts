import type { ObjectKey } from '../system.ts';
import { paymentOf } from './billing.ts';
import type { OdooClient } from './client.ts';
import type { OdooEntity } from './entity.ts';
import {
  dayOf,
  decimalOf,
  idOf,
  idsOf,
  likeText,
  moneyText,
  nameOf,
  type Row,
  referenceOf,
  textOf,
} from './value.ts';

const fields = [
  'name',
  'move_type',
  'state',
  'payment_state',
  'commercial_partner_id',
  'company_id',
  'invoice_payment_term_id',
  'reversed_entry_id',
  'amount_untaxed',
  'amount_tax',
  'amount_total',
  'amount_residual',
  'currency_id',
  'invoice_date',
  'invoice_date_due',
];

const statuses: Readonly<Record<string, string>> = { draft: 'draft', posted: 'posted', cancel: 'cancelled' };

/** `account.move` of customer invoices and credit notes. Never written: the books are Odoo's alone. */
export const invoiceInOdoo: OdooEntity = {
  model: 'account.move',
  fields,
  archivable: false,
  scope: [['move_type', 'in', ['out_invoice', 'out_refund']]],
  day: 'invoice_date',
  capability: { read: { batch: 200 }, find: ['number'] },
  async read(client, ids, { signal, own }) {
    const action = `read ${ids.length} invoices`;
    const rows = await client.searchRead(
      'account.move',
      [['id', 'in', ids], ...this.scope],
      [...fields, ...own.names],
      {
        signal,
        action,
      },
    );
    const [ordersByMove, timesheets] = await Promise.all([
      ordersOfMoves(
        client,
        rows.map((row) => row.id),
        signal,
      ),
      timesheetsOfCancelled(client, rows, signal),
    ]);
    const milestones = await milestonesOfOrders(client, [...ordersByMove.values()].flat(), signal);
    return rows.map((row) => {
      const customer = referenceOf(row.commercial_partner_id);
      const orders = ordersByMove.get(row.id) ?? [];
      const opportunities = opportunitiesOf(orders);
      const [contract, ...otherContracts] = orders;
      return {
        id: row.id,
        state: {
          number: row.state === 'draft' ? null : textOf(row.name),
          kind: row.move_type === 'out_refund' ? 'credit_note' : 'invoice',
          status: statuses[String(row.state)] ?? null,
          payment: paymentOf(row.payment_state),
          customer,
          disputed: row.payment_state === 'blocked',
          opportunities,
          contract: contract === undefined || otherContracts.length > 0 ? null : String(contract.id),
          reverses: row.move_type === 'out_refund' ? referenceOf(row.reversed_entry_id) : null,
          legal_entity: nameOf(row.company_id),
          untaxed: moneyText(decimalOf(row.amount_untaxed)),
          tax: moneyText(decimalOf(row.amount_tax)),
          total: moneyText(decimalOf(row.amount_total)),
          open: moneyText(decimalOf(row.amount_residual)),
          currency: nameOf(row.currency_id),
          payment_terms: nameOf(row.invoice_payment_term_id),
          issued_on: dayOf(row.invoice_date),
          due_on: dayOf(row.invoice_date_due),
          ...own.stateOf(row),
        },
        touches: [
          ...opportunities.map((id) => ({ entity: 'opportunity', id }) as const),
          ...(customer === null ? [] : [{ entity: 'customer', id: customer } as const]),
          ...orders.map(({ id }) => ({ entity: 'contract', id: String(id) }) as const),
          ...orders.flatMap(({ id }) => milestones.get(id) ?? []),
          ...(timesheets.get(row.id) ?? []),
        ],
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

/** The orders that each invoice bills. One call. */
async function ordersOfMoves(
  client: OdooClient,
  moveIds: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, readonly Row[]>> {
  if (moveIds.length === 0) return new Map();
  const orders = await client.searchRead(
    'sale.order',
    [['invoice_ids', 'in', moveIds]],
    ['opportunity_id', 'invoice_ids'],
    { signal, action: `read the orders of ${moveIds.length} invoices` },
  );
  const byMove = new Map<number, Row[]>();
  for (const order of orders)
    for (const moveId of idsOf(order.invoice_ids)) byMove.set(moveId, [...(byMove.get(moveId) ?? []), order]);
  return byMove;
}

function opportunitiesOf(orders: readonly Row[]): string[] {
  const ids = orders.map((order) => referenceOf(order.opportunity_id)).filter((id) => id !== null);
  return [...new Set(ids)].sort();
}

/** Milestones that tell of the invoice that they are on, by order. Two calls, one where orders have none. */
async function milestonesOfOrders(
  client: OdooClient,
  orders: readonly Row[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, readonly ObjectKey[]>> {
  const orderIds = [...new Set(orders.map(({ id }) => id))];
  if (orderIds.length === 0) return new Map();
  const lines = await client.searchRead(
    'sale.order.line',
    [
      ['order_id', 'in', orderIds],
      ['qty_delivered_method', '=', 'milestones'],
    ],
    ['order_id'],
    { signal, action: `look for milestones of ${orderIds.length} orders` },
  );
  if (lines.length === 0) return new Map();
  const orderByLine = new Map(lines.map((line) => [line.id, idOf(line.order_id) ?? 0]));
  const milestones = await client.searchRead(
    'project.milestone',
    [
      ['sale_line_id', 'in', [...orderByLine.keys()]],
      ['is_reached', '=', true],
    ],
    ['sale_line_id'],
    { signal, action: `read the milestones of ${orderIds.length} orders` },
  );
  const byOrder = new Map<number, ObjectKey[]>();
  for (const milestone of milestones) {
    const orderId = orderByLine.get(idOf(milestone.sale_line_id) ?? 0) ?? 0;
    byOrder.set(orderId, [
      ...(byOrder.get(orderId) ?? []),
      { entity: 'milestone', id: String(milestone.id) },
    ]);
  }
  return byOrder;
}

/** Odoo leaves the time on an invoice that is cancelled, though it is billed no longer. One call, where there is one. */
async function timesheetsOfCancelled(
  client: OdooClient,
  moves: readonly Row[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, readonly ObjectKey[]>> {
  const cancelled = moves.filter((move) => move.state === 'cancel').map(({ id }) => id);
  if (cancelled.length === 0) return new Map();
  const rows = await client.searchRead(
    'account.analytic.line',
    [
      ['timesheet_invoice_id', 'in', cancelled],
      ['project_id', '!=', false],
    ],
    ['timesheet_invoice_id'],
    { signal, action: `read the time on ${cancelled.length} cancelled invoices` },
  );
  const byMove = new Map<number, ObjectKey[]>();
  for (const row of rows) {
    const moveId = idOf(row.timesheet_invoice_id) ?? 0;
    byMove.set(moveId, [...(byMove.get(moveId) ?? []), { entity: 'timesheet', id: String(row.id) }]);
  }
  return byMove;
}
