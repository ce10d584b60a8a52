import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test, vi } from 'vitest';
import { check } from '../../bridge/commands/check.ts';
import { openStore } from '../../bridge/store/store.ts';
import { builtBridge } from '../../scripts/build/built.ts';
import { event } from '../store/samples.ts';
import { temporaryPath } from '../store/temporary.ts';

/** What `bridge check` says about a database. */
async function said(path: string): Promise<string[]> {
  vi.stubEnv('DATABASE_PATH', path);
  // What else is wrong here is of no interest.
  vi.stubEnv('RULES_DIRECTORY', '/nowhere');
  const lines: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((line: string) => {
    lines.push(line);
  });
  try {
    await check();
    return about(lines);
  } finally {
    print.mockRestore();
    vi.unstubAllEnvs();
  }
}

/** The lines of its section. */
function about(lines: readonly string[]): string[] {
  const begin = lines.indexOf('database') + 1;
  const end = lines.findIndex((line, index) => index >= begin && !line.startsWith(' '));
  return begin === 0 ? [] : lines.slice(begin, end);
}

const elsewhere =
  '    → Set DATABASE_PATH to a file that the bridge may write, in a folder that it may write to.';

test('a database that is not there yet is made later, not now', async () => {
  const path = temporaryPath();
  for (const wanted of [path, join(dirname(path), 'data', 'of', 'the', 'bridge.sqlite')])
    expect(await said(wanted)).toEqual([
      `  ✓ ${wanted} is not there yet: the bridge makes it when it starts`,
    ]);
  expect(readdirSync(dirname(path))).toEqual([]);
});

test('a database of a newer release is said to be one, that of an older one is brought up to date by a start', async () => {
  const path = temporaryPath();
  await (await openStore(path)).close();
  const file = new Database(path);
  const latest = file.prepare<[], string>('select max(name) from migration').pluck().get();
  file.prepare("insert into migration values ('9999-later', '2030-01-01T00:00:00.000Z')").run();
  expect(await said(path)).toEqual([
    `  ✗ The database ${path} cannot be used: The database was last used by a newer release of the bridge (it has "9999-later", which this one does not know). Start that release, or restore a backup.`,
  ]);
  file.prepare("delete from migration where name in (?, '9999-later')").run(latest);
  file.close();
  expect(await said(path)).toEqual([`  ✓ ${path} can be read and written`]);
});

test('a database that is there is left as it is', async () => {
  const path = temporaryPath();
  await (await openStore(path)).close();
  const before = [readFileSync(path), statSync(path).mtimeMs];
  expect(await said(path)).toEqual([`  ✓ ${path} can be read and written`]);
  expect([readFileSync(path), statSync(path).mtimeMs]).toEqual(before);
});

test('a database that a bridge works on is fine, and stays its own', async () => {
  const path = temporaryPath();
  const store = await openStore(path);
  onTestFinished(() => store.close());
  await store.appendEvents([event('1')]);
  expect(await said(path)).toEqual([`  ✓ ${path} can be read and written`]);
  await expect(openStore(path)).rejects.toThrow('Another bridge is running');
  expect(await store.appendEvents([event('1'), event('2')])).toEqual({ accepted: 1, duplicates: 1 });
});

test('an empty file is filled later, not now', async () => {
  const path = temporaryPath();
  writeFileSync(path, '');
  expect(await said(path)).toEqual([`  ✓ ${path} is empty: the bridge fills it when it starts`]);
  expect(statSync(path).size).toBe(0);
});

test('a file that is no database', async () => {
  const path = temporaryPath();
  const letter = 'This is a letter, not a database. '.repeat(50);
  writeFileSync(path, letter);
  expect(await said(path)).toEqual([
    `  ✗ ${path} cannot be read as the database of a bridge: file is not a database. Set DATABASE_PATH to the one that the bridge has.`,
  ]);
  expect(readFileSync(path, 'utf8')).toBe(letter);
});

test('what is no file, and a file where a folder should be', async () => {
  const path = temporaryPath();
  expect(await said('/dev/null')).toEqual(['  ✗ /dev/null is no file', elsewhere]);
  mkdirSync(path);
  expect(await said(path)).toEqual([`  ✗ ${path} is a folder`, elsewhere]);
  const file = join(path, 'file');
  writeFileSync(file, '');
  expect(await said(join(file, 'bridge.sqlite'))).toEqual([`  ✗ ${file} is no folder`, elsewhere]);
  expect(await said(join(file, 'data', 'bridge.sqlite'))).toEqual([`  ✗ ${file} is no folder`, elsewhere]);
});

test.each([
  ['the file', 'bridge.sqlite', 0o444],
  ['what SQLite keeps beside it', 'bridge.sqlite-wal', 0o444],
  ['the lock', 'bridge.sqlite.lock', 0o444],
  ['the folder', '', 0o555],
])('%s may not be written', async (_, name, mode) => {
  const path = temporaryPath();
  const folder = dirname(path);
  await (await openStore(path)).close();
  const locked = join(folder, name);
  if (!existsSync(locked)) writeFileSync(locked, '');
  // Whoever is not its owner has to come by, see below.
  chmodSync(folder, 0o777);
  for (const file of readdirSync(folder)) chmodSync(join(folder, file), 0o666);
  chmodSync(locked, mode);
  onTestFinished(() => chmodSync(folder, 0o777));
  expect(await saidToOrdinaryUser(path)).toEqual([
    `  ✗ ${locked} cannot be written by this user`,
    '    → Run this as the user who runs the bridge, give that user the right to write there, or set DATABASE_PATH to another file.',
  ]);
});

/** As above, in a process of a user whom rights hold for: root may do everything. */
async function saidToOrdinaryUser(path: string): Promise<string[]> {
  const bundle = await builtBridge();
  const nobody = 65_534;
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const environment = { DATABASE_PATH: path, RULES_DIRECTORY: '/nowhere' };
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, [bundle, 'check'], { ...user, env: environment }, (_, stdout) =>
      resolve(stdout),
    );
  });
  return about(output.split('\n'));
}
