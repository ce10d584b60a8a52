import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

import { join, relative } from 'node:path';
import { withProgress } from '../progress.ts';
import { root } from '../root.ts';
import { cacheSubfolder } from './cache-folder.ts';
import { copyDatabase, dropDatabase, listTemplates, markAsTemplate } from './databases.ts';
import { withLock } from './exclusive-lock.ts';
import { logFileOf } from './logs.ts';
import { CommandFailed, run } from './run-command.ts';
import { type Connection, runSql } from './sql.ts';

/**
 * Databases that fresh ones are copied from: one with Odoo's own modules, and one that has the addon too. Their names
 * carry a hash of what they were made of, so a change leads to a new one and the old one is deleted.
 */
const addonsFolder = join(root, 'odoo_addon');
export const addonName = 'services_bridge';
const baseModules = ['crm', 'sale_timesheet', 'hr_expense', 'sale_crm', 'base_automation', 'rpc'];

/** Files of the addon that do not end up in a database. */
const ignoredNames = new Set(['__pycache__', 'tests', 'readme', '.gitignore', 'README.rst', 'README.md']);

function* filesIn(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    if (ignoredNames.has(entry.name) || entry.name.endsWith('.pyc')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else yield path;
  }
}

/** Changes when a file of the folder changes that matters for an installed addon. */
export function hashFolder(folder: string): string {
  const hash = createHash('sha256');
  for (const file of filesIn(folder)) {
    const content = readFileSync(file);
    hash.update(`${relative(folder, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

const shortHash = (...parts: string[]) =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12);

/** Arguments of every Odoo on this cluster. `withAddon` puts the repository's addon in reach. */
export function commonArguments(databaseName: string, withAddon: boolean): string[] {
  return [
    ...['--database', databaseName, '--data-dir', cacheSubfolder('odoo-data')],
    ...(withAddon ? ['--addons-path', addonsFolder] : []),
  ];
}

async function installModules(
  connection: Connection,
  databaseName: string,
  modules: readonly string[],
  withAddon: boolean,
): Promise<void> {
  const logFile = logFileOf(databaseName);
  const odoo = connection.installation.odooCommand(
    databaseName,
    [
      ...commonArguments(databaseName, withAddon),
      ...['--init', modules.join(','), '--stop-after-init', '--no-http', '--max-cron-threads=0'],
    ],
    connection.address,
  );
  try {
    await run(odoo, { logFile });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new Error(
      `Odoo could not install ${modules.join(', ')}; the whole log is ${logFile}\n${error.message}`,
      {
        cause: error,
      },
    );
  }
  // Odoo ends well even when a module was not found.
  const installed = await runSql(
    connection,
    databaseName,
    `SELECT name FROM ir_module_module WHERE state = 'installed' AND name = ANY($1)`,
    [modules],
  );
  if (installed.length < modules.length) {
    const missing = modules.filter((name) => !installed.some((row) => row.name === name));
    throw new Error(`Odoo did not install ${missing.join(', ')}; see ${logFile}`);
  }
}

async function removeOutdated(connection: Connection, prefix: string, current: string): Promise<void> {
  for (const name of await listTemplates(connection)) {
    if (name.startsWith(prefix) && name !== current) await dropDatabase(connection, name);
  }
}

async function ensureTemplate(
  connection: Connection,
  prefix: string,
  name: string,
  label: string,
  build: () => Promise<void>,
): Promise<string> {
  if ((await listTemplates(connection)).includes(name)) return name;
  // What a killed run left half-done has no mark.
  await dropDatabase(connection, name);
  await withProgress(label, build);
  await markAsTemplate(connection, name);
  await removeOutdated(connection, prefix, name);
  return name;
}

function ensureBaseTemplate(connection: Connection): Promise<string> {
  const name = `odoo_base_${shortHash(connection.installation.version, ...baseModules)}`;
  return ensureTemplate(connection, 'odoo_base_', name, 'Initialise an Odoo database (about a minute)', () =>
    installModules(connection, name, baseModules, false),
  );
}

async function ensureAddonTemplate(connection: Connection): Promise<string> {
  if (!existsSync(join(addonsFolder, addonName, '__manifest__.py'))) {
    throw new Error(`there is no addon in ${join(addonsFolder, addonName)}`);
  }
  const base = await ensureBaseTemplate(connection);
  const name = `odoo_addon_${shortHash(base, hashFolder(join(addonsFolder, addonName)))}`;
  return ensureTemplate(connection, 'odoo_addon_', name, `Install ${addonName}`, async () => {
    await copyDatabase(connection, base, name);
    await installModules(connection, name, [addonName], true);
  });
}

function ensureFor(connection: Connection, withAddon: boolean): Promise<string> {
  return withAddon ? ensureAddonTemplate(connection) : ensureBaseTemplate(connection);
}

/** Builds the templates that are missing. */
export async function prepareTemplates(connection: Connection): Promise<void> {
  const withAddon = existsSync(join(addonsFolder, addonName, '__manifest__.py'));
  await withLock('templates', () => ensureFor(connection, withAddon));
}

/** Makes a database from the template, which is built when it is missing. Replaces a database of the same name. */
export async function createFromTemplate(
  connection: Connection,
  databaseName: string,
  withAddon: boolean,
): Promise<void> {
  // Under the lock also while copying: another checkout may replace the addon's template at any time.
  await withLock('templates', async () => {
    const template = await ensureFor(connection, withAddon);
    await dropDatabase(connection, databaseName);
    await copyDatabase(connection, template, databaseName);
  });
}
