import { billedMoveFields } from './billing.ts';
import type { OdooClient } from './client.ts';
import { idOf, idsOf, type Row, textOf } from './value.ts';

/** Posted invoices, and names of projects, by way of the opportunity's orders. Three calls. */
export async function whatBecameOf(client: OdooClient, ids: readonly number[], signal: AbortSignal) {
  const orders =
    ids.length === 0
      ? []
      : await client.searchRead(
          'sale.order',
          [['opportunity_id', 'in', ids]],
          ['opportunity_id', 'invoice_ids'],
          { signal, action: `read the orders of ${ids.length} opportunities` },
        );
  const ordersByOpportunity = Map.groupBy(orders, (order) => idOf(order.opportunity_id) ?? 0);
  const [moves, projects] = await Promise.all([
    movesOf(client, ordersByOpportunity, signal),
    projectsOf(client, ordersByOpportunity, signal),
  ]);
  return { moves, projects };
}

type OrdersByOpportunity = ReadonlyMap<number, readonly Row[]>;

async function movesOf(client: OdooClient, ordersByOpportunity: OrdersByOpportunity, signal: AbortSignal) {
  const moves = new Map<number, Row[]>();
  const moveIds = new Set(
    [...ordersByOpportunity.values()].flat().flatMap((order) => idsOf(order.invoice_ids)),
  );
  if (moveIds.size === 0) return moves;
  const rows = await client.searchRead(
    'account.move',
    [
      ['id', 'in', [...moveIds]],
      ['state', '=', 'posted'],
    ],
    billedMoveFields,
    { signal, action: `read the invoices of ${ordersByOpportunity.size} opportunities` },
  );
  const rowById = new Map(rows.map((row) => [row.id, row]));
  for (const [id, orders] of ordersByOpportunity) {
    // An invoice over several orders of one sale counts once.
    const distinct = new Set(orders.flatMap((order) => idsOf(order.invoice_ids)));
    moves.set(
      id,
      [...distinct].map((moveId) => rowById.get(moveId)).filter((row) => row !== undefined),
    );
  }
  return moves;
}

/** Names, in the order in which the projects were made. */
async function projectsOf(client: OdooClient, ordersByOpportunity: OrdersByOpportunity, signal: AbortSignal) {
  const projects = new Map<number, string[]>();
  const opportunityByOrder = new Map(
    [...ordersByOpportunity].flatMap(([id, orders]) => orders.map((order) => [order.id, id] as const)),
  );
  if (opportunityByOrder.size === 0) return projects;
  const rows = await client.searchRead(
    'project.project',
    [['sale_line_id.order_id', 'in', [...opportunityByOrder.keys()]]],
    ['name', 'sale_order_id'],
    { signal, action: `read the projects of ${ordersByOpportunity.size} opportunities` },
  );
  for (const row of rows) {
    const opportunity = opportunityByOrder.get(idOf(row.sale_order_id) ?? 0);
    const name = textOf(row.name);
    if (opportunity !== undefined && name !== null)
      projects.set(opportunity, [...(projects.get(opportunity) ?? []), name]);
  }
  return projects;
}
