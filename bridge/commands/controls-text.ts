import { Decimal } from 'decimal.js';
import { columns } from '../controls/balance.ts';
import { type Control, type ControlLine, controls } from '../controls/line.ts';
import type { ControlReport } from '../controls/report.ts';
import { age } from './age.ts';
import { balanceText } from './balance-text.ts';
import { csvText } from './csv.ts';
import { counted, oneLine } from './words.ts';

/** The report for people: the balance first, then what is behind it. */
export function controlsText(report: ControlReport, limit: number, now: number): string {
  const lines: string[] = [periodText(report), ...balanceText(report, limit)];
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
      ...[...columns.map((column) => row.sums[column]), row.remainder].flatMap(({ hours, amount }) => [
        hours.toFixed(),
        amount.toFixed(2),
      ]),
      String(row.unpriced),
    ]),
  ]);
