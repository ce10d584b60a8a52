import type { Terrain } from '../engine/landscape.ts';
import type { Overview } from '../store/overview.ts';
import type { ControlLine } from './line.ts';
import type { Explain } from './reason.ts';

/** Days from and to which something is looked at, both included; absent: without limit. */
export interface Period {
  readonly from?: string;
  readonly to?: string;
}

/** What every control reads. */
export interface ControlContext {
  readonly overview: Overview;
  readonly terrain: Terrain;
  readonly explain: Explain;
  readonly period: Period;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly onLine: (line: ControlLine) => void;
}

export const isWithin = ({ from, to }: Period, day: string | null): boolean =>
  day === null ? from === undefined && to === undefined : !(from && day < from) && !(to && day > to);

/** The month of a day, `2026-10`. */
export const monthOf = (day: string | null): string | null => (day === null ? null : day.slice(0, 7));
