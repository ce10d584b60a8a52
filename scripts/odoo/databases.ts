import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { filestoreFolder } from './cache-folder.ts';
import { type Connection, runSql } from './sql.ts';

/** Names are made part of SQL and of file names. */
export function checkDatabaseName(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
    throw new Error(`"${name}" is no name for a database: use lower case letters, digits and _, at most 63`);
  }
  return name;
}

/** Runs a statement outside any Odoo database, as CREATE DATABASE and the like want it. */
function administer(connection: Connection, statement: string, parameters: unknown[] = []) {
  return runSql(connection, 'postgres', statement, parameters);
}

/** Deletes a database with its attachments. One that does not exist is fine. Open connections are cut. */
export async function dropDatabase(connection: Connection, databaseName: string): Promise<void> {
  const name = checkDatabaseName(databaseName);
  const [found] = await administer(connection, 'SELECT datistemplate FROM pg_database WHERE datname = $1', [
    name,
  ]);
  if (found?.datistemplate === true) await administer(connection, `ALTER DATABASE ${name} IS_TEMPLATE false`);
  if (found) await administer(connection, `DROP DATABASE ${name} WITH (FORCE)`);
  await rm(filestoreFolder(name), { recursive: true, force: true });
}

/** Copies a database with its attachments. Nobody may be connected to the source. The target must not exist. */
export async function copyDatabase(connection: Connection, source: string, target: string): Promise<void> {
  checkDatabaseName(target);
  await administer(connection, `CREATE DATABASE ${target} TEMPLATE ${source}`);
  await linkFiles(filestoreFolder(source), filestoreFolder(target));
}

/** Copies a folder by hard links: Odoo names attachments by their content, and never writes to an existing one. */
async function linkFiles(source: string, target: string): Promise<void> {
  if (!existsSync(source)) return;
  await mkdir(target, { recursive: true });
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const from = join(source, entry.name);
    const to = join(target, entry.name);
    if (entry.isDirectory()) await linkFiles(from, to);
    else await link(from, to);
  }
}

/**
 * Gives a copy an identity of its own, as Odoo does when it duplicates a database. With the same `database.uuid` a
 * bridge would take two databases for one; with the same `database.secret` a session of one would open the other.
 * Resolves with the new `database.uuid`. Odoo must not be running on it: it caches both.
 */
export async function renewIdentity(connection: Connection, databaseName: string): Promise<string> {
  const uuid = randomUUID();
  await runSql(
    connection,
    databaseName,
    `UPDATE ir_config_parameter
        SET value = CASE key
              WHEN 'database.uuid' THEN $1
              WHEN 'database.secret' THEN $2
              ELSE to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')
            END
      WHERE key IN ('database.uuid', 'database.secret', 'database.create_date')`,
    [uuid, randomUUID()],
  );
  return uuid;
}

/** Commits return before they are on disk: a crash of the machine may lose the last ones. For tests only. */
export async function giveUpDurability(connection: Connection, databaseName: string): Promise<void> {
  await administer(
    connection,
    `ALTER DATABASE ${checkDatabaseName(databaseName)} SET synchronous_commit = off`,
  );
}

/** The mark of a complete template is PostgreSQL's own flag: set last, and gone with the database. */
export async function markAsTemplate(connection: Connection, databaseName: string): Promise<void> {
  await administer(connection, `ALTER DATABASE ${checkDatabaseName(databaseName)} IS_TEMPLATE true`);
}

/** Names of all complete templates of ours. */
export async function listTemplates(connection: Connection): Promise<string[]> {
  const rows = await administer(
    connection,
    `SELECT datname FROM pg_database WHERE datistemplate AND datname ~ '^odoo_(base|addon)_' ORDER BY datname`,
  );
  return rows.map((row) => String(row.datname));
}
