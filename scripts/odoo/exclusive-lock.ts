import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { withProgress } from '../progress.ts';
import { cacheSubfolder } from './cache-folder.ts';

/**
 * Locks between processes. SQLite's file locks are used because the operating system drops them when their process
 * ends, however it ends: there is no stale lock to detect after a `kill -9`. Nothing is ever written to the files.
 */
export interface HeldLock {
  release(): void;
}

const retryMilliseconds = 100;

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** Takes the lock when it is free at this moment; `undefined` when somebody else holds it. */
export function tryLock(name: string, mode: 'exclusive' | 'shared' = 'exclusive'): HeldLock | undefined {
  const database = new Database(join(cacheSubfolder('locks'), `${name}.lock`), { timeout: 0 });
  try {
    if (mode === 'exclusive') {
      database.exec('BEGIN EXCLUSIVE');
    } else {
      // The open read transaction is what holds the shared lock.
      database.exec('BEGIN');
      database.prepare('SELECT count(*) FROM sqlite_master').get();
    }
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return { release: () => void database.close() };
}

async function waitForLock(name: string, mode: 'exclusive' | 'shared'): Promise<HeldLock> {
  for (;;) {
    const lock = tryLock(name, mode);
    if (lock) return lock;
    await delay(retryMilliseconds);
  }
}

/** Waits until the lock is free and takes it. */
export async function takeLock(name: string, mode: 'exclusive' | 'shared' = 'exclusive'): Promise<HeldLock> {
  return (
    tryLock(name, mode) ??
    withProgress(`Wait for another process that holds the lock "${name}"`, () => waitForLock(name, mode))
  );
}

/** Runs `work` while nobody else, in this process or another, runs work under the same name. */
export async function withLock<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const lock = await takeLock(name);
  try {
    return await work();
  } finally {
    lock.release();
  }
}
