import { Decimal } from 'decimal.js';
import { decimalPattern, type Field, type Value } from './field.ts';
import { isList, sameValue } from './state.ts';

/**
 * Whether two systems say the same of a field, however each of them writes it: decimals are compared by value
 * (`1250.50` is `1250.5`), lists as sets, and an empty list is as empty as `null`. An absent value is not known, and
 * equals none but an absent one.
 */
export function sameFieldValue(
  field: Pick<Field, 'kind'>,
  left: Value | undefined,
  right: Value | undefined,
): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined) return false;
  if (field.kind === 'references') return sameSet(membersOf(left), membersOf(right));
  if (field.kind === 'decimal' && isDecimal(left) && isDecimal(right))
    return new Decimal(left).equals(new Decimal(right));
  return sameValue(left, right);
}

const isDecimal = (value: Value): value is string => typeof value === 'string' && decimalPattern.test(value);

const membersOf = (value: Value): ReadonlySet<string> => new Set(isList(value) ? value : []);

const sameSet = (left: ReadonlySet<string>, right: ReadonlySet<string>): boolean =>
  left.size === right.size && [...left].every((member) => right.has(member));
