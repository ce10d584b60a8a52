import { type Missed, startTimetable } from '../engine/timetable.ts';
import type { Reconciliation } from '../rules/reconcile.ts';
import { nextRun } from '../rules/timing.ts';
import type { Store } from '../store/store.ts';
import type { Reconciler } from './reconciler.ts';

export interface ReconciliationScheduleOptions {
  readonly declarations: readonly Reconciliation[];
  readonly store: Pick<Store, 'reconciliations'>;
  readonly reconciler: Pick<Reconciler, 'start'>;
  readonly now: () => number;
  /** Runs were due and did not start; one makes up for them now. */
  readonly onMissed: (declaration: string, missed: Missed) => void;
  readonly onError: (declaration: string, message: string) => void;
}

/** Enough to find the last run of each declaration among. */
const mostRuns = 1000;
const bySchedule = 'schedule';

/**
 * Starts runs by the schedules of their declarations (UTC), and one at once of each that has been due since its schedule last
 * started one: no bridge ran then. One that is running already is left alone. Answers how to stop.
 */
export async function startReconciliations(
  options: ReconciliationScheduleOptions,
): Promise<() => Promise<void>> {
  const { declarations, store, reconciler, now, onMissed, onError } = options;

  async function start(declaration: string): Promise<void> {
    try {
      const asked = await reconciler.start({ declaration, by: bySchedule });
      if (!asked.ok && asked.error !== 'conflict') onError(declaration, asked.message);
    } catch (error) {
      onError(declaration, error instanceof Error ? error.message : String(error));
    }
  }

  const runs = await store.reconciliations(mostRuns);
  const timetables = declarations.flatMap(({ id, schedule }) => {
    if (schedule === undefined) return [];
    const last = runs.find(({ declaration, startedBy }) => declaration === id && startedBy === bySchedule);
    const due = last && dueAfter(schedule, Date.parse(last.startedAt));
    if (due !== undefined && due <= now()) {
      onMissed(id, { count: 1, since: new Date(due) });
      void start(id);
    }
    return [
      startTimetable(
        schedule,
        () => void start(id),
        (missed) => onMissed(id, missed),
      ),
    ];
  });

  return async () => {
    for (const end of timetables) await end();
  };
}

function dueAfter(schedule: string, afterMs: number): number | undefined {
  try {
    return nextRun(schedule, afterMs);
  } catch {
    // What works out times reads cron expressions a little more strictly than what starts runs: this one only starts them.
    return undefined;
  }
}
