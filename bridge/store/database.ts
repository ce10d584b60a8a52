import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { migrate, missingMigrations } from './migrate.ts';
import type { Schema } from './schema.ts';

export type Connection = Database.Database;

export interface OpenDatabase {
  readonly connection: Connection;
  readonly kysely: Kysely<Schema>;
}

export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}

/**
 * True when the database itself is in trouble (disk full, file damaged) and not what was asked of it: the same work may
 * well succeed later.
 */
export function isDatabaseFailure(error: unknown): boolean {
  return error instanceof Database.SqliteError && !notItsFault.test(error.code);
}

const notItsFault = /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE|ERROR)/;

/** What `pragma synchronous` answers for FULL: a commit is on disk before it returns. */
const synchronousFull = 2;

/** Opens the file for writing, creates and migrates it where needed. Throws `StoreError` with a plain sentence. */
export async function openDatabase(path: string): Promise<OpenDatabase> {
  let connection: Connection;
  try {
    mkdirSync(dirname(path), { recursive: true });
    connection = new Database(path);
  } catch (error) {
    throw new StoreError(`The database ${path} cannot be opened: ${(error as Error).message}. ${elsewhere}`, {
      cause: error,
    });
  }
  try {
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('busy_timeout = 5000');
    // What is written next is mostly what was written last, so a small cache of pages does as well as a large one.
    connection.pragma('cache_size = -4000');
    connection.pragma('temp_store = MEMORY');
    // Larger than the default of 1000 pages: fewer checkpoints while a burst comes in.
    connection.pragma('wal_autocheckpoint = 4000');
    connection.pragma('journal_size_limit = 67108864');
    if (connection.pragma('synchronous', { simple: true }) !== synchronousFull) {
      throw new StoreError(
        `The database ${path} does not keep its commits on disk (synchronous is not FULL). Set DATABASE_PATH to a file on a disk of this machine.`,
      );
    }
    const kysely = wrap(connection);
    await migrate(kysely);
    return { connection, kysely };
  } catch (error) {
    connection.close();
    if (error instanceof StoreError) throw error;
    throw new StoreError(`The database ${path} cannot be used: ${withAdvice(error)}`, { cause: error });
  }
}

const elsewhere = 'Set DATABASE_PATH to a file that the bridge may write, in a folder that it may write to.';

/** What to do about a database that cannot be used, by the code of SQLite's error. */
const advice: readonly (readonly [code: RegExp, text: string])[] = [
  [/^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/, elsewhere],
  [
    /^SQLITE_(NOTADB|ERROR|SCHEMA)/,
    'Set DATABASE_PATH to the database of a bridge, or to a file that is not there yet: the bridge makes it.',
  ],
  [/^SQLITE_CORRUPT/, 'The file is damaged: set DATABASE_PATH to a copy of it from before.'],
  [
    /^SQLITE_(BUSY|LOCKED|PROTOCOL)/,
    'Another program holds it: stop that, or set DATABASE_PATH to another file.',
  ],
  [/^SQLITE_FULL/, 'Make room on its disk, or set DATABASE_PATH to a file on another one.'],
  [/^SQLITE_/, 'Look after its disk, or set DATABASE_PATH to a file on another one.'],
];

/** What is wrong, as a sentence, and what to do. Errors of our own say that themselves. */
function withAdvice(error: unknown): string {
  const { message } = error as Error;
  if (!(error instanceof Database.SqliteError)) return message;
  const [, text = elsewhere] = advice.find(([code]) => code.test(error.code)) ?? [];
  return `${message}. ${text}`;
}

/** What it means that statements do not fit the tables although all migrations have run; any other error as it is. */
export function otherLayout(path: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_ERROR') return error;
  return new StoreError(
    `The database ${path} cannot be used: ${error.message}. It was made by a version from before the first release, or changed by hand. Move it away, and the bridge begins with a new one.`,
    { cause: error },
  );
}

/**
 * Opens the file for reading only, beside a running bridge. Throws `StoreError` with a plain sentence.
 *
 * @param older whether the tables may be those of an older release, for who only reads what every release has
 */
export function openDatabaseForReading(
  path: string,
  { older = false }: { readonly older?: boolean } = {},
): OpenDatabase {
  assertThere(path);
  let connection: Connection | undefined;
  try {
    connection = new Database(path, { readonly: true, fileMustExist: true });
    connection.pragma('busy_timeout = 5000');
    // The first look into the file: it may be no database at all, somebody else's, or from before the first release.
    connection.prepare('select 1 from meta, lease, poll limit 1').get();
    const done = connection.prepare<[], string>('select name from migration').pluck().all();
    if (missingMigrations(new Set(done)) > 0 && !older)
      throw new StoreError(
        `The database ${path} was last used by an older release of the bridge. Start this one: it brings it up to date.`,
      );
    return { connection, kysely: wrap(connection) };
  } catch (error) {
    connection?.close();
    if (error instanceof StoreError) throw error;
    if (!(error instanceof Database.SqliteError))
      throw new StoreError(`The database ${path} cannot be used: ${(error as Error).message}`, {
        cause: error,
      });
    throw new StoreError(
      `${path} cannot be read as the database of a bridge: ${error.message}. Set DATABASE_PATH to the one that the bridge has.`,
      { cause: error },
    );
  }
}

/** Where somebody may not enter the folder, nobody knows whether there is a file in it. */
function assertThere(path: string): void {
  try {
    statSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new StoreError(`There is no database at ${path}. Has the bridge been started once?`);
    throw new StoreError(
      `The database ${path} cannot be read: ${message}. Run this as the user who runs the bridge, or give this user the right to read it.`,
      { cause: error },
    );
  }
}

const wrap = (connection: Connection) =>
  new Kysely<Schema>({ dialect: new SqliteDialect({ database: connection }) });
