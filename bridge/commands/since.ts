const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000 } as const;
const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads the beginning of a period as people write it: `7d`, `12h` or `30m` back from now, a day (`2026-01-05`, from
 * midnight UTC), or an instant (`2026-01-05T08:00:00Z`). Answers an instant in UTC.
 *
 * @throws Error with a plain sentence for everything else
 */
export function readSince(text: string, nowMs: number): string {
  const [, count, unit] = /^(\d{1,6})([dhm])$/.exec(text) ?? [];
  const timeMs =
    count !== undefined
      ? nowMs - Number(count) * unitMs[unit as keyof typeof unitMs]
      : dayPattern.test(text) || instantPattern.test(text)
        ? Date.parse(text)
        : Number.NaN;
  const time = new Date(timeMs);
  // What does not exist, like the 30th of February, is moved by some parsers; a day must come out as it went in.
  const isOther = dayPattern.test(text) && !Number.isNaN(timeMs) && !time.toISOString().startsWith(text);
  if (Number.isNaN(timeMs) || isOther)
    throw new Error(
      `"${text}" is no period: write 7d, 12h or 30m, a day such as 2026-01-31, or an instant such as 2026-01-31T08:00:00Z.`,
    );
  if (timeMs > nowMs) throw new Error(`"${text}" is still to come: name a moment in the past.`);
  return time.toISOString();
}
