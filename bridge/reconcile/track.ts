import type { RunResults } from '../store/reconciliation.ts';
import type { ReconciliationRun, RunPhase, RunScope } from '../store/reconciliation-run.ts';
import type { Store } from '../store/store.ts';

/** How far a run is, while it runs. */
export interface Track {
  readonly id: string;
  readonly declaration: string;
  readonly scope: RunScope;
  readonly phase: RunPhase;
  /** Where the phase goes on. */
  readonly position: Readonly<Record<string, string | number>>;
  count(name: string, more?: number): void;
  /** What is counted under these names is counted from the beginning. */
  countAnew(...names: readonly string[]): void;
  /** More objects that the phase is done with. */
  advance(more: number): void;
  /** Keeps what the run came to, together with where it goes on: after a crash it does so exactly there. */
  save(position: Readonly<Record<string, string | number>>, results?: RunResults): Promise<void>;
  /** The next phase begins. */
  enter(phase: RunPhase, estimated?: number): Promise<void>;
  /** The run as it stands. */
  now(): Pick<ReconciliationRun, 'phase' | 'done' | 'estimated' | 'counts'>;
}

export function createTrack(run: ReconciliationRun, store: Pick<Store, 'moveRun'>): Track {
  let { phase, position, done, estimated } = run;
  const counts: Record<string, number> = { ...run.counts };

  const progress = () => ({
    phase,
    position,
    done,
    counts: { ...counts },
    ...(estimated === undefined ? {} : { estimated }),
  });

  return {
    id: run.id,
    declaration: run.declaration,
    scope: run.scope,
    get phase() {
      return phase;
    },
    get position() {
      return position;
    },
    count(name, more = 1) {
      counts[name] = (counts[name] ?? 0) + more;
    },
    countAnew(...names) {
      for (const name of names) delete counts[name];
    },
    advance(more) {
      done += more;
    },
    save(next, results) {
      position = next;
      return store.moveRun(run.id, progress(), results);
    },
    enter(next, expected) {
      phase = next;
      position = {};
      done = 0;
      estimated = expected;
      return store.moveRun(run.id, progress());
    },
    now: progress,
  };
}

/** The name under which everything that a run leads to is found: `reconcile:<run>`. */
export const correlationOf = (run: string): string => `${prefix}${run}`;

const prefix = 'reconcile:';

/** Whether any run led to it. */
export const isOfRun = (correlation: string): boolean => correlation.startsWith(prefix);
