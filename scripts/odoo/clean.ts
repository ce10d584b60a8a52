import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withProgress } from '../progress.ts';
import { cacheFolder } from './cache-folder.ts';
import { tryLock, withLock } from './exclusive-lock.ts';
import { existingCluster } from './prepare.ts';

async function removeCache(): Promise<void> {
  for (const name of readdirSync(cacheFolder())) {
    // The locks are held at this moment.
    if (name !== 'locks') await rm(join(cacheFolder(), name), { recursive: true, force: true });
  }
}

async function cleanAlone(): Promise<void> {
  const alone = tryLock('cluster-users');
  if (alone === undefined) throw new Error('Odoo is in use by another process; end that one first');
  try {
    const cluster = await existingCluster();
    await cluster?.stop();
    await cluster?.remove();
    await withProgress('Delete the cache', removeCache);
  } finally {
    alone.release();
  }
}

/** Deletes everything that was got and made: Odoo, the cluster with all its databases, logs. Packages stay. */
export async function clean(): Promise<void> {
  if (!existsSync(cacheFolder())) return;
  await withLock('installation', () => withLock('cluster', cleanAlone));
}
