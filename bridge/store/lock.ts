import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StoreError } from './database.ts';

/**
 * Makes this process the only writer of a database file. The lock is a transaction held open on a small file
 * beside it, so the operating system frees it however the process ends, also after `kill -9`.
 */
export function lockForWriting(path: string): { release(): void } {
  mkdirSync(dirname(path), { recursive: true });
  const lock = new Database(`${path}.lock`, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    throw new StoreError(
      `Another bridge is running on ${path}. Stop it first, or give this one a database of its own (BRIDGE_DATABASE).`,
      { cause: error },
    );
  }
  return {
    release() {
      lock.exec('rollback');
      lock.close();
    },
  };
}
