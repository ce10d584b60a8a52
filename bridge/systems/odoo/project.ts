import { Decimal } from 'decimal.js';
import type { ObjectKey } from '../system.ts';
import type { OdooClient } from './client.ts';
import type { OdooEntity } from './entity.ts';
import { linesOfOrders, type OrderLine } from './order-line.ts';
import { customersOfPartners, distinctIds, emailsOfUsers } from './related.ts';
import { billingMethodOfLines } from './terms.ts';
import {
  dayOf,
  decimalOf,
  idOf,
  likeText,
  moneyText,
  nameOf,
  quantityText,
  type Row,
  textOf,
} from './value.ts';

const fields = [
  'name',
  'sale_order_id',
  'sale_order_state',
  'partner_id',
  'company_id',
  'active',
  'allow_timesheets',
  'allow_billable',
  'last_update_status',
  'allocated_hours',
  'currency_id',
  'date_start',
  'date',
  'user_id',
];

/** `project.project`; its code is the number of the order that it came from. */
export const projectInOdoo: OdooEntity = {
  model: 'project.project',
  fields,
  archivable: true,
  scope: [],
  capability: { read: { batch: 200 }, find: ['code', 'name'] },
  async read(client, ids, { signal, own }) {
    const action = `read ${ids.length} projects`;
    const rows = await client.searchRead(
      'project.project',
      [['id', 'in', ids], ...this.scope],
      [...fields, ...own.names],
      {
        signal,
        action,
      },
    );
    const orderIds = distinctIds(rows, 'sale_order_id');
    const [customers, emails, linesByOrder, opportunities] = await Promise.all([
      customersOfPartners(client, distinctIds(rows, 'partner_id'), signal),
      emailsOfUsers(client, distinctIds(rows, 'user_id'), signal),
      linesOfOrders(client, orderIds, signal),
      opportunitiesOfOrders(client, orderIds, signal),
    ]);
    return rows.map((row) => {
      const orderId = idOf(row.sale_order_id) ?? 0;
      const lines = linesByOrder.get(orderId) ?? [];
      const opportunity = opportunities.get(orderId);
      return {
        id: row.id,
        state: {
          name: textOf(row.name),
          code: nameOf(row.sale_order_id),
          customer: customers.get(idOf(row.partner_id) ?? 0) ?? null,
          contract: wasConfirmed(row) ? String(orderId) : null,
          legal_entity: nameOf(row.company_id),
          status: statusOf(row),
          billable: row.allow_billable === true,
          billing_method: row.allow_billable === true ? billingMethodOfLines(lines) : 'none',
          currency: nameOf(row.currency_id),
          budget: budgetOf(row.id, lines),
          budget_hours: row.allocated_hours ? quantityText(decimalOf(row.allocated_hours)) : null,
          starts_on: dayOf(row.date_start),
          ends_on: dayOf(row.date),
          manager_email: emails.get(idOf(row.user_id) ?? 0) ?? null,
          ...own.stateOf(row),
        },
        // It tells which projects it became.
        touches: opportunity === undefined ? [] : [opportunity],
      };
    });
  },
  finders: {
    code: {
      fields: ['sale_order_id'],
      candidates: (code) => [['sale_order_id.name', '=ilike', likeText(code)]],
      valueOf: (row) => nameOf(row.sale_order_id),
    },
    name: {
      fields: ['name'],
      candidates: (name) => [['name', '=ilike', likeText(name)]],
      valueOf: (row) => textOf(row.name),
    },
  },
};

/** An order that was never confirmed is no contract yet. */
const wasConfirmed = (row: Row): boolean =>
  row.sale_order_state === 'sale' || row.sale_order_state === 'cancel';

function statusOf(row: Row): string {
  if (row.active !== true || row.allow_timesheets !== true) return 'closed';
  return row.last_update_status === 'on_hold' ? 'paused' : 'active';
}

/**
 * What the lines of its order come to that belong to this project. Lines of no project belong to the only one; where an
 * order made several they belong to none.
 */
function budgetOf(projectId: number, lines: readonly OrderLine[]): string | null {
  const agreed = lines.filter(({ isExtra }) => !isExtra);
  if (agreed.length === 0) return null;
  const others = agreed.some((line) => line.projectId !== null && line.projectId !== projectId);
  const own = agreed.filter((line) => line.projectId === projectId || (line.projectId === null && !others));
  return moneyText(own.reduce((total, line) => total.plus(line.ordersFor), new Decimal(0)));
}

/** The sale that each order comes from. One call. */
async function opportunitiesOfOrders(
  client: OdooClient,
  orderIds: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, ObjectKey>> {
  if (orderIds.length === 0) return new Map();
  const rows = await client.searchRead(
    'sale.order',
    [
      ['id', 'in', orderIds],
      ['opportunity_id', '!=', false],
    ],
    ['opportunity_id'],
    { signal, action: `read the opportunities of ${orderIds.length} orders` },
  );
  return new Map(
    rows.map((row) => [row.id, { entity: 'opportunity', id: String(idOf(row.opportunity_id)) }]),
  );
}
