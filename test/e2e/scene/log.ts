import { readFileSync } from 'node:fs';

export interface LogLine {
  readonly level: string;
  readonly time: string;
  readonly message: string;
  readonly correlation?: string;
  readonly [property: string]: unknown;
}

/** Every line that the bridge has printed. Fails when one of them is no JSON. */
export function readLog(file: string): LogLine[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as LogLine);
}
