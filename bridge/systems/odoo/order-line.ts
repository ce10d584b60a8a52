import { Decimal } from 'decimal.js';
import type { OdooClient } from './client.ts';
import { type Measures, measuresOf } from './measures.ts';
import { distinctIds } from './related.ts';
import { decimalOf, idOf, nameOf, type Row, textOf } from './value.ts';

/** A line of an order, without sections, notes and down payments' own titles. */
export interface OrderLine {
  readonly id: number;
  readonly orderId: number;
  /** The project that it made, or that its task is in. */
  readonly projectId: number | null;
  readonly description: string | null;
  /** How its product is billed, by Odoo's name; `null` for what is no service. */
  readonly policy: string | null;
  /** Its product's category. */
  readonly serviceLine: string | null;
  /** Hours in one of it; `null` where it is not sold by time. */
  readonly hoursEach: Decimal | null;
  /** What is delivered is counted in timesheets. */
  readonly countsTime: boolean;
  readonly ordered: Decimal;
  readonly delivered: Decimal;
  /** Price of one without tax, less the discount. */
  readonly price: Decimal;
  readonly currencyId: number | null;
  readonly currency: string | null;
  /** Ordered value without tax. */
  readonly ordersFor: Decimal;
  /** Posted invoices less credit notes, without tax. */
  readonly billed: Decimal;
  /** Its order is or was confirmed. */
  readonly isAgreed: boolean;
  /** An expense or a down payment that is billed by way of the order: nothing that was agreed. */
  readonly isExtra: boolean;
}

const orderLineFields = [
  'order_id',
  'state',
  'project_id',
  'name',
  'product_id',
  'product_uom_id',
  'qty_delivered_method',
  'product_uom_qty',
  'qty_delivered',
  'price_unit',
  'discount',
  'price_subtotal',
  'price_reduce_taxexcl',
  'currency_id',
  'untaxed_amount_invoiced',
  'is_expense',
  'is_downpayment',
] as const;

/** Lines of each order, in the order in which they stand there. Two calls. */
export async function linesOfOrders(
  client: OdooClient,
  orderIds: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, readonly OrderLine[]>> {
  if (orderIds.length === 0) return new Map();
  const lines = await readOrderLines(
    client,
    [
      ['order_id', 'in', orderIds],
      ['display_type', '=', false],
    ],
    `read the lines of ${orderIds.length} orders`,
    signal,
  );
  return Map.groupBy(lines, (line) => line.orderId);
}

/** Lines by their ids. Two calls. */
export async function linesById(
  client: OdooClient,
  lineIds: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, OrderLine>> {
  if (lineIds.length === 0) return new Map();
  const action = `read ${lineIds.length} lines of orders`;
  const lines = await readOrderLines(client, [['id', 'in', lineIds]], action, signal);
  return new Map(lines.map((line) => [line.id, line]));
}

async function readOrderLines(
  client: OdooClient,
  domain: readonly unknown[],
  action: string,
  signal: AbortSignal,
): Promise<OrderLine[]> {
  const [rows, measures] = await Promise.all([
    client.searchRead('sale.order.line', domain, orderLineFields, {
      signal,
      action,
      order: 'order_id, sequence, id',
    }),
    measuresOf(client, signal),
  ]);
  const productIds = distinctIds(rows, 'product_id');
  const products =
    productIds.length === 0
      ? []
      : await client.searchRead(
          'product.product',
          [['id', 'in', productIds]],
          ['type', 'service_policy', 'categ_id'],
          { signal, action: `read ${productIds.length} products` },
        );
  const productById = new Map(products.map((product) => [product.id, product]));
  return rows.map((row) => orderLineOf(row, productById.get(idOf(row.product_id) ?? 0), measures));
}

/**
 * @param row of `sale.order.line`
 * @param product its row: `type`, `service_policy`, `categ_id`; absent where the line has none
 */
export function orderLineOf(row: Row, product: Row | undefined, measures: Measures): OrderLine {
  const currencyId = idOf(row.currency_id);
  return {
    id: row.id,
    orderId: idOf(row.order_id) ?? 0,
    projectId: idOf(row.project_id),
    description: textOf(row.name)?.split('\n')[0]?.trim() || null,
    policy: product?.type === 'service' ? textOf(product.service_policy) : null,
    serviceLine: categoryOf(product),
    hoursEach: measures.hoursOf(idOf(row.product_uom_id)) ?? hoursOfUnit(row, product),
    countsTime: row.qty_delivered_method === 'timesheet',
    ordered: decimalOf(row.product_uom_qty),
    delivered: decimalOf(row.qty_delivered),
    price: priceOf(row),
    currencyId,
    currency: nameOf(row.currency_id),
    ordersFor: decimalOf(row.price_subtotal),
    billed: decimalOf(row.untaxed_amount_invoiced),
    isAgreed: row.state === 'sale' || row.state === 'cancel',
    isExtra: row.is_expense === true || row.is_downpayment === true,
  };
}

/** Odoo takes a unit of what is billed by timesheets for an hour. What is prepaid by the unit is a price for the whole. */
const hoursOfUnit = (row: Row, product: Row | undefined): Decimal | null =>
  row.qty_delivered_method === 'timesheet' && product?.service_policy === 'delivered_timesheet'
    ? new Decimal(1)
    : null;

/** Odoo's name of a category starts with those above it: `All / Services / Data engineering`. */
const categoryOf = (product: Row | undefined): string | null =>
  nameOf(product?.categ_id)?.split(' / ').at(-1) ?? null;

/** More than this is no rounding: then the price has tax in it. */
const tolerance = new Decimal('0.011');

/** Odoo rounds what a line costs to cents; the price itself may have more places. */
function priceOf(row: Row): Decimal {
  const quantity = decimalOf(row.product_uom_qty);
  const price = decimalOf(row.price_unit).times(
    new Decimal(100).minus(decimalOf(row.discount)).dividedBy(100),
  );
  const hasTax = price.times(quantity).minus(decimalOf(row.price_subtotal)).abs().greaterThan(tolerance);
  return hasTax ? decimalOf(row.price_reduce_taxexcl) : price.toDecimalPlaces(6);
}
