import type { Derive, Guard, Route } from '../store/apply.ts';
import { isDatabaseFailure } from '../store/database.ts';
import type { Store } from '../store/store.ts';
import type { Connector, ObjectKey } from '../systems/system.ts';
import { startDeadline } from './deadline.ts';
import type { Health } from './health.ts';
import type { Next } from './loop.ts';
import type { Observe } from './observer.ts';
import { type Answer, type BegunEvent, type FailedEvent, type Read, readAll, sortEvents } from './read.ts';
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
/** A step that reads longer ends with what it has; so others get their turn, and what was read is not lost. */
const readTimeoutMs = 120_000;

/** What is to be kept of a step: what was read, and which events stay because something is left of them. */
type Outcome = Pick<Read, 'answers' | 'failed' | 'left'>;

/**
 * One step of working off a system's events: many events on one object become one reading. An event is finished in
 * the transaction that keeps the last of what it led to. Where the system cannot be read to the end, the rest stays open,
 * and the next step goes on with what is left.
 */
export function createRefreshStep(options: RefreshOptions): () => Promise<Next> {
  const { store, connector, route, derive, guard, health, observe, now } = options;
  const { system } = connector;
  const nextTurn = createTurns();
  /** Open events by their number. A process that ends forgets this and reads all of them again. */
  const begun = new Map<number, BegunEvent>();

  return async function step(): Promise<Next> {
    const wait = health.waitMs();
    if (wait > 0) return { afterMs: wait };
    const events = await store.openEvents(system, nextTurn(), eventsPerStep);
    if (events.length === 0) return 'when-woken';
    if (!(await options.readiness.ensure(options.signal))) return { afterMs: health.waitMs() };
    const startedAt = now();
    const work = sortEvents(events, connector, begun);
    const deadline = startDeadline(options.signal, readTimeoutMs);
    let read: Read;
    try {
      read = await readAll(connector, work, deadline.signal, observe, isKnown);
    } finally {
      deadline.clear();
    }
    const { failed, left, answered, failure } = read;
    if (failure !== undefined && options.signal.aborted) return 'when-woken';
    if (answered || (failure === undefined && work.wanted.size > 0)) health.succeeded();
    const seqs = events.map((event) => event.seq);
    const answers = [...work.delivered, ...read.answers];
    const finished = seqs.filter((seq) => !left.has(seq)).length;
    if (answered || finished > 0) {
      const changed = await takeIn(seqs, { answers, failed, left });
      if (changed > 0) options.onChanged();
      observe({
        kind: 'refreshed',
        system,
        events: finished,
        readings: answers.length,
        changed,
        durationMs: now() - startedAt,
      });
    }
    // Slow is not silent: what took longer than a step has, and came along, needs another step and no pause.
    if (failure !== undefined && !(answered && deadline.signal.aborted)) {
      const untilMs = health.failed(failure.retryAfterMilliseconds);
      observe({ kind: 'paused', system, error: failure.kind, message: failure.message, untilMs });
      return { afterMs: untilMs - now() };
    }
    // Another lane may have something.
    return 'now';
  };

  async function isKnown(object: ObjectKey): Promise<boolean> {
    const record = await store.record({ system, ...object });
    return record !== undefined && !record.gone;
  }

  /** Keeps what was read and finishes the events of which nothing is left. Answers how many records became different. */
  async function takeIn(seqs: readonly number[], { answers, failed, left }: Outcome): Promise<number> {
    const ended = failed.filter(({ seq }) => !left.has(seq));
    const failedSeqs = new Set(ended.map(({ seq }) => seq));
    const finished = seqs.filter((seq) => !left.has(seq) && !failedSeqs.has(seq));
    const readings = answers.map(({ reading }) => reading);
    try {
      const { changed } = await store.apply({ readings, finished, failed: ended, route, derive, guard });
      remember(seqs, failed, left);
      return changed;
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
    return changed + (await takeIn(seqs, { answers: [], failed: [...failed, ...refused], left }));
  }

  function remember(seqs: readonly number[], failed: readonly FailedEvent[], left: Outcome['left']): void {
    const failedBySeq = Map.groupBy(failed, ({ seq }) => seq);
    for (const seq of seqs) {
      const objects = left.get(seq);
      if (objects === undefined) begun.delete(seq);
      else begun.set(seq, { left: objects, failed: failedBySeq.get(seq) ?? [] });
    }
  }

  function refuse({ reading, seqs }: Answer, error: unknown): FailedEvent[] {
    const { entity, id } = reading;
    const message = `The bridge failed at this: ${error}`;
    observe({ kind: 'failed', where: `taking in ${entity} ${id} of ${system}`, error });
    observe({ kind: 'unreadable', system, entity, id, message });
    return seqs.map((seq) => ({ seq, error: `${entity} ${id}: ${message}` }));
  }
}
