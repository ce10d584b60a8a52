import type { Logger } from './observe/log.ts';

/** What was started, and how to end it. */
export interface Running {
  add(end: () => unknown): void;
  /** True from the moment at which the end began. */
  ending(): boolean;
  /**
   * Ends everything, in the opposite order in which it was added. What cannot be ended is logged and holds up nothing else;
   * rejects with the first such error when all is over.
   */
  end(): Promise<void>;
}

export function createRunning(log: Logger): Running {
  const ends: (() => unknown)[] = [];
  let ending = false;
  return {
    add: (end) => ends.push(end),
    ending: () => ending,
    async end() {
      ending = true;
      const failures: unknown[] = [];
      for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
        try {
          await end();
        } catch (error) {
          log.error({ error }, 'a part of the bridge could not be ended');
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
