import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Everything that is expensive to get lives in one folder outside the repository, shared by all checkouts:
 *
 * - `odoo-19/`     the unpacked Odoo package; renamed into place when complete
 * - `odoo-data/`   Odoo's data folder: `filestore/<database>`, `sessions`
 * - `bytecode/`    compiled Python
 * - `postgres-*`   data of the PostgreSQL cluster (elsewhere when the cluster's user cannot reach this folder)
 * - `locks/`       lock files, see exclusive-lock.ts
 * - `runs/`        one file per database in use, to clean up after a killed process
 * - `logs/`        what Odoo and PostgreSQL print
 */
export function cacheFolder(): string {
  const configured = process.env.SERVICES_BRIDGE_CACHE;
  if (configured) return resolve(configured);
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'services-bridge');
}

/** A folder inside the cache folder, created when missing. */
export function cacheSubfolder(name: 'locks' | 'logs' | 'odoo-data' | 'runs'): string {
  const folder = join(cacheFolder(), name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Where Odoo keeps the attachments of a database. */
export function filestoreFolder(databaseName: string): string {
  return join(cacheSubfolder('odoo-data'), 'filestore', databaseName);
}
