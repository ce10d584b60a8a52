import { Decimal } from 'decimal.js';
import { type BalanceRow, columns, isBalanced, type Sum } from '../controls/balance.ts';
import { type Control, type ControlLine, controls } from '../controls/line.ts';
import type { ControlReport } from '../controls/report.ts';
import { age } from './age.ts';
import { csvText } from './csv.ts';
import { counted, oneLine } from './words.ts';

/** The report for people: the balance first, then what is behind it. */
export function controlsText(report: ControlReport, limit: number, now: number): string {
  const lines: string[] = [periodText(report), ...balanceText(report)];
  for (const control of Object.keys(controls) as Control[]) {
    const found = report.lines.filter((line) => line.control === control);
    lines.push('', `${controls[control]}: ${found.length === 0 ? 'none' : sumText(found)}`);
    lines.push(...found.slice(0, limit).flatMap((line) => lineText(line, now)));
    if (found.length > limit) lines.push(`  … and ${found.length - limit} more: --limit shows them.`);
  }
  return lines.join('\n');
}

const periodText = ({ at, period }: ControlReport): string =>
  `What the bridge knew at ${at}, ${period.from === undefined && period.to === undefined ? 'of all time' : `from ${period.from ?? 'the beginning'} to ${period.to ?? 'today'}`}`;

const titles = {
  approved: 'approved',
  posted: 'posted',
  pending: 'pending',
  rejected: 'rejected',
  exempt: 'not billed',
  different: 'different',
} as const;

function balanceText({ balance, balanced }: ControlReport): string[] {
  if (balance.length === 0) return ['', 'No approved time.'];
  const unpriced = balance.reduce((count, row) => count + row.unpriced, 0);
  return [
    '',
    'Approved time, and where it is (hours, money without tax)',
    ...balanceTable(balance),
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

/** Month and customer stand in a line of their own, so that their sums fit on a screen. */
function balanceTable(balance: readonly BalanceRow[]): string[] {
  const head = ['', ...columns.map((column) => titles[column]), 'left over'];
  const sums = balance.map((row) => [
    ['hours', ...sumsOf(row).map(({ hours }) => (hours.isZero() ? '–' : hoursText(hours)))],
    // Time without any price has no currency either.
    ...(row.currency === null && sumsOf(row).every(({ amount }) => amount.isZero())
      ? []
      : [
          [
            row.currency ?? 'money',
            ...sumsOf(row).map(({ amount }) => (amount.isZero() ? '–' : amount.toFixed(2))),
          ],
        ]),
  ]);
  const [first = '', ...lines] = table([head, ...sums.flat()]);
  return [
    first,
    ...balance.flatMap((row, index) => [
      `  ${row.month ?? '–'}  ${nameOf(row)}`,
      ...lines.splice(0, sums[index]?.length ?? 0),
    ]),
  ];
}

const nameOf = ({ customer, legalEntity }: BalanceRow): string =>
  [customer ?? 'no customer', ...(legalEntity === null ? [] : [`(${legalEntity})`])].join(' ');

const sumsOf = ({ sums, remainder }: BalanceRow): Sum[] => [
  ...columns.map((column) => sums[column]),
  remainder,
];

/** Hours and minutes, `7:30`. */
function hoursText(hours: Decimal): string {
  const minutes = hours.abs().times(60);
  const whole = minutes.toDecimalPlaces(0);
  // What is no whole minute is shown as it is.
  if (!whole.equals(minutes)) return `${hours.toFixed()} h`;
  const sign = hours.isNegative() && !hours.isZero() ? '-' : '';
  return `${sign}${whole.divToInt(60)}:${whole.mod(60).toFixed().padStart(2, '0')}`;
}

/** The first column to the left, the others to the right; below the customer, behind the month. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    `           ${row.map((value, column) => (column === 0 ? value.padEnd(widths[column] ?? 0) : value.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  );
}

function sumText(lines: readonly ControlLine[]): string {
  const hours = lines.flatMap((line) => line.hours ?? []);
  const time = hours.length === 0 ? [] : [`${sumOf(hours)} h`];
  const money = [...Map.groupBy(lines, ({ currency }) => currency)].flatMap(([currency, some]) => {
    const amounts = some.flatMap((line) => line.amount ?? []);
    return amounts.length === 0 ? [] : [`${sumOf(amounts)} ${currency ?? ''}`.trimEnd()];
  });
  return [counted(lines.length, 'line', 'lines'), ...time, ...money].join(', ');
}

const sumOf = (amounts: readonly string[]): string =>
  amounts.reduce((sum, amount) => sum.plus(amount), new Decimal(0)).toFixed();

/** What somebody wrote about an hour of work can be long. */
const longestLabel = 80;

function lineText(line: ControlLine, now: number): string[] {
  const { object, label, customer, hours, amount, currency, since, owner, person } = line;
  const much = [
    ...(hours === null ? [] : [`${hours} h`]),
    ...(amount === null ? [] : [`${amount} ${currency ?? ''}`.trimEnd()]),
  ];
  const who = person === null ? owner : `${owner} (${person})`;
  return [
    `  ${[oneLine(label, longestLabel), ...(customer === null ? [] : [customer]), ...much].join(' · ')}`,
    `    ${object.system}:${object.entity}:${object.id}, for ${age(since, now)}, ${who}`,
    `    ${oneLine(line.reason)}`,
    `    → ${oneLine(line.next)}`,
  ];
}

/** One row for each line. */
export const linesCsv = ({ lines }: ControlReport): string =>
  csvText([
    [
      ...[
        'control',
        'system',
        'entity',
        'id',
        'label',
        'customer',
        'legal_entity',
        'month',
        'hours',
        'amount',
      ],
      ...['currency', 'since', 'owner', 'person', 'reason', 'next'],
    ],
    ...lines.map((line) => [
      ...[line.control, line.object.system, line.object.entity, line.object.id, line.label, line.customer],
      ...[line.legalEntity, line.month, line.hours, line.amount, line.currency, line.since, line.owner],
      ...[line.person, line.reason, line.next],
    ]),
  ]);

/** One row for each customer and month. */
export const balanceCsv = ({ balance }: ControlReport): string =>
  csvText([
    [
      ...['month', 'customer', 'legal_entity', 'currency'],
      ...[...columns, 'left_over'].flatMap((column) => [`${column}_hours`, `${column}_amount`]),
      'unpriced',
    ],
    ...balance.map((row) => [
      ...[row.month, row.customer, row.legalEntity, row.currency],
      ...sumsOf(row).flatMap(({ hours, amount }) => [hours.toFixed(), amount.toFixed(2)]),
      String(row.unpriced),
    ]),
  ]);
