import { mkdir } from 'node:fs/promises';
import { cacheFolder } from './cache-folder.ts';
import { debianInstallation } from './debian.ts';
import { debianCluster, isPostgresInstalled } from './debian-cluster.ts';
import { debianRelease } from './debian-packages.ts';
import { dockerCluster, dockerInstallation, isDockerAvailable } from './docker.ts';
import { withLock } from './exclusive-lock.ts';
import type { ClusterControl, Installation } from './installation.ts';
import { OdooUnavailable } from './unavailable.ts';

/** The oldest Debian whose Python packages Odoo 19 works with. */
const oldestDebianRelease = 12;

async function findInstallation(): Promise<Installation> {
  const release = debianRelease();
  if (release !== undefined && release >= oldestDebianRelease) return debianInstallation(release);
  if (await isDockerAvailable()) return dockerInstallation();
  throw new OdooUnavailable(
    `this machine is neither Debian ${oldestDebianRelease} or later, nor has it a Docker engine that answers`,
    'Install and start Docker (https://docs.docker.com/engine/install/), or use a Debian 12 machine.',
  );
}

/** The cluster that earlier runs may have left, without getting anything new. */
export async function existingCluster(): Promise<ClusterControl | undefined> {
  if (debianRelease() !== undefined) return isPostgresInstalled() ? debianCluster() : undefined;
  return (await isDockerAvailable()) ? dockerCluster : undefined;
}

let prepared: Promise<Installation> | undefined;

/** Gets Odoo and PostgreSQL when they are not here yet. Asked once per process. */
export function prepareInstallation(): Promise<Installation> {
  prepared ??= (async () => {
    await mkdir(cacheFolder(), { recursive: true });
    return withLock('installation', findInstallation);
  })();
  return prepared;
}
