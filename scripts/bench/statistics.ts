/** The middle value; of an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value below which `percent` of the values lie, between neighbours by proportion. */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) throw new RangeError('There is no percentile of nothing');
  const sorted = [...values].sort((left, right) => left - right);
  const position = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(position)] as number;
  const above = sorted[Math.ceil(position)] as number;
  return below + (above - below) * (position - Math.floor(position));
}

/** `12,345` */
export const whole = (value: number): string => Math.round(value).toLocaleString('en');
/** `3.4 ×` */
export const times = (value: number): string => `${value.toFixed(2)} ×`;
/** `86 %` */
export const share = (value: number): string => `${Math.round(value * 100)} %`;
/** `1.24 ms` */
export const milliseconds = (value: number): string => `${value.toFixed(2)} ms`;

/** `95 µs` */
export const microseconds = (value: number): string => `${Math.round(value)} µs`;

/** Columns one under the other; numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('   ')
        .replace(/^/, '  '),
    )
    .join('\n');
}
