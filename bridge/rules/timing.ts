import { Cron } from 'croner';
import type { Timing } from './part.ts';

type Window = Extract<Timing, { kind: 'window' }>;

/** A stretch of time in which a window stays as it is. Milliseconds since 1970. */
interface Stretch {
  readonly open: boolean;
  readonly fromMs: number;
  /** Not included. */
  readonly untilMs: number;
}

/** By window: the stretch that was looked at last. Time mostly stays within it, and cron expressions take long. */
const lastStretch = new WeakMap<Window, Stretch>();

const minuteMs = 60_000;

/**
 * When a delivery of this timing may leave that is ready now: now in real time or while the window is open, else when
 * it opens next. Milliseconds since 1970.
 */
export function dueAt(timing: Timing, nowMs: number): number {
  if (timing.kind === 'real-time') return nowMs;
  let stretch = lastStretch.get(timing);
  if (stretch === undefined || nowMs < stretch.fromMs || nowMs >= stretch.untilMs) {
    stretch = stretchAt(timing, nowMs);
    lastStretch.set(timing, stretch);
  }
  return stretch.open ? nowMs : stretch.untilMs;
}

function stretchAt({ cron, minutes }: Window, nowMs: number): Stretch {
  const lengthMs = minutes * minuteMs;
  // The first opening that is not over yet: it lies ahead, or the window is open by it.
  const opensMs = nextRun(cron, nowMs - lengthMs);
  if (opensMs === undefined) return { open: false, fromMs: nowMs, untilMs: Number.POSITIVE_INFINITY };
  return opensMs <= nowMs
    ? { open: true, fromMs: opensMs, untilMs: opensMs + lengthMs }
    : { open: false, fromMs: nowMs, untilMs: opensMs };
}

/** As what starts polls and reconciliations has it: where both days are restricted, both must fit. */
const options = { timezone: 'UTC', paused: true, domAndDow: true };

/**
 * The first time after `afterMs` at which a cron expression (UTC) runs; `undefined` when it never does.
 *
 * @throws Error for what is no cron expression
 */
export function nextRun(cron: string, afterMs: number): number | undefined {
  return new Cron(cron, options).nextRun(new Date(afterMs))?.getTime();
}
