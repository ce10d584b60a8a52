import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheFolder } from './cache-folder.ts';
import { freePort } from './free-port.ts';
import { type ClusterAddress, type ClusterControl, clusterSettings, clusterUser } from './installation.ts';
import { CommandFailed, run } from './run-command.ts';

/** The user that PostgreSQL runs as: ourselves, or `postgres` when we are root, which it refuses. */
interface Owner {
  readonly userId: number;
  readonly groupId: number;
}

const binariesFolder = '/usr/lib/postgresql';
const readyTimeoutMilliseconds = 60_000;

function postgresVersions(): string[] {
  if (!existsSync(binariesFolder)) return [];
  const versions = readdirSync(binariesFolder);
  return versions.filter((name) => existsSync(join(binariesFolder, name, 'bin', 'initdb')));
}

export const isPostgresInstalled = () => postgresVersions().length > 0;

/** The newest PostgreSQL that is installed, such as `15`. */
export function installedPostgresVersion(): string {
  const newest = postgresVersions().sort((left, right) => Number(right) - Number(left))[0];
  if (newest === undefined) throw new Error(`there is no PostgreSQL server in ${binariesFolder}`);
  return newest;
}

export function postgresProgram(name: string): string {
  return join(binariesFolder, installedPostgresVersion(), 'bin', name);
}

async function clusterOwner(): Promise<Owner> {
  const userId = process.getuid?.() ?? 0;
  const groupId = process.getgid?.() ?? 0;
  if (userId !== 0) return { userId, groupId };
  const id = async (option: string) => Number(await run({ command: 'id', arguments: [option, 'postgres'] }));
  return { userId: await id('--user'), groupId: await id('--group') };
}

/** Folder of the cluster: in the cache, or in /var/lib when its owner cannot enter the cache (root's home). */
async function clusterFolder(owner: Owner): Promise<string> {
  const name = `postgres-${installedPostgresVersion()}`;
  const enterable = await run({ command: 'test', arguments: ['-x', cacheFolder()], ...owner }).then(
    () => true,
    () => false,
  );
  if (enterable) return join(cacheFolder(), name);
  const cacheIdentity = createHash('sha256').update(cacheFolder()).digest('hex').slice(0, 12);
  return join('/var/lib/services-bridge', cacheIdentity, name);
}

/** What `postmaster.pid` says: process id, port, and whether connections are taken. */
export function parsePostmasterFile(text: string): { processId: number; port: number; ready: boolean } {
  const lines = text.split('\n');
  return { processId: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

function isPostmaster(processId: number, dataFolder: string): boolean {
  try {
    return readFileSync(`/proc/${processId}/cmdline`, 'utf8').split('\0').includes(dataFolder);
  } catch {
    return false;
  }
}

function isAlive(processId: number): boolean {
  return existsSync(`/proc/${processId}`);
}

async function initialise(folder: string, owner: Owner): Promise<void> {
  const temporary = `${folder}.incomplete`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  await chmod(temporary, 0o700);
  await chown(temporary, owner.userId, owner.groupId);
  const passwordFile = join(temporary, 'password');
  await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  await chown(passwordFile, owner.userId, owner.groupId);
  await run({
    command: postgresProgram('initdb'),
    arguments: [
      ...['--pgdata', join(temporary, 'data'), '--username', clusterUser, '--pwfile', passwordFile],
      ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8'],
    ],
    ...owner,
  });
  await rename(temporary, folder);
}

/**
 * A leftover `postmaster.pid` whose process is gone is PostgreSQL's own affair. When the number now belongs to some
 * other process of the same user (after a restart of the machine), PostgreSQL would refuse to start.
 */
async function removeMisleadingPostmasterFile(dataFolder: string): Promise<void> {
  const file = join(dataFolder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const { processId } = parsePostmasterFile(await readFile(file, 'utf8'));
  if (isAlive(processId) && !isPostmaster(processId, dataFolder)) await rm(file);
}

export async function debianCluster(): Promise<ClusterControl> {
  const owner = await clusterOwner();
  const folder = await clusterFolder(owner);
  const dataFolder = join(folder, 'data');

  async function addressOn(port: number): Promise<ClusterAddress> {
    return { port, user: clusterUser, password: await readFile(join(folder, 'password'), 'utf8') };
  }

  function control(...pgCtlArguments: string[]): Promise<string> {
    const commandArguments = ['--pgdata', dataFolder, '--wait', ...pgCtlArguments];
    return run({ command: postgresProgram('pg_ctl'), arguments: commandArguments, ...owner });
  }

  async function runningAddress(): Promise<ClusterAddress | undefined> {
    const deadline = Date.now() + readyTimeoutMilliseconds;
    for (;;) {
      const text = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      const { processId, port, ready } = parsePostmasterFile(text);
      if (!isPostmaster(processId, dataFolder)) return undefined;
      if (ready) return addressOn(port);
      // Somebody who was killed meanwhile had begun to start or stop it.
      if (Date.now() > deadline)
        throw new Error(`PostgreSQL in ${dataFolder} is not ready, see ${folder}/log`);
      await delay(100);
    }
  }

  async function start(): Promise<ClusterAddress> {
    if (!existsSync(folder)) await initialise(folder, owner);
    await removeMisleadingPostmasterFile(dataFolder);
    const deadline = Date.now() + readyTimeoutMilliseconds;
    for (;;) {
      const port = await freePort();
      const settings = clusterSettings(port).map((setting) => `-c ${setting}`);
      try {
        await control('--log', join(folder, 'log'), '--options', settings.join(' '), 'start');
        return await addressOn(port);
      } catch (error) {
        // Backends of a killed server need a moment to end; a port may be taken between the look and the start.
        if (!(error instanceof CommandFailed) || Date.now() > deadline) throw error;
        const log = await readFile(join(folder, 'log'), 'utf8');
        if (!/still in use|Address already in use/.test(log.slice(-2_000))) throw error;
        await delay(500);
      }
    }
  }

  return {
    runningAddress,
    start,
    async stop() {
      if (await runningAddress()) await control('--mode=fast', 'stop');
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
