import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheSubfolder } from './cache-folder.ts';

const retentionMilliseconds = 7 * 86_400_000;

/** Where Odoo prints to that works on a database. Logs outlive their databases. */
export function logFileOf(databaseName: string): string {
  return join(cacheSubfolder('logs'), `${databaseName}.log`);
}

/** Deletes logs that nobody has written to for a week. */
export function removeOldLogs(now: number = Date.now()): void {
  for (const name of readdirSync(cacheSubfolder('logs'))) {
    const file = join(cacheSubfolder('logs'), name);
    const lastWritten = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (now - lastWritten > retentionMilliseconds) rmSync(file, { force: true });
  }
}
