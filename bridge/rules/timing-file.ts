import { validateDetailed } from 'node-cron';
import { isMap, isScalar } from 'yaml';
import { timingKeys } from './keys.ts';
import type { Timing } from './part.ts';
import type { Placed } from './problem.ts';
import type { Piece, Reader } from './reader.ts';
import { nextRun } from './timing.ts';

export const realTime: Timing = { kind: 'real-time' };

/** A cron expression, or `undefined` when it is none. */
export function readCron(reader: Reader, piece: Piece, what: string): Placed<string> | undefined {
  const cron = reader.text(piece, what);
  if (cron === undefined) return undefined;
  const [error] = validateDetailed(cron.value).errors;
  if (error === undefined) return cron;
  reportCron(reader, cron, error.message);
  return undefined;
}

const reportCron = (reader: Reader, { place, value }: Placed<string>, reason: string): void =>
  reader.report(
    place,
    `"${value}" is no cron expression: ${reason}`,
    'write minute, hour, day of month, month, day of week: "*/5 * * * *" is every five minutes',
  );

export const longestWindowMinutes = 7 * 24 * 60;

/** Reads `timing: real-time` or `timing: {window, minutes}`. */
export function readTiming(reader: Reader, piece: Piece): Timing | undefined {
  if (!isMap(piece.value)) {
    const known = reader.oneOf(piece, '"timing"', ['real-time', 'window'] as const);
    if (known?.value === 'window')
      reader.report(piece.place, '"timing" does not say when the window opens', windowAdvice);
    return known?.value === 'real-time' ? realTime : undefined;
  }
  const parts = reader.keys(piece, '"timing"', timingKeys);
  const cron = parts?.window && readOpening(reader, parts.window);
  const minutes = parts?.minutes && readMinutes(reader, parts.minutes);
  if (cron === undefined || minutes === undefined) return undefined;
  return { kind: 'window', cron: cron.value, minutes };
}

const windowAdvice = 'write {window: "0 2 * * *", minutes: 240}';

function readMinutes(reader: Reader, piece: Piece): number | undefined {
  const value: unknown = isScalar(piece.value) ? piece.value.value : undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= longestWindowMinutes)
    return value;
  reader.report(
    piece.place,
    `"minutes" must be a whole number from 1 to ${longestWindowMinutes}`,
    windowAdvice,
  );
  return undefined;
}

/** What works out when a window opens reads cron expressions a little more strictly than what starts polls. */
function readOpening(reader: Reader, piece: Piece): Placed<string> | undefined {
  const cron = readCron(reader, piece, '"window"');
  if (cron === undefined) return undefined;
  try {
    nextRun(cron.value, 0);
    return cron;
  } catch (error) {
    reportCron(reader, cron, (error as Error).message.replace(/^CronPattern: /, ''));
    return undefined;
  }
}
