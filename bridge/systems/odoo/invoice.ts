import type { ObjectKey } from '../system.ts';
import { paymentOf } from './billing.ts';
import type { OdooClient } from './client.ts';
import type { OdooEntity } from './entity.ts';
import { dayOf, decimalOf, idOf, idsOf, likeText, moneyText, nameOf, referenceOf, textOf } from './value.ts';

const fields = [
  'name',
  'move_type',
  'state',
  'payment_state',
  'commercial_partner_id',
  'company_id',
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
    const opportunities = await opportunitiesByMove(
      client,
      rows.map((row) => row.id),
      signal,
    );
    return rows.map((row) => {
      const customer = referenceOf(row.commercial_partner_id);
      const ofMove = opportunities.get(row.id) ?? [];
      return {
        id: row.id,
        state: {
          number: row.state === 'draft' ? null : textOf(row.name),
          kind: row.move_type === 'out_refund' ? 'credit_note' : 'invoice',
          status: statuses[String(row.state)] ?? null,
          payment: paymentOf(row.payment_state),
          customer,
          opportunities: ofMove,
          legal_entity: nameOf(row.company_id),
          total: moneyText(decimalOf(row.amount_total)),
          open: moneyText(decimalOf(row.amount_residual)),
          currency: nameOf(row.currency_id),
          issued_on: dayOf(row.invoice_date),
          due_on: dayOf(row.invoice_date_due),
          ...own.stateOf(row),
        },
        touches: billedObjects(customer, ofMove),
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

/** Their billing summary follows from the invoice. */
function billedObjects(customer: string | null, opportunities: readonly string[]): ObjectKey[] {
  const objects: ObjectKey[] = opportunities.map((id) => ({ entity: 'opportunity', id }));
  if (customer !== null) objects.push({ entity: 'customer', id: customer });
  return objects;
}

/** The opportunities that the orders behind each invoice came from. One call. */
async function opportunitiesByMove(
  client: OdooClient,
  moveIds: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, readonly string[]>> {
  if (moveIds.length === 0) return new Map();
  const orders = await client.searchRead(
    'sale.order',
    [
      ['invoice_ids', 'in', moveIds],
      ['opportunity_id', '!=', false],
    ],
    ['opportunity_id', 'invoice_ids'],
    { signal, action: `read the orders of ${moveIds.length} invoices` },
  );
  const byMove = new Map<number, Set<string>>();
  for (const order of orders) {
    for (const moveId of idsOf(order.invoice_ids)) {
      const opportunities = byMove.get(moveId) ?? new Set();
      byMove.set(moveId, opportunities.add(String(idOf(order.opportunity_id))));
    }
  }
  return new Map([...byMove].map(([id, opportunities]) => [id, [...opportunities].sort()]));
}
