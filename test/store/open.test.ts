import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase, openDatabaseForReading, StoreError } from '../../bridge/store/database.ts';
import { openStore } from '../../bridge/store/store.ts';
import { event } from './samples.ts';
import { temporaryPath } from './temporary.ts';

/** Starts another process that opens the store, and gives the first line that it prints. */
async function openElsewhere(path: string): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--import', 'tsx', join(import.meta.dirname, 'hold-open.ts'), path],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  for await (const line of createInterface({ input: child.stdout })) return { child, line };
  throw new Error('The other process said nothing');
}

describe('the file', () => {
  test('keeps every commit on disk before it is answered', async () => {
    const { connection } = await openDatabase(temporaryPath());
    onTestFinished(() => {
      connection.close();
    });
    expect(connection.pragma('synchronous', { simple: true })).toBe(2);
    expect(connection.pragma('journal_mode', { simple: true })).toBe('wal');
  });

  test('holds everything after it was closed, in one file', async () => {
    const path = temporaryPath();
    const store = await openStore(path);
    await store.appendEvents([event('a'), event('b')]);
    await store.close();
    const copy = new Database(path, { readonly: true });
    expect(copy.prepare('select count(*) from event').pluck().get()).toBe(2);
    copy.close();
    const again = await openStore(path);
    expect(await again.appendEvents([event('a')])).toEqual({ accepted: 0, duplicates: 1 });
    await again.close();
  });

  test('that is no database is refused in plain words', async () => {
    const path = temporaryPath();
    writeFileSync(path, 'This is a letter, not a database. '.repeat(50));
    const opening = openStore(path);
    await expect(opening).rejects.toBeInstanceOf(StoreError);
    await expect(opening).rejects.toThrow(`The database ${path} cannot be used: file is not a database`);
    expect(() => openDatabaseForReading(path)).toThrow(
      new StoreError(
        `${path} cannot be read as the database of a bridge: file is not a database. Set DATABASE_PATH to the one that the bridge has.`,
      ),
    );
  });

  test("that is somebody else's database is not read", () => {
    const path = temporaryPath();
    new Database(path).exec('create table letter (text)').close();
    expect(() => openDatabaseForReading(path)).toThrow('no such table: meta');
  });

  test('in a folder that cannot be made is refused in plain words', async () => {
    const path = temporaryPath();
    writeFileSync(path, '');
    await expect(openStore(join(path, 'sub', 'bridge.sqlite'))).rejects.toBeInstanceOf(StoreError);
  });
});

describe('one writer', () => {
  test('a second one in the same process is refused, and may open once the first has closed', async () => {
    const path = temporaryPath();
    const first = await openStore(path);
    await expect(openStore(path)).rejects.toThrow(`Another bridge is running on ${path}`);
    // The refused one must not have freed the lock.
    await expect(openStore(path)).rejects.toThrow('Another bridge is running');
    await first.close();
    await (await openStore(path)).close();
  });

  test.each(['a link to the file', 'a link to its folder'])(
    'one that comes by %s is refused',
    async (which) => {
      const path = temporaryPath();
      const link = temporaryPath();
      const isFile = which === 'a link to the file';
      const byLink = isFile ? link : join(`${link}-folder`, basename(path));
      // The file is not there yet when it is opened first.
      symlinkSync(isFile ? path : dirname(path), isFile ? link : dirname(byLink));
      const first = await openStore(byLink);
      await expect(openStore(path)).rejects.toThrow(`Another bridge is running on ${path}`);
      await first.close();
      const second = await openStore(path);
      await expect(openStore(byLink)).rejects.toThrow(`Another bridge is running on ${byLink}`);
      await second.close();
    },
  );

  test('a second process is refused; after kill -9 of the first the next one opens, with everything kept', async () => {
    const path = temporaryPath();
    const first = await openElsewhere(path);
    expect(first.line).toBe('open 1');
    expect((await openElsewhere(path)).line).toMatch(/^StoreError: Another bridge is running on /);
    await expect(openStore(path)).rejects.toBeInstanceOf(StoreError);
    const ended = new Promise((resolve) => first.child.once('exit', resolve));
    first.child.kill('SIGKILL');
    await ended;
    const store = await openStore(path);
    expect(await store.appendEvents([event('kept')])).toEqual({ accepted: 0, duplicates: 1 });
    await store.close();
  });
});

test('a file that this user cannot get at is not said to be missing', () => {
  const path = temporaryPath();
  symlinkSync(basename(path), path);
  expect(() => openDatabaseForReading(path)).toThrow(
    new RegExp(`^The database ${path} cannot be read: ELOOP.*Run this as the user who runs the bridge`),
  );
});

describe('migrations', () => {
  test('one that fails leaves nothing', async () => {
    const path = temporaryPath();
    const blocking = new Database(path);
    // The last table that the first migration makes.
    blocking.exec('create table cursor (other text)');
    blocking.close();
    await expect(openStore(path)).rejects.toThrow(/cannot be used: table "cursor" already exists/);
    const file = new Database(path);
    const names = "select name from sqlite_master where type = 'table' order by name";
    expect(file.prepare(names).pluck().all()).toEqual(['cursor', 'migration']);
    expect(file.prepare('select * from migration').all()).toEqual([]);
    file.exec('drop table cursor');
    file.close();
    await (await openStore(path)).close();
  });

  test('run once', async () => {
    const path = temporaryPath();
    await (await openStore(path)).close();
    const before = new Database(path).prepare('select * from migration').all();
    await (await openStore(path)).close();
    expect(new Database(path, { readonly: true }).prepare('select * from migration').all()).toEqual(before);
  });

  test('a database from before the first release, whose tables were others, is refused in plain words', async () => {
    const path = temporaryPath();
    await (await openStore(path)).close();
    const file = new Database(path);
    file.exec('drop table lease');
    file.close();
    const opening = openStore(path);
    await expect(opening).rejects.toBeInstanceOf(StoreError);
    await expect(opening).rejects.toThrow(
      `The database ${path} cannot be used: no such table: lease. It was made by a version from before the first release, or changed by hand. Move it away, and the bridge begins with a new one.`,
    );
    // Nobody holds it any more.
    await expect(openStore(path)).rejects.toThrow('no such table: lease');
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(() => openDatabaseForReading(path)).toThrow(
      `${path} cannot be read as the database of a bridge: no such table: lease`,
    );
  });

  test('a database of a newer release is refused and left as it is', async () => {
    const path = temporaryPath();
    await (await openStore(path)).close();
    const file = new Database(path);
    file.exec("insert into migration values ('9999-later', '2030-01-01T00:00:00.000Z')");
    file.close();
    const opening = openStore(path);
    await expect(opening).rejects.toBeInstanceOf(StoreError);
    await expect(opening).rejects.toThrow('newer release of the bridge (it has "9999-later"');
    expect(() => openDatabaseForReading(path)).toThrow(
      `The database ${path} cannot be used: The database was last used by a newer release of the bridge (it has "9999-later", which this one does not know). Start that release, or restore a backup.`,
    );
  });

  test('a database of an older release is for the bridge to bring up to date, not for who only reads', async () => {
    const path = temporaryPath();
    await (await openStore(path)).close();
    const file = new Database(path);
    const latest = file.prepare<[], string>('select max(name) from migration').pluck().get();
    file.prepare('delete from migration where name = ?').run(latest);
    file.close();
    expect(() => openDatabaseForReading(path)).toThrow(
      `The database ${path} was last used by an older release of the bridge. Start this one: it brings it up to date.`,
    );
    openDatabaseForReading(path, { older: true }).connection.close();
  });
});
