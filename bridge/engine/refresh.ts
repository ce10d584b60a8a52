import type { Derive, Guard, Route } from '../store/apply.ts';
import { isDatabaseFailure } from '../store/database.ts';
import type { Store } from '../store/store.ts';
import type { Connector, ObjectKey } from '../systems/system.ts';
import { startDeadline } from './deadline.ts';
import { asSystemError } from './failure.ts';
import type { Health } from './health.ts';
import type { Next } from './loop.ts';
import type { Observe } from './observer.ts';
import { type Answer, type FailedEvent, readAll, sortEvents } from './read.ts';
import type { Readiness } from './readiness.ts';
import { createTurns } from './turn.ts';

export interface RefreshOptions {
  readonly store: Store;
  readonly connector: Connector;
  readonly route: Route;
  readonly derive: Derive;
  readonly guard: Guard;
  readonly health: Health;
  readonly readiness: Readiness;
  readonly observe: Observe;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** There are deliveries to be made. */
  readonly onChanged: () => void;
}

/** So few that what is more urgent does not wait long for a step that is under way. */
const eventsPerStep = 500;
const readTimeoutMs = 120_000;

/**
 * One step of working off a system's events: many events on one object become one reading. An event is finished in
 * the transaction that keeps what it led to; when the system cannot be read, it stays.
 */
export function createRefreshStep(options: RefreshOptions): () => Promise<Next> {
  const { store, connector, route, derive, guard, health, observe, now } = options;
  const { system } = connector;
  const nextTurn = createTurns();

  return async function step(): Promise<Next> {
    const wait = health.waitMs();
    if (wait > 0) return { afterMs: wait };
    const events = await store.openEvents(system, nextTurn(), eventsPerStep);
    if (events.length === 0) return 'when-woken';
    if (!(await options.readiness.ensure(options.signal))) return { afterMs: health.waitMs() };
    const startedAt = now();
    const work = sortEvents(events, connector);
    const deadline = startDeadline(options.signal, readTimeoutMs);
    let read: { answers: Answer[]; failed: FailedEvent[] };
    try {
      read = await readAll(connector, work, deadline.signal, observe, isKnown);
    } catch (error) {
      const failure = asSystemError(error, system, 'unavailable');
      if (failure === undefined) throw error;
      if (options.signal.aborted) return 'when-woken';
      const untilMs = health.failed(failure.retryAfterMilliseconds);
      observe({ kind: 'paused', system, error: failure.kind, message: failure.message, untilMs });
      return { afterMs: untilMs - now() };
    } finally {
      deadline.clear();
    }
    if (work.wanted.size > 0) health.succeeded();
    const answers = [...work.delivered, ...read.answers];
    const seqs = events.map((event) => event.seq);
    const changed = await takeIn(seqs, answers, read.failed);
    if (changed > 0) options.onChanged();
    observe({
      kind: 'refreshed',
      system,
      events: events.length,
      readings: answers.length,
      changed,
      durationMs: now() - startedAt,
    });
    // Another lane may have something.
    return 'now';
  };

  async function isKnown(object: ObjectKey): Promise<boolean> {
    const record = await store.record({ system, ...object });
    return record !== undefined && !record.gone;
  }

  /** Keeps what was read and finishes the events. Answers how many records became different. */
  async function takeIn(
    seqs: readonly number[],
    answers: readonly Answer[],
    failed: readonly FailedEvent[],
  ): Promise<number> {
    const failedSeqs = new Set(failed.map(({ seq }) => seq));
    const finished = seqs.filter((seq) => !failedSeqs.has(seq));
    const readings = answers.map(({ reading }) => reading);
    try {
      return (await store.apply({ readings, finished, failed, route, derive, guard })).changed;
    } catch (error) {
      if (isDatabaseFailure(error) || answers.length === 0) throw error;
    }
    // A bug that one of them meets must not hold up the others. Their events are finished last, as one.
    const refused: FailedEvent[] = [];
    let changed = 0;
    for (const answer of answers) {
      try {
        const readings = [answer.reading];
        changed += (await store.apply({ readings, finished: [], failed: [], route, derive, guard })).changed;
      } catch (error) {
        if (isDatabaseFailure(error)) throw error;
        refused.push(...refuse(answer, error));
      }
    }
    return changed + (await takeIn(seqs, [], [...failed, ...refused]));
  }

  function refuse({ reading, seqs }: Answer, error: unknown): FailedEvent[] {
    const { entity, id } = reading;
    const message = `The bridge failed at this: ${error}`;
    observe({ kind: 'failed', where: `taking in ${entity} ${id} of ${system}`, error });
    observe({ kind: 'unreadable', system, entity, id, message });
    return seqs.map((seq) => ({ seq, error: `${entity} ${id}: ${message}` }));
  }
}
