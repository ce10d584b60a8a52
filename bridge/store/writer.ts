import type { Connection } from './database.ts';

interface Job {
  run(): unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Group commit: everything that is written during one turn of the event loop shares one commit. */
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

export function createWriter(connection: Connection): Writer {
  const begin = connection.prepare('begin immediate');
  const commit = connection.prepare('commit');
  const rollback = connection.prepare('rollback');
  let queue: Job[] = [];
  let scheduled = false;
  let closed = false;

  function commitTogether(jobs: readonly Job[]): unknown[] {
    begin.run();
    try {
      const results = jobs.map((job) => job.run());
      commit.run();
      return results;
    } catch (error) {
      // Some errors (disk full) end the transaction by themselves.
      if (connection.inTransaction) rollback.run();
      throw error;
    }
  }

  function flush(): void {
    scheduled = false;
    const jobs = queue;
    if (jobs.length === 0) return;
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
        setImmediate(flush);
      });
    },
    close() {
      closed = true;
      flush();
    },
  };
}
