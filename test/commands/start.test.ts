import { mkdirSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterEach, expect, test, vi } from 'vitest';
import { runProgram } from '../../bridge/program.ts';
import { temporaryPath } from '../store/temporary.ts';

afterEach(() => {
  process.exitCode = 0;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test.each([
  [
    'a folder',
    (path: string) => mkdirSync(path),
    'cannot be opened: unable to open database file. Set DATABASE_PATH to a file that the bridge may write, in a folder that it may write to.',
  ],
  [
    'no database',
    (path: string) => writeFileSync(path, 'This is a letter, not a database. '.repeat(50)),
    'cannot be used: file is not a database. Set DATABASE_PATH to the database of a bridge, or to a file that is not there yet: the bridge makes it.',
  ],
  [
    "somebody else's database",
    (path: string) => new Database(path).exec('create table event (letter text)').close(),
    'cannot be used: table "event" already exists. Set DATABASE_PATH to the database of a bridge, or to a file that is not there yet: the bridge makes it.',
  ],
  [
    'a database of a newer release',
    (path: string) =>
      new Database(path)
        .exec(
          "create table migration (name text, run_at text); insert into migration values ('9999-later', '')",
        )
        .close(),
    'cannot be used: The database was last used by a newer release of the bridge (it has "9999-later", which this one does not know). Start that release, or restore a backup.',
  ],
])('a start on %s ends with what to do', async (_, make, message) => {
  const path = temporaryPath();
  make(path);
  const settings = {
    DATABASE_PATH: path,
    ODOO_URL: 'http://127.0.0.1:9',
    ODOO_DATABASE: 'firm',
    ODOO_LOGIN: 'bridge',
    ODOO_API_KEY: 'key',
    WEBHOOK_SECRETS: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  await runProgram(['node', 'bridge', 'start']);
  expect(said.mock.calls).toEqual([[`The database ${path} ${message}`]]);
  expect(process.exitCode).toBe(1);
});
