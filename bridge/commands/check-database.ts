import { accessSync, constants, existsSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { openDatabaseForReading, StoreError } from '../store/database.ts';
import type { Finding } from '../systems/system.ts';

/** What SQLite and the lock put beside the file. */
const companions = ['-wal', '-shm', '.lock'];
const elsewhere = 'Set DATABASE_PATH to a file that the bridge may write, in a folder that it may write to.';
const rightsAdvice =
  'Run this as the user who runs the bridge, give that user the right to write there, or set DATABASE_PATH to another file.';

/** Whether the bridge can start with this database. Looks only: nothing is made or changed, also beside a running bridge. */
export function checkDatabase(path: string): Finding {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined) return checkFile(path, found);
    const obstacle = obstacleTo(dirname(path));
    return (
      obstacle ?? { level: 'ok', message: `${path} is not there yet: the bridge makes it when it starts` }
    );
  } catch (error) {
    return {
      level: 'error',
      message: `${path} cannot be used: ${(error as Error).message}`,
      remedy: elsewhere,
    };
  }
}

function checkFile(path: string, found: Stats): Finding {
  if (!found.isFile()) {
    const what = found.isDirectory() ? 'a folder' : 'no file';
    return { level: 'error', message: `${path} is ${what}`, remedy: elsewhere };
  }
  const locked = [path, ...companions.map((companion) => `${path}${companion}`)]
    .filter((file) => existsSync(file))
    .find((file) => isClosed(file));
  const obstacle = locked === undefined ? obstacleTo(dirname(path)) : notWritable(locked);
  if (obstacle !== undefined) return obstacle;
  if (found.size === 0)
    return { level: 'ok', message: `${path} is empty: the bridge fills it when it starts` };
  try {
    openDatabaseForReading(path, { older: true }).connection.close();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { level: 'error', message: error.message };
  }
  return { level: 'ok', message: `${path} can be read and written` };
}

/** What keeps the bridge from making files in a folder, which may have to be made first. */
function obstacleTo(folder: string): Finding | undefined {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return obstacleTo(dirname(folder));
  if (!found.isDirectory()) return { level: 'error', message: `${folder} is no folder`, remedy: elsewhere };
  return isClosed(folder, constants.W_OK | constants.X_OK) ? notWritable(folder) : undefined;
}

/** True where this user may not write: for want of rights, or in a file system that is read-only. */
function isClosed(path: string, rights = constants.W_OK): boolean {
  try {
    accessSync(path, rights);
    return false;
  } catch {
    return true;
  }
}

const notWritable = (path: string): Finding => ({
  level: 'error',
  message: `${path} cannot be written by this user`,
  remedy: rightsAdvice,
});
