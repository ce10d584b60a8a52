import { dayPattern } from '../entities/field.ts';

/** Days, both included; absent: without limit. */
export interface DayPeriod {
  readonly from?: string;
  readonly to?: string;
}

/**
 * Reads `--month 2026-10`, or `--from` and `--to` with a day each.
 *
 * @throws Error with a plain sentence
 */
export function readPeriod({ month, from, to }: DayPeriod & { readonly month?: string }): DayPeriod {
  if (month !== undefined) {
    if (from !== undefined || to !== undefined) throw new Error('Give --month, or --from and --to.');
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month))
      throw new Error(`--month looks like 2026-10, not "${month}".`);
    const [year = 0, number = 0] = month.split('-').map(Number);
    const last = new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
    return { from: `${month}-01`, to: last };
  }
  for (const [name, day] of [
    ['--from', from],
    ['--to', to],
  ] as const)
    if (day !== undefined && !isDay(day))
      throw new Error(`${name} is a day such as 2026-10-31, not "${day}".`);
  if (from !== undefined && to !== undefined && from > to)
    throw new Error(`--from ${from} is after --to ${to}.`);
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

const isDay = (text: string): boolean =>
  dayPattern.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString().slice(0, 10) === text;
