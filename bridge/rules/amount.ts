import { Decimal } from 'decimal.js';
import { decimalPattern } from '../entities/field.ts';

/** Enough for every amount with every rate; what does not come out even is rounded at the last of these digits. */
const Exact = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_UP });

/**
 * A decimal as expressions know it: exact, and possibly empty. Whatever is computed with an empty one is empty, and an
 * empty one is equal only to another empty one, less or more than none.
 */
export class Amount {
  readonly value: Decimal | null;

  constructor(value: Decimal | null) {
    this.value = value;
  }
}

/** @throws Error when the text is no decimal */
export function amountOf(text: string | null): Amount {
  if (text !== null && !decimalPattern.test(text))
    throw new Error(`"${text}" is no decimal such as "1250.50"`);
  return new Amount(text === null ? null : new Exact(text));
}

/** `"1250.50"` without a power of ten; `null` for an empty one. */
export const amountText = ({ value }: Amount): string | null => (value === null ? null : value.toFixed());

export type Operand = Amount | bigint | number;

type Calculation = (left: Decimal, right: Decimal) => Decimal;
const calculations: Readonly<Record<string, Calculation>> = {
  '+': (left, right) => left.plus(right),
  '-': (left, right) => left.minus(right),
  '*': (left, right) => left.times(right),
  '/': (left, right) => {
    if (right.isZero()) throw new Error('division by zero');
    return left.div(right);
  },
};

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** What each operator does with two operands of which at least one is an amount. */
export const amountOperators: Readonly<Record<string, (left: Operand, right: Operand) => Amount | boolean>> =
  {
    ...Object.fromEntries(
      Object.entries(calculations).map(([operator, calculate]) => [
        operator,
        (left: Operand, right: Operand) => {
          const [first, second] = [decimalOf(left), decimalOf(right)];
          return new Amount(first === null || second === null ? null : calculate(first, second));
        },
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(comparisons).map(([operator, holds]) => [
        operator,
        (left: Operand, right: Operand) => {
          const [first, second] = [decimalOf(left), decimalOf(right)];
          return first !== null && second !== null && holds(first.comparedTo(second));
        },
      ]),
    ),
    '==': (left, right) => {
      const [first, second] = [decimalOf(left), decimalOf(right)];
      return first === null || second === null ? first === second : first.equals(second);
    },
  };

export const negated = ({ value }: Amount): Amount => new Amount(value === null ? null : value.negated());

/** Half is rounded away from zero, as on an invoice. */
export const rounded = ({ value }: Amount, places: bigint): Amount =>
  new Amount(value === null ? null : value.toDecimalPlaces(Number(places)));

function decimalOf(operand: Operand): Decimal | null {
  if (operand instanceof Amount) return operand.value;
  return new Exact(typeof operand === 'bigint' ? operand.toString() : operand);
}
