import { backoffDelay } from '../engine/backoff.ts';
import type { EventLane } from '../engine/event-lane.ts';
import type { Observe } from '../engine/observer.ts';
import { type Missed, startTimetable } from '../engine/timetable.ts';
import type { SystemDeclaration } from '../rules/rule.ts';
import type { PollFailure } from '../store/poll.ts';
import type { Store } from '../store/store.ts';
import { SystemError } from '../systems/error.ts';
import { pause } from '../systems/limiter.ts';
import type { Connector } from '../systems/system.ts';
import { pollStream } from './poll.ts';

export interface ScheduleOptions {
  readonly store: Store;
  readonly declarations: readonly SystemDeclaration[];
  readonly connector: (system: string) => Connector;
  /** Whether a system may be read. */
  readonly ready: (system: string, signal: AbortSignal) => Promise<boolean>;
  readonly observe: Observe;
  readonly now: () => number;
  /** How urgent events are. Absent: all the same. */
  readonly laneOf?: EventLane;
  readonly random: () => number;
  /** Events of a system have come in. */
  readonly onEvents: (system: string) => void;
  /** Polls were due and did not start; one makes up for them now. */
  readonly onMissed?: (system: string, stream: string, missed: Missed) => void;
}

export interface Schedule {
  /** Polls a stream now, or joins the poll that is under way. Rejects when it fails. */
  pollNow(system: string, stream: string): Promise<number>;
  /** No further poll starts; resolves when those under way have ended or were interrupted. */
  stop(): Promise<void>;
}

const failureOf = (error: unknown): PollFailure => ({
  error: error instanceof SystemError ? error.kind : 'failed',
  cause: error instanceof Error ? error.message : String(error),
});

/** A poll that fails is tried again sooner than its schedule says, up to this often. */
const quickRetries = 3;
const retryBackoff = { firstMs: 2000, mostMs: 30_000 };

/**
 * Polls every stream on its cron schedule (UTC), and once at the start: what happened while the bridge was down is
 * caught up at once. Polls that did not start in time are made up for by one. A stream is never polled twice at the same
 * time.
 */
export function startSchedule(options: ScheduleOptions): Schedule {
  const stopping = new AbortController();
  const underWay = new Map<string, Promise<number>>();
  const timetables = options.declarations.flatMap((declaration) =>
    Object.entries(declaration.poll).map(([stream, expression]) => {
      const poll = () => run(declaration.name, stream);
      poll();
      return startTimetable(expression, poll, (missed) =>
        options.onMissed?.(declaration.name, stream, missed),
      );
    }),
  );

  function run(system: string, stream: string): void {
    if (underWay.has(`${system} ${stream}`)) return;
    pollNow(system, stream).catch((error: unknown) => {
      if (stopping.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      options.observe({ kind: 'poll-failed', system, stream, message });
    });
  }

  function pollNow(system: string, stream: string): Promise<number> {
    const key = `${system} ${stream}`;
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const poll = pollWithRetries(system, stream).finally(() => underWay.delete(key));
    underWay.set(key, poll);
    return poll;
  }

  async function pollWithRetries(system: string, stream: string): Promise<number> {
    for (let tries = 1; ; tries++) {
      try {
        return await pollOnce(system, stream);
      } catch (error) {
        if (!stopping.signal.aborted) await options.store.failPoll(system, stream, failureOf(error));
        const temporary =
          error instanceof SystemError && (error.kind === 'unavailable' || error.kind === 'limited');
        if (!temporary || tries > quickRetries) throw error;
        const delay = Math.max(
          error.retryAfterMilliseconds ?? 0,
          backoffDelay(retryBackoff, tries, options.random),
        );
        await pause(delay, stopping.signal);
      }
    }
  }

  async function pollOnce(system: string, stream: string): Promise<number> {
    if (!(await options.ready(system, stopping.signal))) {
      throw new SystemError('unavailable', `${system} cannot be used now`, {
        system,
        action: `poll ${stream}`,
      });
    }
    const connector = options.connector(system);
    const onEvents = () => options.onEvents(system);
    return pollStream(stream, { ...options, connector, onEvents }, stopping.signal);
  }

  return {
    pollNow,
    async stop() {
      stopping.abort();
      for (const end of timetables) await end();
      await Promise.allSettled(underWay.values());
    },
  };
}
