import { readDatabasePath } from '../settings.ts';
import { openDatabaseForReading } from '../store/database.ts';
import { readTrace } from '../store/trace.ts';
import type { TraceEntry } from '../store/trace-entry.ts';

/** Prints the history of an object or a correlation id; 1 when nothing is known of it. */
export async function trace(id: string, options: { json: boolean }): Promise<number> {
  const database = openDatabaseForReading(readDatabasePath(process.env));
  const entries = await readTrace(database, id);
  await database.kysely.destroy();
  if (options.json) console.log(JSON.stringify(entries, null, 2));
  else if (entries.length === 0) {
    console.error(
      `Nothing is known of "${id}". Name an object like odoo:customer:42, or a correlation id of the log.`,
    );
  } else console.log(traceText(entries));
  return entries.length === 0 ? 1 : 0;
}

/** The history for people: one line an entry, grouped by correlation where it changes. */
function traceText(entries: readonly TraceEntry[]): string {
  const lines: string[] = [];
  let correlation = '';
  for (const entry of entries) {
    if (entry.correlation !== '' && entry.correlation !== correlation) {
      correlation = entry.correlation;
      lines.push(`── ${correlation}`);
    }
    lines.push(`${entry.at}  ${entry.kind.padEnd(14)}  ${entry.object}  ${entry.text}`);
  }
  return lines.join('\n');
}
