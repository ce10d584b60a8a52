import { Decimal } from 'decimal.js';

/** Where approved time is. `different` is what both sides have otherwise; it has a line for each. */
export const columns = ['approved', 'posted', 'pending', 'rejected', 'exempt', 'different'] as const;
export type Column = (typeof columns)[number];

/** Hours, and money without tax where prices are known. */
export interface Sum {
  readonly hours: Decimal;
  readonly amount: Decimal;
}

export interface BalanceKey {
  readonly customer: string | null;
  /** Several customers may have one name. The id in the erp; `<system>:<id>` for one that is not there. */
  readonly customerId: string | null;
  readonly legalEntity: string | null;
  /** `2026-10` */
  readonly month: string | null;
  readonly currency: string | null;
}

/** Approved time of one customer in one month, and where it is. */
export interface BalanceRow extends BalanceKey {
  readonly sums: Readonly<Record<Column, Sum>>;
  /** Approved less all the others: zero, or something is not accounted for. */
  readonly remainder: Sum;
  /** Entries without a known price; they count in hours only. */
  readonly unpriced: number;
}

const nothing: Sum = { hours: new Decimal(0), amount: new Decimal(0) };

interface Account {
  readonly key: BalanceKey;
  readonly sums: Record<Column, Sum>;
  unpriced: number;
}

export interface Books {
  add(key: BalanceKey, column: Column, hours: Decimal, amount: Decimal | null): void;
  rows(): BalanceRow[];
}

/**
 * Adds up approved time by where it is. What was approved is counted in one system and what was posted in the other, each
 * for itself, so that the remainder says whether both agree.
 */
export function createBooks(): Books {
  const accounts = new Map<string, Account>();

  function accountOf(key: BalanceKey): Account {
    const name = JSON.stringify([key.customerId, key.legalEntity, key.month, key.currency]);
    let account = accounts.get(name);
    if (account === undefined) {
      const sums = Object.fromEntries(columns.map((column) => [column, nothing]));
      account = { key, sums: sums as Record<Column, Sum>, unpriced: 0 };
      accounts.set(name, account);
    }
    return account;
  }

  return {
    add(key, column, hours, amount) {
      const account = accountOf(key);
      const sum = account.sums[column];
      account.sums[column] = {
        hours: sum.hours.plus(hours),
        amount: amount === null ? sum.amount : sum.amount.plus(amount),
      };
      if (amount === null && column === 'approved') account.unpriced++;
    },
    rows: () =>
      [...accounts.values()]
        .map(({ key, sums, unpriced }) => ({ ...key, sums, remainder: remainderOf(sums), unpriced }))
        .sort(inOrder),
  };
}

function remainderOf(sums: Readonly<Record<Column, Sum>>): Sum {
  const others = columns.filter((column) => column !== 'approved').map((column) => sums[column]);
  const less = (part: keyof Sum) => others.reduce((rest, sum) => rest.minus(sum[part]), sums.approved[part]);
  return { hours: less('hours'), amount: less('amount') };
}

export const isBalanced = ({ remainder }: Pick<BalanceRow, 'remainder'>): boolean =>
  remainder.hours.isZero() && remainder.amount.isZero();

function inOrder(left: BalanceKey, right: BalanceKey): number {
  for (const part of ['month', 'customer', 'customerId', 'legalEntity', 'currency'] as const) {
    const order = (left[part] ?? '').localeCompare(right[part] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}
