import { Decimal } from 'decimal.js';
import type { State } from '../../entities/field.ts';
import { dayOf, decimalOf, moneyText, nameOf, type Row, textOf } from './value.ts';

/** Fields of `account.move` that the summary is made of. */
export const billedMoveFields = [
  'name',
  'move_type',
  'amount_total',
  'amount_residual',
  'currency_id',
  'invoice_date',
  'invoice_date_due',
  'payment_state',
] as const;

interface BilledMove {
  readonly id: number;
  readonly isCreditNote: boolean;
  readonly number: string | null;
  /** Credit notes count negative. */
  readonly total: Decimal;
  readonly open: Decimal;
  readonly currency: string | null;
  readonly issuedOn: string;
  readonly dueOn: string | null;
  readonly payment: string | null;
}

const paymentStates = new Set(['not_paid', 'partial', 'in_payment', 'paid', 'reversed', 'blocked']);

/** Payment status of an invoice; `null` for entries from before Odoo kept one. */
export function paymentOf(value: unknown): string | null {
  const state = textOf(value);
  return state !== null && paymentStates.has(state) ? state : null;
}

function billedMove(row: Row): BilledMove {
  const isCreditNote = row.move_type === 'out_refund';
  const sign = isCreditNote ? -1 : 1;
  return {
    id: row.id,
    isCreditNote,
    number: textOf(row.name),
    total: decimalOf(row.amount_total).times(sign),
    open: decimalOf(row.amount_residual).times(sign),
    currency: nameOf(row.currency_id),
    issuedOn: dayOf(row.invoice_date) ?? '',
    dueOn: dayOf(row.invoice_date_due),
    payment: paymentOf(row.payment_state),
  };
}

const isOverdue = (move: BilledMove, today: string): boolean =>
  !move.isCreditNote &&
  move.open.isPositive() &&
  !move.open.isZero() &&
  move.dueOn !== null &&
  move.dueOn < today;

/**
 * The billing fields of a customer or an opportunity from its posted invoices and credit notes, rows of
 * `billedMoveFields`.
 *
 * @param today `YYYY-MM-DD`; an invoice is overdue from the day after its due day
 */
export function summarizeBilling(rows: readonly Row[], today: string): State {
  const moves = rows.map(billedMove);
  const [currency, ...otherCurrencies] = new Set(moves.map((move) => move.currency));
  const comparable = otherCurrencies.length === 0;
  const invoiced = Decimal.sum(0, ...moves.map((move) => move.total));
  const open = Decimal.sum(0, ...moves.map((move) => move.open));
  const latest = latestInvoice(moves);
  return {
    billing_status: statusOf(moves, today),
    billing_currency: comparable ? (currency ?? null) : null,
    // A sum over several currencies would be a number without meaning.
    billing_invoiced: comparable ? moneyText(invoiced) : null,
    billing_open: comparable ? moneyText(open) : null,
    billing_invoice_number: latest?.number ?? null,
    billing_invoice_total: latest === undefined ? null : moneyText(latest.total),
    billing_invoice_due_on: latest?.dueOn ?? null,
    billing_invoice_status:
      latest === undefined ? null : isOverdue(latest, today) ? 'overdue' : latest.payment,
  };
}

/** From what asks most to be looked at. */
const worstFirst = ['overdue', 'open', 'partial', 'paid', 'credited'] as const;

/** Amounts of different currencies are not weighed against each other: the worst status of one of them counts. */
function statusOf(moves: readonly BilledMove[], today: string): string {
  const byCurrency = [...Map.groupBy(moves, ({ currency }) => currency).values()];
  const found = new Set(byCurrency.map((some) => statusInCurrency(some, today)));
  return worstFirst.find((status) => found.has(status)) ?? 'none';
}

function statusInCurrency(moves: readonly BilledMove[], today: string): (typeof worstFirst)[number] {
  const invoiced = Decimal.sum(0, ...moves.map((move) => move.total));
  const open = Decimal.sum(0, ...moves.map((move) => move.open));
  // An invoice and a credit note that were not reconciled yet leave nothing to be paid, so nothing is late.
  if (open.greaterThan(0) && moves.some((move) => isOverdue(move, today))) return 'overdue';
  if (!invoiced.greaterThan(0) && moves.some((move) => move.isCreditNote)) return 'credited';
  if (!open.greaterThan(0)) return 'paid';
  return open.lessThan(invoiced) ? 'partial' : 'open';
}

/** Newest issue day, then highest id. A credit note only where there is nothing else. */
function latestInvoice(moves: readonly BilledMove[]): BilledMove | undefined {
  const invoices = moves.filter((move) => !move.isCreditNote);
  return (invoices.length > 0 ? invoices : moves).toSorted(
    (left, right) => right.issuedOn.localeCompare(left.issuedOn) || right.id - left.id,
  )[0];
}
