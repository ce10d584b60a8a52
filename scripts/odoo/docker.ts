import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { withProgress } from '../progress.ts';
import { root } from '../root.ts';
import { cacheFolder } from './cache-folder.ts';
import { freePort } from './free-port.ts';
import {
  type ClusterAddress,
  type ClusterControl,
  clusterSettings,
  clusterUser,
  type Installation,
} from './installation.ts';
import { run, succeeds } from './run-command.ts';

/**
 * Odoo and PostgreSQL in containers, for machines that are not Debian. Containers use the host's network, so that
 * addresses are the same inside and outside (Docker Desktop has this as the setting "Enable host networking"), run
 * as the calling user, and see the cache and the repository at the same paths as the host.
 */
const odooImage = 'odoo:19';
const postgresImage = 'postgres:16';
const readyTimeoutMilliseconds = 120_000;

export const isDockerAvailable = () => succeeds('docker', 'version', '--format', '{{.Server.Version}}');

function docker(...dockerArguments: string[]): Promise<string> {
  return run({ command: 'docker', arguments: dockerArguments });
}

const clusterFolder = () => join(cacheFolder(), 'postgres-docker');
const containerPrefix = () =>
  `services-bridge-${createHash('sha256').update(cacheFolder()).digest('hex').slice(0, 12)}`;
const clusterContainer = () => `${containerPrefix()}-postgres`;
/** Several containers may work on one database: the server, and a command beside it. */
const odooLabel = (databaseName: string) => `${containerPrefix()}.database=${databaseName}`;

function userArguments(): string[] {
  return ['--user', `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`, '--env', 'HOME=/tmp'];
}

async function clusterAddress(port: number): Promise<ClusterAddress> {
  return { port, user: clusterUser, password: await readFile(join(clusterFolder(), 'password'), 'utf8') };
}

function psqlCommand(psqlArguments: readonly string[], address: ClusterAddress) {
  return {
    command: 'docker',
    arguments: [
      ...['run', '--rm', '--interactive', '--network', 'host', '--entrypoint', 'psql'],
      ...['--env', 'PGHOST', '--env', 'PGPORT', '--env', 'PGUSER', '--env', 'PGPASSWORD', postgresImage],
      ...psqlArguments,
    ],
    environment: {
      PGHOST: '127.0.0.1',
      PGPORT: String(address.port),
      PGUSER: address.user,
      PGPASSWORD: address.password,
    },
  };
}

export const dockerCluster: ClusterControl = {
  async runningAddress() {
    const template = '{{.State.Running}} {{index .Config.Labels "services-bridge.port"}}';
    const state = await docker('inspect', '--format', template, clusterContainer()).catch(() => '');
    const [running, port] = state.trim().split(' ');
    return running === 'true' ? clusterAddress(Number(port)) : undefined;
  },

  async start() {
    const folder = clusterFolder();
    const passwordFile = join(folder, 'password');
    await mkdir(join(folder, 'data'), { recursive: true });
    if (!existsSync(passwordFile)) {
      // Data without its password is of no use; it is the rest of a beginning that was killed.
      await rm(join(folder, 'data'), { recursive: true, force: true });
      await mkdir(join(folder, 'data'));
      await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    }
    await docker('rm', '--force', clusterContainer()).catch(() => undefined);
    const port = await freePort();
    await docker(
      ...['run', '--detach', '--name', clusterContainer(), '--label', `services-bridge.port=${port}`],
      ...['--network', 'host', ...userArguments(), '--shm-size', '256m'],
      ...['--volume', `${folder}/data:/var/lib/postgresql/data`, '--volume', `${passwordFile}:/password:ro`],
      ...[
        '--env',
        `POSTGRES_USER=${clusterUser}`,
        '--env',
        'POSTGRES_PASSWORD_FILE=/password',
        postgresImage,
      ],
      ...clusterSettings(port).flatMap((setting) =>
        // The image's own initialisation talks through a socket.
        setting.startsWith('unix_socket_directories') ? [] : ['-c', setting],
      ),
    );
    const address = await clusterAddress(port);
    const deadline = Date.now() + readyTimeoutMilliseconds;
    for (;;) {
      try {
        await run(psqlCommand(['--dbname', 'postgres', '--command', 'SELECT 1'], address));
        return address;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await delay(500);
      }
    }
  },

  async stop() {
    await docker('stop', '--time', '30', clusterContainer()).catch(() => undefined);
    await docker('rm', '--force', clusterContainer()).catch(() => undefined);
  },

  remove: () => rm(clusterFolder(), { recursive: true, force: true }),
};

/** Odoo in a container. To be called under the lock "installation". */
export async function dockerInstallation(): Promise<Installation> {
  for (const image of [odooImage, postgresImage]) {
    if (await succeeds('docker', 'image', 'inspect', image)) continue;
    await withProgress(`Pull the image ${image}`, () => docker('pull', '--quiet', image));
  }
  const identity = await docker('image', 'inspect', '--format', '{{.Id}}', odooImage);
  return {
    version: `docker ${identity.trim()}`,
    cluster: dockerCluster,
    odooCommand: (databaseName, odooArguments, address) => ({
      command: 'docker',
      arguments: [
        ...[
          'run',
          '--rm',
          '--init',
          '--interactive',
          '--label',
          odooLabel(databaseName),
          '--network',
          'host',
        ],
        ...userArguments(),
        ...['--volume', `${cacheFolder()}:${cacheFolder()}`, '--volume', `${root}:${root}:ro`],
        ...['--env', 'PGPASSWORD', '--env', 'ODOO_RC=/dev/null', '--entrypoint', '/usr/bin/odoo', odooImage],
        ...odooArguments,
        ...['--db_host', '127.0.0.1', '--db_port', String(address.port), '--db_user', address.user],
      ],
      environment: { PGPASSWORD: address.password },
    }),
    psqlCommand,
    async killOdoo(databaseName) {
      const containers = await docker('ps', '--quiet', '--filter', `label=${odooLabel(databaseName)}`);
      const ids = containers.split('\n').filter((id) => id !== '');
      if (ids.length > 0) await docker('rm', '--force', ...ids).catch(() => undefined);
    },
  };
}
