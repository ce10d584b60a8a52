import type { Terrain } from '../engine/landscape.ts';
import type { Overview } from '../store/overview.ts';
import { type BalanceRow, isBalanced } from './balance.ts';
import type { Period } from './context.ts';
import type { ControlLine } from './line.ts';
import type { Explain } from './reason.ts';
import { controlTime } from './time.ts';
import { controlVisibility } from './visible.ts';
import { controlWonDeals } from './won.ts';

/** What is between a won deal and a paid invoice, at one moment. */
export interface ControlReport {
  /** UTC ISO. */
  readonly at: string;
  readonly period: Period;
  /** Approved time and where it is, by month and customer. */
  readonly balance: readonly BalanceRow[];
  /** True when every approved hour and every cent of it is accounted for. */
  readonly balanced: boolean;
  /** Everything that is not where it should be, the oldest first. */
  readonly lines: readonly ControlLine[];
}

export interface ReportOptions {
  readonly overview: Overview;
  readonly terrain: Terrain;
  readonly explain: Explain;
  readonly period: Period;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Reads only what the bridge knows: how fresh that is, polls and reconciliation say. */
export function controlReport(options: ReportOptions): ControlReport {
  const lines: ControlLine[] = [];
  const context = { ...options, onLine: (line: ControlLine) => lines.push(line) };
  const balance = controlTime(context);
  controlVisibility(context);
  controlWonDeals(context);
  lines.sort((left, right) => left.since.localeCompare(right.since));
  return {
    at: new Date(options.nowMs).toISOString(),
    period: options.period,
    balance,
    balanced: balance.every(isBalanced),
    lines,
  };
}
