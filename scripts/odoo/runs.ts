import { readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheSubfolder } from './cache-folder.ts';
import { dropDatabase } from './databases.ts';
import { tryLock, withLock } from './exclusive-lock.ts';
import type { ClusterAddress, Installation } from './installation.ts';
import { removeOldLogs } from './logs.ts';

/**
 * Each database in use has an empty file of its name in `runs/` and a lock held by the process that uses it. A file
 * whose lock is free was left by a process that was killed: its Odoo is ended, its database and attachments deleted.
 */
export interface Run {
  readonly databaseName: string;
  end(): Promise<void>;
}

/** Held for moments only, while files are looked through or added. */
const listLock = 'runs';
const runLock = (databaseName: string) => `run-${databaseName}`;
const runFile = (databaseName: string) => join(cacheSubfolder('runs'), databaseName);

/** Announces that this process uses a database of this name from now on. */
export async function beginRun(databaseName: string): Promise<Run> {
  return withLock(listLock, async () => {
    const lock = tryLock(runLock(databaseName));
    if (lock === undefined) {
      throw new Error(`the database ${databaseName} is in use by another running process`);
    }
    await writeFile(runFile(databaseName), '');
    removeOldLogs();
    return {
      databaseName,
      async end() {
        await withLock(listLock, async () => {
          await rm(runFile(databaseName), { force: true });
          lock.release();
          await rm(join(cacheSubfolder('locks'), `${runLock(databaseName)}.lock`), { force: true });
        });
      },
    };
  });
}

/** Cleans up after processes that were killed. */
export async function removeAbandonedRuns(
  installation: Installation,
  address: ClusterAddress,
): Promise<void> {
  await withLock(listLock, async () => {
    for (const databaseName of readdirSync(cacheSubfolder('runs'))) {
      const lock = tryLock(runLock(databaseName));
      if (lock === undefined) continue;
      try {
        await installation.killOdoo(databaseName);
        await dropDatabase({ installation, address }, databaseName);
        await rm(runFile(databaseName), { force: true });
      } finally {
        lock.release();
        await rm(join(cacheSubfolder('locks'), `${runLock(databaseName)}.lock`), { force: true });
      }
    }
  });
}
