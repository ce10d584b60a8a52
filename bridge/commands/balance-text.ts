import type { Decimal } from 'decimal.js';
import { type BalanceRow, columns, isBalanced, type Sum } from '../controls/balance.ts';
import type { ControlReport } from '../controls/report.ts';
import { counted } from './words.ts';

const titles = {
  approved: 'approved',
  posted: 'posted',
  pending: 'pending',
  rejected: 'rejected',
  exempt: 'not billed',
  different: 'different',
} as const;

/** The balance for people. @param limit how many customers and months it shows; all are summed up */
export function balanceText({ balance, balanced }: ControlReport, limit: number): string[] {
  if (balance.length === 0) return ['', 'No approved time.'];
  const unpriced = balance.reduce((count, row) => count + row.unpriced, 0);
  const shown = mostTelling(balance, limit);
  return [
    '',
    'Approved time, and where it is (hours, money without tax)',
    ...balanceTable(shown, balance),
    balanced
      ? 'Balanced: approved = posted + pending + rejected + not billed + different, to the minute and the cent.'
      : `NOT BALANCED in ${counted(balance.filter((row) => !isBalanced(row)).length, 'row', 'rows')}: something is not accounted for. bridge reconcile looks at both sides.`,
    ...(unpriced === 0
      ? []
      : [
          unpriced === 1
            ? '1 entry has no price that is known; it counts in hours only.'
            : `${unpriced} entries have no price that is known; they count in hours only.`,
        ]),
  ];
}

/** Those that do not balance go first, then those with something left to do, then the newest; shown in the usual order. */
function mostTelling(balance: readonly BalanceRow[], limit: number): readonly BalanceRow[] {
  if (balance.length <= limit) return balance;
  const isOpen = ({ sums: { pending, rejected, different } }: BalanceRow) =>
    [pending, rejected, different].some(({ hours, amount }) => !hours.isZero() || !amount.isZero());
  const urgency = (row: BalanceRow) => (isBalanced(row) ? (isOpen(row) ? 1 : 0) : 2);
  const chosen = new Set(
    [...balance]
      .reverse()
      .sort((left, right) => urgency(right) - urgency(left))
      .slice(0, limit),
  );
  return balance.filter((row) => chosen.has(row));
}

interface Block {
  readonly title: string;
  readonly lines: readonly (readonly string[])[];
}

/** Month and customer stand in a line of their own, so that their sums fit on a screen. */
function balanceTable(shown: readonly BalanceRow[], all: readonly BalanceRow[]): string[] {
  const blocks: Block[] = shown.map((row) => ({
    title: `${row.month ?? '–'}  ${nameOf(row)}`,
    lines: linesOf([row]),
  }));
  const omitted = all.length - shown.length;
  if (omitted > 0) blocks.push({ title: `… and ${omitted} more: --limit shows them.`, lines: [] });
  if (all.length > 1) blocks.push({ title: 'all together', lines: linesOf(all) });
  const head = ['', ...columns.map((column) => titles[column]), 'left over'];
  const widths = blocks
    .flatMap(({ lines }) => lines)
    .reduce(
      (most, line) => most.map((width, column) => Math.max(width, line[column]?.length ?? 0)),
      [...head.map((title) => title.length)],
    );
  const line = (values: readonly string[]) =>
    `           ${values.map((value, column) => (column === 0 ? value.padEnd(widths[0] ?? 0) : value.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd();
  return [line(head), ...blocks.flatMap(({ title, lines }) => [`  ${title}`, ...lines.map(line)])];
}

/** One line of hours, and one for each currency; time without any price has none. */
function linesOf(rows: readonly BalanceRow[]): string[][] {
  const hours = sumsOf(rows).map((sum) => (sum.hours.isZero() ? '–' : hoursText(sum.hours)));
  const money = [...Map.groupBy(rows, ({ currency }) => currency)]
    .map(([currency, some]) => ({ currency, amounts: sumsOf(some).map(({ amount }) => amount) }))
    .filter(({ currency, amounts }) => currency !== null || amounts.some((amount) => !amount.isZero()))
    .map(({ currency, amounts }) => [
      currency ?? 'money',
      ...amounts.map((amount) => (amount.isZero() ? '–' : amount.toFixed(2))),
    ]);
  return [['hours', ...hours], ...money];
}

/** Of each column, and of what is left over. */
const sumsOf = (rows: readonly BalanceRow[]): Sum[] =>
  [
    ...columns.map((column) => (row: BalanceRow) => row.sums[column]),
    ({ remainder }: BalanceRow) => remainder,
  ].map((of) =>
    rows.map(of).reduce((sum, { hours, amount }) => ({
      hours: sum.hours.plus(hours),
      amount: sum.amount.plus(amount),
    })),
  );

const nameOf = ({ customer, legalEntity }: BalanceRow): string =>
  [customer ?? 'no customer', ...(legalEntity === null ? [] : [`(${legalEntity})`])].join(' ');

/** Hours and minutes, `7:30`. */
function hoursText(hours: Decimal): string {
  const minutes = hours.abs().times(60);
  const whole = minutes.toDecimalPlaces(0);
  // What is no whole minute is shown as it is.
  if (!whole.equals(minutes)) return `${hours.toFixed()} h`;
  const sign = hours.isNegative() && !hours.isZero() ? '-' : '';
  return `${sign}${whole.divToInt(60)}:${whole.mod(60).toFixed().padStart(2, '0')}`;
}
