import { withProgress } from '../progress.ts';
import { type HeldLock, takeLock, tryLock, withLock } from './exclusive-lock.ts';
import type { ClusterAddress, Installation } from './installation.ts';
import { removeAbandonedRuns } from './runs.ts';

/**
 * The PostgreSQL cluster runs while somebody uses it. Each user holds the lock "cluster-users" in shared mode; who
 * leaves and then gets it exclusively was the last one, and stops the cluster. A killed user's lock vanishes with it,
 * so at worst a cluster keeps running until the next user leaves.
 */
export interface ClusterUse {
  readonly address: ClusterAddress;
  release(): Promise<void>;
}

const startLock = 'cluster';
const usersLock = 'cluster-users';

async function stopWhenUnused(installation: Installation): Promise<void> {
  await withLock(startLock, async () => {
    const alone = tryLock(usersLock);
    if (alone === undefined) return;
    try {
      await installation.cluster.stop();
    } finally {
      alone.release();
    }
  });
}

export async function useCluster(installation: Installation): Promise<ClusterUse> {
  let use: HeldLock | undefined;
  const address = await withLock(startLock, async () => {
    const running = await installation.cluster.runningAddress();
    const found = running ?? (await withProgress('Start PostgreSQL', () => installation.cluster.start()));
    use = await takeLock(usersLock, 'shared');
    return found;
  });
  const release = async () => {
    if (use === undefined) return;
    use.release();
    use = undefined;
    await stopWhenUnused(installation);
  };
  try {
    await removeAbandonedRuns(installation, address);
  } catch (error) {
    await release();
    throw error;
  }
  return { address, release };
}
