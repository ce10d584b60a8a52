import { Decimal } from 'decimal.js';
import type { Effect } from '../store/reconciliation-finding.ts';
import type { StoredTotal } from '../store/reconciliation-total.ts';

/** Values of the dimensions, in their order. */
export type Group = readonly (string | null)[];

/** How much of a field an object has. */
export interface Amount {
  readonly group: Group;
  readonly field: string;
  readonly currency: string;
  /** Decimal. */
  readonly value: string;
}

export const columns = ['here', 'there', 'waiting', 'wholeHere', 'wholeThere'] as const;
export type Column = (typeof columns)[number];

interface Sum {
  readonly group: Group;
  readonly field: string;
  readonly currency: string;
  readonly values: Record<Column, Decimal>;
  changed: boolean;
}

const zero = new Decimal(0);

/** What both sides add up to, group by group. */
export interface Sums {
  add(column: Column, amounts: readonly Amount[]): void;
  subtract(column: Column, amounts: readonly Amount[]): void;
  /** Those that changed since they were taken last. */
  takeChanged(): StoredTotal[];
}

/** @param before sums that an earlier part of the same run came to */
export function createSums(before: readonly StoredTotal[]): Sums {
  const sums = new Map<string, Sum>();
  for (const total of before) {
    const { group, field, currency } = total;
    const values = Object.fromEntries(columns.map((column) => [column, new Decimal(total[column])]));
    sums.set(keyOf(total), {
      group,
      field,
      currency,
      values: values as Record<Column, Decimal>,
      changed: false,
    });
  }

  function sumOf(amount: Amount): Sum {
    const key = keyOf(amount);
    let sum = sums.get(key);
    if (sum === undefined) {
      const { group, field, currency } = amount;
      const values = { here: zero, there: zero, waiting: zero, wholeHere: zero, wholeThere: zero };
      sum = { group, field, currency, values, changed: true };
      sums.set(key, sum);
    }
    sum.changed = true;
    return sum;
  }

  return {
    add(column, amounts) {
      for (const amount of amounts) {
        const { values } = sumOf(amount);
        values[column] = values[column].plus(amount.value);
      }
    },
    subtract(column, amounts) {
      for (const amount of amounts) {
        const { values } = sumOf(amount);
        values[column] = values[column].minus(amount.value);
      }
    },
    takeChanged() {
      const changed: StoredTotal[] = [];
      for (const sum of sums.values()) {
        if (!sum.changed) continue;
        sum.changed = false;
        const { group, field, currency, values } = sum;
        const texts = Object.fromEntries(columns.map((column) => [column, values[column].toFixed()]));
        changed.push({ group, field, currency, ...(texts as Record<Column, string>) });
      }
      return changed;
    },
  };
}

const keyOf = ({ group, field, currency }: Pick<Amount, 'group' | 'field' | 'currency'>): string =>
  `${group.join('\u0000')}\u0000\u0000${field}\u0000${currency}`;

/** What is here and not there counts positive; what makes no difference is left out. */
export function effectsOf(here: readonly Amount[], there: readonly Amount[]): Effect[] {
  const effects = new Map<string, { amount: Amount; value: Decimal }>();
  const note = (amount: Amount, value: Decimal) => {
    const key = keyOf(amount);
    effects.set(key, { amount, value: (effects.get(key)?.value ?? zero).plus(value) });
  };
  for (const amount of here) note(amount, new Decimal(amount.value));
  for (const amount of there) note(amount, new Decimal(amount.value).negated());
  return [...effects.values()].flatMap(({ amount: { group, field, currency }, value }) =>
    value.isZero() ? [] : [{ group, field, currency, amount: value.toFixed() }],
  );
}
