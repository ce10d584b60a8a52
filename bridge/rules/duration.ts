/** Milliseconds of one of each unit that a duration can be written in. */
const units: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** How durations are written: `30m`, `12h`, `3d`; also `10s`, for demonstrations. */
export const durationPattern = /^(\d{1,4})([smhd])$/;

export const durationAdvice = 'write minutes, hours or days: "30m", "12h", "3d"';

/** Milliseconds of `30m`, `12h` or `3d`; `undefined` for what is none. */
export function durationOf(text: string): number | undefined {
  const [, number, unit] = durationPattern.exec(text) ?? [];
  return number === undefined || unit === undefined ? undefined : Number(number) * (units[unit] as number);
}
