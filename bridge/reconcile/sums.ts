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
  /** Counts amounts in all of these columns. */
  add(into: readonly Column[], amounts: readonly Amount[]): void;
  subtract(from: Column, amounts: readonly Amount[]): void;
  /** Those that changed since they were taken last. */
  takeChanged(): StoredTotal[];
}

/** @param before sums that an earlier part of the same run came to */
export function createSums(before: readonly StoredTotal[]): Sums {
  const sums = new Map<string, Sum>();
  // The same few groups come again and again as the same lists, which are found without making a text of each.
  let byGroup = new WeakMap<Group, Sum[]>();
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
    const { group, field, currency } = amount;
    let near = byGroup.get(group);
    const found = near?.find((sum) => sum.field === field && sum.currency === currency);
    if (found !== undefined) return found;
    if (near === undefined) {
      near = [];
      byGroup.set(group, near);
    }
    const key = keyOf(amount);
    let sum = sums.get(key);
    if (sum === undefined) {
      const values = { here: zero, there: zero, waiting: zero, wholeHere: zero, wholeThere: zero };
      sum = { group, field, currency, values, changed: true };
      sums.set(key, sum);
    }
    near.push(sum);
    return sum;
  }

  return {
    add(into, amounts) {
      for (const amount of amounts) {
        const sum = sumOf(amount);
        const value = new Decimal(amount.value);
        sum.changed = true;
        for (const column of into) sum.values[column] = sum.values[column].plus(value);
      }
    },
    subtract(from, amounts) {
      for (const amount of amounts) {
        const sum = sumOf(amount);
        sum.changed = true;
        sum.values[from] = sum.values[from].minus(amount.value);
      }
    },
    takeChanged() {
      byGroup = new WeakMap();
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
