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
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line, index) => {
      try {
        return JSON.parse(line) as LogLine;
      } catch (error) {
        throw new Error(`Line ${index + 1} of the log is no JSON: ${line}`, { cause: error });
      }
    });
}
