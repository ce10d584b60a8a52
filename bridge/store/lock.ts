import { mkdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { StoreError } from './database.ts';

/** Another process writes to the database. */
export class StoreInUseError extends StoreError {}

/** Holds on to the locks: one that nobody refers to would be collected, and freed by that. */
const held = new Set<Database.Database>();

/**
 * Makes this process the only writer of a database file. The lock is a transaction held open on a small file
 * beside it, so the operating system frees it however the process ends, also after `kill -9`. By whatever links a file is
 * reached, its lock is the same.
 */
export function lockForWriting(path: string): { release(): void } {
  const lock = openLock(path);
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw unusable(path, error);
    throw new StoreInUseError(
      `Another bridge is running on ${path}. Stop it first, or give this one a database of its own (DATABASE_PATH).`,
      { cause: error },
    );
  }
  held.add(lock);
  return {
    release() {
      held.delete(lock);
      lock.exec('rollback');
      lock.close();
    },
  };
}

function openLock(path: string): Database.Database {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return new Database(`${realPath(path)}.lock`, { timeout: 0 });
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Where the file is, or will be made: a link may lead to one that is not there yet. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const folder = realpathSync(dirname(path));
  const place = join(folder, basename(path));
  const goal = linkedFrom(place);
  return goal === undefined ? place : realPath(resolve(folder, goal));
}

function linkedFrom(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

const unusable = (path: string, cause: unknown): StoreError =>
  new StoreError(
    `${path}.lock, which keeps a second bridge away, cannot be used: ${(cause as Error).message}. Set DATABASE_PATH to a file in a folder where the bridge may write.`,
    { cause },
  );
