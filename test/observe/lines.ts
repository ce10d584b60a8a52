import { createLog, type Logger, type LogOptions } from '../../bridge/observe/log.ts';

/** A log and the lines that were written to it, parsed. */
export function logLines(level: LogOptions['level'] = 'info'): {
  log: Logger;
  lines: Record<string, unknown>[];
  text: () => string;
} {
  const written: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const destination = {
    write(line: string) {
      written.push(line);
      lines.push(JSON.parse(line));
    },
  };
  return { log: createLog({ level, destination }), lines, text: () => written.join('') };
}
