import type { OdooClient } from './client.ts';
import type { OdooEntity } from './entity.ts';
import { customersOfPartners, distinctIds } from './related.ts';
import { dayOf, decimalOf, idOf, idsOf, moneyText, nameOf, textOf } from './value.ts';

const fields = [
  'name',
  'payment_type',
  'state',
  'partner_id',
  'invoice_ids',
  'is_reconciled',
  'company_id',
  'amount',
  'currency_id',
  'payment_method_line_id',
  'memo',
  'date',
];

const statuses: Readonly<Record<string, string>> = {
  draft: 'draft',
  in_process: 'in_process',
  paid: 'received',
  rejected: 'returned',
  canceled: 'cancelled',
};

/** `account.payment` of customers. Never written: the books are Odoo's alone. */
export const paymentInOdoo: OdooEntity = {
  model: 'account.payment',
  fields,
  archivable: false,
  scope: [['partner_type', '=', 'customer']],
  day: 'date',
  capability: { read: { batch: 200 } },
  async read(client, ids, { signal, own }) {
    const rows = await client.searchRead(
      'account.payment',
      [['id', 'in', ids], ...this.scope],
      [...fields, ...own.names],
      { signal, action: `read ${ids.length} payments` },
    );
    const customers = await customersOfPartners(client, distinctIds(rows, 'partner_id'), signal);
    const loose = rows.filter((row) => row.is_reconciled === true && idsOf(row.invoice_ids).length === 0);
    const settled = await invoicesSettledBy(
      client,
      loose.map((row) => Number(customers.get(idOf(row.partner_id) ?? 0) ?? 0)),
      signal,
    );
    return rows.map((row) => {
      const invoices = [...new Set([...idsOf(row.invoice_ids), ...(settled.get(row.id) ?? [])])];
      return {
        id: row.id,
        state: {
          number: row.state === 'draft' ? null : textOf(row.name),
          kind: row.payment_type === 'outbound' ? 'refund' : 'payment',
          status: statuses[String(row.state)] ?? null,
          customer: customers.get(idOf(row.partner_id) ?? 0) ?? null,
          invoices: invoices.toSorted((left, right) => left - right).map(String),
          legal_entity: nameOf(row.company_id),
          amount: moneyText(decimalOf(row.amount)),
          currency: nameOf(row.currency_id),
          method: nameOf(row.payment_method_line_id),
          memo: textOf(row.memo),
          received_on: dayOf(row.date),
          ...own.stateOf(row),
        },
      };
    });
  },
};

/**
 * Invoices by the payments that settle them, for payments that were not made for an invoice but reconciled with it later.
 * Odoo lets only accountants see that from the payment, so it is read from the customers' invoices. One call, none where
 * there is no such payment.
 */
async function invoicesSettledBy(
  client: OdooClient,
  customerIds: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const settled = new Map<number, number[]>();
  if (customerIds.length === 0) return settled;
  const rows = await client.searchRead(
    'account.move',
    [
      ['commercial_partner_id', 'in', [...new Set(customerIds)]],
      ['move_type', 'in', ['out_invoice', 'out_refund']],
      ['state', '=', 'posted'],
      ['payment_state', '!=', 'not_paid'],
    ],
    ['reconciled_payment_ids'],
    { signal, action: `read what ${customerIds.length} payments settle` },
  );
  for (const row of rows)
    for (const payment of idsOf(row.reconciled_payment_ids))
      settled.set(payment, [...(settled.get(payment) ?? []), row.id]);
  return settled;
}
