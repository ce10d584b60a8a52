import { Decimal } from 'decimal.js';
import type { Measures } from './measures.ts';
import type { OrderLine } from './order-line.ts';
import { moneyText, quantityText } from './value.ts';

/** How the work of a line is billed, in the words of the dimension `billing_method`; `null` for what is no service. */
function billingMethodOf({ policy, hoursEach }: Pick<OrderLine, 'policy' | 'hoursEach'>): string | null {
  switch (policy) {
    case 'ordered_prepaid':
      return hoursEach === null ? 'fixed_fee' : 'retainer';
    case 'delivered_timesheet':
      return 'time_and_materials';
    case 'delivered_milestones':
      return 'milestone';
    case 'delivered_manual':
      return 'fixed_fee';
    default:
      return null;
  }
}

/** What counts most in an order: that with the largest value, of several as large the one that stands first. */
function heaviest<Kind>(lines: readonly OrderLine[], kindOf: (line: OrderLine) => Kind | null): Kind | null {
  const weights = new Map<Kind, Decimal>();
  for (const line of lines) {
    const kind = line.isExtra ? null : kindOf(line);
    if (kind === null) continue;
    weights.set(kind, (weights.get(kind) ?? new Decimal(0)).plus(line.ordersFor));
  }
  let found: Kind | null = null;
  for (const [kind, weight] of weights)
    if (found === null || weight.greaterThan(weights.get(found) ?? 0)) found = kind;
  return found;
}

export const billingMethodOfLines = (lines: readonly OrderLine[]): string | null =>
  heaviest(lines, billingMethodOf);

/** Of the lines that are services. */
export const serviceLineOfLines = (lines: readonly OrderLine[]): string | null =>
  heaviest(lines, (line) => (line.policy === null ? null : line.serviceLine));

/** Agreed hours of the lines that are sold by time; `null` where none is. */
export function hoursOfLines(lines: readonly OrderLine[]): string | null {
  const byTime = lines.filter(
    ({ isExtra, hoursEach, policy }) => !isExtra && hoursEach !== null && policy !== null,
  );
  if (byTime.length === 0) return null;
  return quantityText(sum(byTime, (line) => line.ordered.times(line.hoursEach ?? 0)));
}

/** Hours of the timesheets of the lines whose delivery they count; `null` where none does. */
export function hoursDeliveredOfLines(lines: readonly OrderLine[]): string | null {
  const byTime = lines.filter(({ countsTime }) => countsTime);
  if (byTime.length === 0) return null;
  // A price for the whole counts its timesheets as they are.
  return quantityText(sum(byTime, (line) => line.delivered.times(line.hoursEach ?? 1)));
}

/**
 * Value of what was delivered. A price for the whole that is due with the order says nothing of how much of it was
 * delivered, so such lines do not count; `null` where there are no others.
 */
export function deliveredOfLines(lines: readonly OrderLine[], measures: Measures): string | null {
  const measured = lines.filter((line) => !(line.policy === 'ordered_prepaid' && line.hoursEach === null));
  if (measured.length === 0) return null;
  return moneyText(
    sum(measured, (line) => measures.rounded(line.delivered.times(line.price), line.currencyId)),
  );
}

export const billedOfLines = (lines: readonly OrderLine[]): string =>
  moneyText(sum(lines, ({ billed }) => billed));

/** Price of an hour without tax; `null` for what is not sold by time. */
export function hourlyRateOf({ price, hoursEach }: Pick<OrderLine, 'price' | 'hoursEach'>): string | null {
  if (hoursEach === null || hoursEach.isZero()) return null;
  return moneyText(price.dividedBy(hoursEach).toDecimalPlaces(6));
}

const sum = (lines: readonly OrderLine[], amountOf: (line: OrderLine) => Decimal): Decimal =>
  lines.reduce((total, line) => total.plus(amountOf(line)), new Decimal(0));
