import cron from 'node-cron';

/** Times at which something was due and did not start, because the machine slept or was busy. */
export interface Missed {
  readonly count: number;
  /** The first of them. */
  readonly since: Date;
}

/**
 * Calls `run` whenever a cron expression (UTC) says so; and once, after `onMissed`, for all the times that were missed in a
 * row. Answers how to stop.
 */
export function startTimetable(
  expression: string,
  run: () => void,
  onMissed: (missed: Missed) => void,
): () => Promise<void> {
  const missed: Date[] = [];
  let stopped = false;

  function catchUp(): void {
    const [since] = missed;
    const count = missed.length;
    missed.length = 0;
    if (stopped || since === undefined) return;
    onMissed({ count, since });
    run();
  }

  const task = cron.schedule(
    expression,
    () => {
      // What is caught up in a moment is this one, too.
      if (missed.length === 0) run();
    },
    { timezone: 'Etc/UTC' },
  );
  task.on('execution:missed', ({ date }) => {
    // They are told one by one.
    if (missed.push(date) === 1) setImmediate(catchUp);
  });
  return async () => {
    stopped = true;
    await task.destroy();
  };
}
