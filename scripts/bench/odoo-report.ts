import { actions } from './odoo-actions.ts';
import type { HttpResult } from './odoo-http.ts';
import type { Cell } from './odoo-rounds.ts';
import type { Variant } from './odoo-subject.ts';
import { median, percentile, table } from './statistics.ts';

/** What the addon may add to a user's action at the median, in milliseconds. */
const targetMilliseconds = 1;
/** Below this a 95th percentile would only be the slowest one. */
const fewest = 20;

const roundMedians = (cell: Cell) => cell.rounds.map(median);
/** Median of the rounds. */
const p50 = (cell: Cell) => median(roundMedians(cell));
const p95 = (cell: Cell) => median(cell.rounds.map((round) => percentile(round, 95)));
const perRound = (cell: Cell) => cell.rounds[0]?.length ?? 0;

/** Numbers of a few milliseconds with a fraction, long ones without. */
const format = (value: number) => (value < 1000 ? value.toFixed(1) : value.toFixed(0));
const signed = (value: number) => (value < 0 ? '−' : '+') + Math.abs(value).toFixed(2);

/** How much more than plain: each action against the one that plain did at nearly the same moment. */
function added(cell: Cell, plain: Cell): number {
  const differences = cell.rounds.map((round, index) => {
    const beside = plain.rounds[index];
    if (beside?.length !== round.length) throw new Error(`${cell.variant} and plain did not go in turn`);
    return median(round.map((duration, place) => duration - (beside[place] ?? 0)));
  });
  return median(differences);
}

function numbers(cell: Cell): string[] {
  return [format(p50(cell)), perRound(cell) < fewest ? '–' : format(p95(cell))];
}

function row(receiver: string, cells: ReadonlyMap<Variant, Cell>): string[] {
  const [plain, addon, rule] = (['plain', 'addon', 'rule'] as const).map((variant) => cells.get(variant));
  if (plain === undefined || addon === undefined || rule === undefined) {
    throw new Error(`not every variant was measured for "${receiver}"`);
  }
  const ruleActions = rule.rounds.flat().length;
  return [
    ...[`${plain.action.operation} ${plain.action.model}`, receiver],
    ...numbers(plain),
    ...[...numbers(addon), signed(added(addon, plain))],
    ...[...numbers(rule), `${(p50(rule) / p50(plain)).toFixed(1)} ×`],
    (rule.ruleRequests / ruleActions).toFixed(0),
  ];
}

const heading = [
  ...['ms per record', 'receiver answers', 'plain p50', 'p95'],
  ...['addon p50', 'p95', 'added'],
  ...['rule p50', 'p95', 'of plain', 'requests'],
];

/** The table, and what it says about the target. */
export function reportCells(cells: readonly Cell[], print: (line: string) => void): void {
  const receivers = [...new Set(cells.map(({ receiver }) => receiver))];
  const rows = [heading];
  const overheads: number[] = [];
  const drifts: number[] = [];
  for (const action of actions) {
    for (const receiver of receivers) {
      const here = cells.filter((cell) => cell.action === action && cell.receiver === receiver);
      const byVariant = new Map(here.map((cell) => [cell.variant, cell]));
      rows.push(row(receiver, byVariant));
      const [plain, addon] = [byVariant.get('plain'), byVariant.get('addon')];
      if (plain === undefined || addon === undefined) continue;
      overheads.push(added(addon, plain));
      drifts.push(Math.max(...roundMedians(plain)) - Math.min(...roundMedians(plain)));
    }
  }
  print(table(rows));
  print(
    `  Noise: plain's own p50 moved by ${median(drifts).toFixed(1)} ms between the rounds of a line at the median, ` +
      `by ${Math.max(...drifts).toFixed(1)} ms at most.`,
  );
  const met = overheads.filter((value) => value <= targetMilliseconds).length;
  print(
    `  The addon adds ${signed(median(overheads))} ms at the median of ${overheads.length} lines, ` +
      `${signed(Math.max(...overheads))} ms at most; target ≤ ${targetMilliseconds} ms: ` +
      `${met === overheads.length ? 'met on every line' : `met on ${met} of ${overheads.length} lines`}.`,
  );
}

export function reportHttp(results: readonly HttpResult[], print: (line: string) => void): void {
  const plain = results.find(({ variant }) => variant === 'plain');
  if (plain === undefined) throw new Error('plain was not measured');
  const rows = [['ms per request', 'writes', 'p50', 'p95', 'added']];
  for (const { variant, durations } of results) {
    rows.push([
      { plain: 'plain', addon: 'with the addon', rule: 'with a rule' }[variant],
      String(durations.length),
      format(median(durations)),
      durations.length < fewest ? '–' : format(percentile(durations, 95)),
      variant === 'plain' ? '' : signed(median(durations) - median(plain.durations)),
    ]);
  }
  print(table(rows));
}
