import { readdirSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheSubfolder } from './cache-folder.ts';
import { dropDatabase } from './databases.ts';
import { tryLock, withLock } from './exclusive-lock.ts';
import type { ClusterAddress, Installation } from './installation.ts';

/**
 * Each database in use has a description in `runs/` and a lock held by the process that uses it. A description whose
 * lock is free was left by a process that was killed: its Odoo is ended, its database and files are deleted.
 */
export interface Run {
  readonly databaseName: string;
  /** Notes the process of Odoo, to be ended should its owner die. */
  noteProcess(processId: number): Promise<void>;
  end(): Promise<void>;
}

/** Held for moments only, while descriptions are looked through or added. */
const listLock = 'runs';
const runLock = (databaseName: string) => `run-${databaseName}`;
const descriptionFile = (databaseName: string) => join(cacheSubfolder('runs'), `${databaseName}.json`);

async function writeDescription(databaseName: string, processId: number | null): Promise<void> {
  const file = descriptionFile(databaseName);
  await writeFile(`${file}.new`, JSON.stringify({ databaseName, processId }));
  await rename(`${file}.new`, file);
}

function readProcessId(databaseName: string): number | undefined {
  try {
    const description: unknown = JSON.parse(readFileSync(descriptionFile(databaseName), 'utf8'));
    const processId = (description as { processId?: unknown }).processId;
    return typeof processId === 'number' ? processId : undefined;
  } catch {
    return undefined;
  }
}

/** Announces that this process uses a database of this name from now on. */
export async function beginRun(databaseName: string): Promise<Run> {
  return withLock(listLock, async () => {
    const lock = tryLock(runLock(databaseName));
    if (lock === undefined) {
      throw new Error(`the database ${databaseName} is in use by another running process`);
    }
    await writeDescription(databaseName, null);
    return {
      databaseName,
      noteProcess: (processId) => writeDescription(databaseName, processId),
      async end() {
        await withLock(listLock, async () => {
          await rm(descriptionFile(databaseName), { force: true });
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
    for (const file of readdirSync(cacheSubfolder('runs'))) {
      if (!file.endsWith('.json')) continue;
      const databaseName = file.slice(0, -'.json'.length);
      const lock = tryLock(runLock(databaseName));
      if (lock === undefined) continue;
      try {
        const processId = readProcessId(databaseName);
        if (processId !== undefined) await installation.killOdoo(databaseName, processId);
        await dropDatabase({ installation, address }, databaseName);
        await rm(descriptionFile(databaseName), { force: true });
      } finally {
        lock.release();
        await rm(join(cacheSubfolder('locks'), `${runLock(databaseName)}.lock`), { force: true });
      }
    }
  });
}
