import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, cacheSubfolder } from './cache-folder.ts';
import { ensureOdooPackage, odooFolder, versionFile } from './debian-archive.ts';
import { debianCluster, installedPostgresVersion, postgresProgram } from './debian-cluster.ts';
import { ensurePackages } from './debian-packages.ts';
import type { ClusterAddress, Installation } from './installation.ts';
import type { CommandLine } from './run-command.ts';

function odooCommand(
  _databaseName: string,
  odooArguments: readonly string[],
  address: ClusterAddress,
): CommandLine {
  const folder = odooFolder();
  return {
    // Not the first Python on the path, which may be another one that lacks the packages.
    command: '/usr/bin/python3',
    arguments: [
      ...[join(folder, 'usr/bin/odoo'), ...odooArguments],
      ...['--db_host', '127.0.0.1', '--db_port', String(address.port), '--db_user', address.user],
    ],
    environment: {
      PYTHONPATH: join(folder, 'usr/lib/python3/dist-packages'),
      // Not beside the sources, which are the repository's.
      PYTHONPYCACHEPREFIX: join(cacheFolder(), 'bytecode'),
      PGPASSWORD: address.password,
      // Not the settings file in the home folder.
      ODOO_RC: '/dev/null',
    },
  };
}

/** Process ids of Odoo on this database, workers included, whoever started them. */
function* odooProcesses(databaseName: string): Generator<number> {
  const program = join(odooFolder(), 'usr/bin/odoo');
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    let words: string[];
    try {
      words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
    } catch {
      // It ended meanwhile, or belongs to somebody else.
      continue;
    }
    if (words.includes(program) && words.includes(databaseName)) yield Number(name);
  }
}

async function killOdoo(databaseName: string): Promise<void> {
  for (const processId of odooProcesses(databaseName)) {
    try {
      process.kill(processId, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Odoo from the Debian archive. To be called under the lock "installation". */
export async function debianInstallation(release: number): Promise<Installation> {
  await ensurePackages(release);
  await ensureOdooPackage();
  const cluster = await debianCluster();
  // Odoo creates its folders with the rights of whoever comes first.
  cacheSubfolder('odoo-data');
  const odooVersion = readFileSync(versionFile(), 'utf8').trim();
  return {
    version: `debian ${odooVersion} postgres ${installedPostgresVersion()}`,
    cluster,
    odooCommand,
    psqlCommand: (psqlArguments, address) => ({
      command: postgresProgram('psql'),
      arguments: psqlArguments,
      environment: {
        PGHOST: '127.0.0.1',
        PGPORT: String(address.port),
        PGUSER: address.user,
        PGPASSWORD: address.password,
      },
    }),
    killOdoo,
  };
}
