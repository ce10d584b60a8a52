import type { Connection } from './database.ts';
import { gatheredFor } from './gathered.ts';

interface Job {
  run(): unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * Group commit: everything that is written during one turn of the event loop shares one commit. While every further turn
 * brings more, the commit waits for it, at most a few times as long as the last one took; where the last commit carried several
 * operations it waits for as long as that took in any case. Under load a commit then carries many times as much and takes
 * at most half of the time, and whoever writes alone waits for nobody.
 */
export interface Writer {
  /**
   * Runs `operation` in a transaction and resolves with its result once that is on disk. The operation must only
   * touch the database and must be repeatable: when one of a group throws, the group is rolled back and each
   * operation runs again in a transaction of its own, so that only the bad one is rejected.
   */
  write<Result>(operation: () => Result): Promise<Result>;
  /** Commits what is queued now; after that `write` rejects. */
  close(): void;
}

/** A disk that is slow for a moment must not slow down what comes after. */
const longestWaitMs = 5;
/** A commit of so many operations shows that there is more going on than one after the other. */
const busyGroup = 4;
/** How many times the last commit's time the next one waits while every turn brings more. */
const whileMoreCome = 4;

export interface WriterOptions {
  /** Told whenever operations that had run were undone. */
  readonly onRollback?: () => void;
  /** Milliseconds that only go forward; where they stand still, no commit waits for company. */
  readonly elapsed?: () => number;
}

export function createWriter(connection: Connection, options: WriterOptions = {}): Writer {
  const { onRollback = () => {}, elapsed = () => performance.now() } = options;
  const begin = connection.prepare('begin immediate');
  const commit = connection.prepare('commit');
  const rollback = connection.prepare('rollback');
  let queue: Job[] = [];
  let scheduled = false;
  let closed = false;
  let lastCommitMs = 0;
  let lastGroup = 0;
  let firstQueuedAt = 0;
  let queuedBefore = 0;

  function commitTogether(jobs: readonly Job[]): unknown[] {
    begin.run();
    try {
      const results = jobs.map((job) => job.run());
      for (const gathered of gatheredFor(connection)) gathered.write();
      const finished = elapsed();
      commit.run();
      for (const gathered of gatheredFor(connection)) gathered.committed?.();
      lastCommitMs = Math.min(elapsed() - finished, longestWaitMs);
      return results;
    } catch (error) {
      // Some errors (disk full) end the transaction by themselves.
      if (connection.inTransaction) rollback.run();
      for (const gathered of gatheredFor(connection)) gathered.forget();
      onRollback();
      throw error;
    }
  }

  function flushUnlessMoreCome(): void {
    const patience = queue.length > queuedBefore ? whileMoreCome : lastGroup >= busyGroup ? 1 : 0;
    queuedBefore = queue.length;
    if (elapsed() - firstQueuedAt < patience * lastCommitMs) setImmediate(flushUnlessMoreCome);
    else flush();
  }

  function flush(): void {
    scheduled = false;
    const jobs = queue;
    if (jobs.length === 0) return;
    lastGroup = jobs.length;
    queue = [];
    try {
      const results = commitTogether(jobs);
      for (let index = 0; index < jobs.length; index++) jobs[index]?.resolve(results[index]);
    } catch (error) {
      if (jobs.length === 1) jobs[0]?.reject(error);
      else for (const job of jobs) commitAlone(job);
    }
  }

  function commitAlone(job: Job): void {
    try {
      job.resolve(commitTogether([job])[0]);
    } catch (error) {
      job.reject(error);
    }
  }

  return {
    write<Result>(operation: () => Result): Promise<Result> {
      if (closed) return Promise.reject(new Error('The store is closed'));
      return new Promise<Result>((resolve, reject) => {
        queue.push({ run: operation, resolve: resolve as (value: unknown) => void, reject });
        if (scheduled) return;
        scheduled = true;
        queuedBefore = 0;
        firstQueuedAt = elapsed();
        setImmediate(flushUnlessMoreCome);
      });
    },
    close() {
      closed = true;
      flush();
    },
  };
}
