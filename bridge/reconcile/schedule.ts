import cron from 'node-cron';
import type { Reconciliation } from '../rules/reconcile.ts';
import type { Reconciler } from './reconciler.ts';

/** Starts runs by the schedules of their declarations (UTC). One that is running already is left alone. Answers how to stop. */
export function startReconciliations(
  declarations: readonly Reconciliation[],
  reconciler: Pick<Reconciler, 'start'>,
  onError: (declaration: string, message: string) => void,
): () => Promise<void> {
  const tasks = declarations.flatMap(({ id, schedule }) =>
    schedule === undefined ? [] : [cron.schedule(schedule, () => start(id), { timezone: 'Etc/UTC' })],
  );

  async function start(declaration: string): Promise<void> {
    try {
      const asked = await reconciler.start({ declaration, by: 'schedule' });
      if (!asked.ok && asked.error !== 'conflict') onError(declaration, asked.message);
    } catch (error) {
      onError(declaration, error instanceof Error ? error.message : String(error));
    }
  }

  return async () => {
    for (const task of tasks) await task.destroy();
  };
}
