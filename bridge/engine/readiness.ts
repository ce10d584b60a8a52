import type { Connector } from '../systems/system.ts';
import { startDeadline } from './deadline.ts';
import { asSystemError } from './failure.ts';
import type { Health } from './health.ts';
import type { Observe } from './observer.ts';

/** Whether a system has been set up and found fit to work with. Nothing is read or written before. */
export interface Readiness {
  /** True when it is ready; finds out where that is not known yet, or has been known for long. */
  ensure(signal: AbortSignal): Promise<boolean>;
  /**
   * True when the system answered and was found unfit: a copy of a database, another one than the bridge belongs to. False
   * while it cannot be reached: what it said before still holds.
   */
  refused(signal: AbortSignal): Promise<boolean>;
  /** What keeps the system from being used, for people; empty when nothing does. Before the first look: that. */
  problems(): readonly string[];
}

const lookAgainMs = 60_000;
const setupTimeoutMs = 120_000;
/** A database can be exchanged or neutralized under a running bridge. */
const validMs = 10 * 60_000;

export function createReadiness(options: {
  connector: Connector;
  /** In shadow the system is only looked at, nothing is set up in it. */
  shadow: boolean;
  /** Of reading and of writing: neither is tried before the system is ready. */
  healths: readonly Health[];
  observe: Observe;
  now: () => number;
}): Readiness {
  const { connector, shadow, healths, observe, now } = options;
  const { system } = connector;
  let ready = false;
  let refused = false;
  let lookedAt: number | undefined;
  let problems: readonly string[] = ['is being looked at'];
  let underWay: Promise<boolean> | undefined;
  const failed = (retryAfterMs?: number) => Math.max(...healths.map((health) => health.failed(retryAfterMs)));

  async function findOut(signal: AbortSignal): Promise<boolean> {
    const deadline = startDeadline(signal, setupTimeoutMs);
    try {
      const findings = await (shadow ? connector.check(deadline.signal) : connector.setup(deadline.signal));
      problems = findings.flatMap(({ level, message, remedy, bySetup }) =>
        level !== 'error' || (shadow && bySetup === true)
          ? []
          : [remedy === undefined ? message : `${message}. ${remedy}`],
      );
      const was = ready;
      ready = problems.length === 0;
      refused = !ready;
      // Its failures were counted as those of reading and writing. Said each time, it would hide that one of them fails.
      if (ready && !was) for (const health of healths) health.succeeded();
      if (!ready) {
        const untilMs = failed(lookAgainMs);
        observe({ kind: 'paused', system, error: 'denied', message: problems.join(' '), untilMs });
      }
    } catch (error) {
      const failure = asSystemError(error, system, 'unavailable');
      if (failure === undefined) throw error;
      if (signal.aborted) return false;
      ready = false;
      problems = [failure.message];
      const untilMs = failed(failure.retryAfterMilliseconds);
      observe({
        kind: 'paused',
        system,
        error: failure.kind,
        message: failure.message,
        untilMs: Math.max(untilMs, now()),
      });
    } finally {
      deadline.clear();
    }
    return ready;
  }

  function look(signal: AbortSignal): Promise<boolean> {
    lookedAt = now();
    underWay ??= findOut(signal).finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  const olderThan = (ms: number) => lookedAt === undefined || now() - lookedAt >= ms;

  return {
    problems: () => problems,
    ensure: async (signal) => (ready && !olderThan(validMs)) || look(signal),
    async refused(signal) {
      if (olderThan(refused ? lookAgainMs : validMs)) await look(signal);
      else await underWay;
      return refused;
    },
  };
}
