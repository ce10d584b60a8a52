import type { State } from '../../entities/field.ts';
import type { OdooClient } from './client.ts';
import type { OrderLine } from './order-line.ts';
import { customersOfPartners, distinctIds } from './related.ts';
import { billingMethodOfLines, serviceLineOfLines } from './terms.ts';
import { decimalOf, idOf, moneyText, nameOf, type Row, referenceOf, textOf } from './value.ts';

/** Fields of `sale.order` that both a quote and a contract are made of. */
export const orderFields = [
  'name',
  'state',
  'partner_invoice_id',
  'opportunity_id',
  'company_id',
  'payment_term_id',
  'fiscal_position_id',
  'amount_untaxed',
  'currency_id',
  'date_order',
] as const;

/** The customer that each order is billed to, by the id of the address that it is billed at. One call. */
export const customersOfOrders = (client: OdooClient, orders: readonly Row[], signal: AbortSignal) =>
  customersOfPartners(client, distinctIds(orders, 'partner_invoice_id'), signal);

/** The part of its state that an order has as a quote and as a contract. */
export function orderState(
  row: Row,
  lines: readonly OrderLine[],
  customers: ReadonlyMap<number, string>,
): State {
  return {
    number: textOf(row.name),
    // Orders have no name of their own: people know them by the sale, or by what stands in them first.
    name: nameOf(row.opportunity_id) ?? lines.find(({ isExtra }) => !isExtra)?.description ?? null,
    customer: customers.get(idOf(row.partner_invoice_id) ?? 0) ?? null,
    opportunity: referenceOf(row.opportunity_id),
    legal_entity: nameOf(row.company_id),
    service_line: serviceLineOfLines(lines),
    billing_method: billingMethodOfLines(lines),
    payment_terms: nameOf(row.payment_term_id),
    tax_position: nameOf(row.fiscal_position_id),
    currency: nameOf(row.currency_id),
  };
}

export const untaxedOf = (row: Row): string => moneyText(decimalOf(row.amount_untaxed));
