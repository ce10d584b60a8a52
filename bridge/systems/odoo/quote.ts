import type { ObjectKey } from '../system.ts';
import type { OdooEntity } from './entity.ts';
import { customersOfOrders, orderFields, orderState, untaxedOf } from './order.ts';
import { linesOfOrders, type OrderLine } from './order-line.ts';
import { distinctIds, emailsOfUsers } from './related.ts';
import { dayOf, decimalOf, idOf, likeText, moneyText, type Row, textOf } from './value.ts';

const fields = [...orderFields, 'amount_tax', 'amount_total', 'validity_date', 'user_id'];

const statuses: Readonly<Record<string, string>> = {
  draft: 'draft',
  sent: 'sent',
  sale: 'accepted',
  cancel: 'cancelled',
};

/** `sale.order` in every state: what was confirmed was an offer before. */
export const quoteInOdoo: OdooEntity = {
  model: 'sale.order',
  fields,
  archivable: false,
  scope: [],
  capability: { read: { batch: 200 }, find: ['number'] },
  async read(client, ids, { signal, today, own }) {
    const rows = await client.searchRead(
      'sale.order',
      [['id', 'in', ids], ...this.scope],
      [...fields, ...own.names],
      { signal, action: `read ${ids.length} quotes` },
    );
    const [customers, emails, lines] = await Promise.all([
      customersOfOrders(client, rows, signal),
      emailsOfUsers(client, distinctIds(rows, 'user_id'), signal),
      linesOfOrders(
        client,
        rows.map((row) => row.id),
        signal,
      ),
    ]);
    return rows.map((row) => {
      const ofOrder = lines.get(row.id) ?? [];
      return {
        id: row.id,
        state: {
          ...orderState(row, ofOrder, customers),
          status: statusOf(row, today),
          untaxed: untaxedOf(row),
          tax: moneyText(decimalOf(row.amount_tax)),
          total: moneyText(decimalOf(row.amount_total)),
          valid_until: dayOf(row.validity_date),
          // Odoo sets the day of the order anew when it is confirmed.
          accepted_on: row.state === 'sale' ? dayOf(row.date_order) : null,
          owner_email: emails.get(idOf(row.user_id) ?? 0) ?? null,
          ...own.stateOf(row),
        },
        // Their budgets and how they are billed follow from what was agreed.
        touches: projectsOf(ofOrder),
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

function statusOf(row: Row, today: string): string | null {
  const status = statuses[String(row.state)] ?? null;
  const validUntil = dayOf(row.validity_date);
  const isOpen = status === 'draft' || status === 'sent';
  return isOpen && validUntil !== null && validUntil < today ? 'expired' : status;
}

function projectsOf(lines: readonly OrderLine[]): ObjectKey[] {
  const ids = new Set(lines.map(({ projectId }) => projectId).filter((id) => id !== null));
  return [...ids].map((id) => ({ entity: 'project', id: String(id) }));
}
