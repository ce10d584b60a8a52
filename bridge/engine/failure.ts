import type { ClaimedDelivery } from '../store/delivery.ts';
import type { SettledDead, SettledRetry } from '../store/settlement.ts';
import { type ErrorKind, SystemError } from '../systems/error.ts';
import { type Backoff, backoffDelay } from './backoff.ts';
import type { Health } from './health.ts';
import type { Observe } from './observer.ts';

const backoff: Backoff = { firstMs: 1000, mostMs: 15 * 60_000 };
/** With the delays above: about six hours of a system that works for others and fails for this one. */
const mostTries = 32;

/** What a person has to change first; another try would end the same way. */
const needsPerson: ReadonlySet<ErrorKind> = new Set(['invalid', 'missing', 'conflict', 'denied']);

export interface FailedItem {
  readonly delivery: ClaimedDelivery;
  /** JSON of what was sent, where something was. */
  readonly json: string | undefined;
  /** Id in the target that was written to. */
  readonly targetId?: string | undefined;
}

interface Failure {
  readonly error: ErrorKind;
  readonly message: string;
  /** The system may have done it all the same. Default: with `ambiguous` only. */
  readonly mayBeDone?: boolean;
  readonly retryAfterMilliseconds?: number | undefined;
}

interface Circumstances {
  readonly now: () => number;
  readonly random: () => number;
  readonly startedAtMs: number;
}

type Unsettled = SettledRetry | SettledDead;

const mayBeDone = (failure: Failure): boolean => failure.mayBeDone ?? failure.error === 'ambiguous';

/** One item failed, the system is well: try again later, or hand it to a person. */
export function settleFailedItem(
  failure: Failure,
  item: FailedItem,
  circumstances: Circumstances,
): Unsettled {
  if (!needsPerson.has(failure.error)) return tryAgain(failure, item, circumstances);
  if (failure.error === 'missing' && item.delivery.uncertain && item.targetId !== undefined) {
    // It may have been removed by an earlier try of ours whose answer was lost: looked for once more, as if never linked.
    const again = tryAgain({ ...failure, retryAfterMilliseconds: 0 }, item, circumstances);
    return again.outcome === 'retry' ? { ...again, uncertain: true, forget: item.targetId } : again;
  }
  return { ...describe(failure, item, circumstances), outcome: 'dead', uncertain: mayBeDone(failure) };
}

/**
 * A counted try: the next one comes later each time, and after many a person has to look. Being asked to go slower says
 * nothing about the item, so it never counts.
 */
function tryAgain(failure: Failure, item: FailedItem, circumstances: Circumstances): Unsettled {
  const { delivery } = item;
  const base = describe(failure, item, circumstances);
  const countTry = failure.error !== 'limited';
  const uncertain = mayBeDone(failure);
  if (countTry && delivery.tries >= mostTries) return { ...base, outcome: 'dead', uncertain };
  const delay = Math.max(
    failure.retryAfterMilliseconds ?? 0,
    backoffDelay(backoff, delivery.tries, circumstances.random),
  );
  return { ...base, outcome: 'retry', dueMs: circumstances.now() + delay, uncertain, countTry };
}

function describe(failure: Failure, { delivery, json }: FailedItem, { now, startedAtMs }: Circumstances) {
  return {
    delivery,
    startedAt: new Date(startedAtMs).toISOString(),
    durationMs: now() - startedAtMs,
    error: failure.error,
    cause: failure.message,
    ...(json === undefined ? {} : { fieldsJson: json }),
  };
}

interface CallCircumstances extends Circumstances {
  readonly health: Health;
  readonly observe: Observe;
  /** False when nothing was sent that could have had an effect. */
  readonly begun: boolean;
}

/**
 * A whole call failed. While the system itself is in trouble its deliveries only wait: an outage of days kills none
 * of them. A call that carried a single item and was refused for its content is that item's fault.
 */
export function settleFailedCall(
  error: SystemError,
  items: readonly FailedItem[],
  circumstances: CallCircumstances,
): Unsettled[] {
  const { now, health, observe, begun } = circumstances;
  const uncertain = begun && error.mayBeDone;
  const failure = { error: error.kind, message: error.message, mayBeDone: uncertain };
  if (items.length === 1 && blamesItem(error)) {
    health.succeeded();
    return items.map((item) => settleFailedItem(failure, item, circumstances));
  }
  const wasOpen = health.open();
  const untilMs = health.failed(error.retryAfterMilliseconds);
  observe({ kind: 'paused', system: error.system, error: error.kind, message: error.message, untilMs });
  const lost = begun && error.kind === 'ambiguous';
  // Being asked to go slower says nothing about the items; nor does a system that nobody gets through to.
  const counts = !wasOpen && error.kind !== 'limited' && (error.status !== undefined || lost);
  const later = { ...failure, retryAfterMilliseconds: untilMs - now() };
  return items.map((item) =>
    counts
      ? tryAgain(later, item, circumstances)
      : {
          ...describe(failure, item, circumstances),
          outcome: 'retry',
          dueMs: untilMs,
          uncertain,
          countTry: false,
        },
  );
}

/** The call was refused for its content: a single item in it is the one at fault. */
export const blamesItem = (error: SystemError): boolean =>
  error.kind === 'invalid' || error.kind === 'missing' || error.kind === 'conflict';

/** The error of a call as the engine decides by it; `undefined` for a bug. `interrupted` says what an aborted call is. */
export function asSystemError(
  error: unknown,
  system: string,
  interrupted: 'unavailable' | 'ambiguous',
): SystemError | undefined {
  if (error instanceof SystemError) return error;
  if (error instanceof DOMException && (error.name === 'AbortError' || error.name === 'TimeoutError')) {
    return new SystemError(interrupted, `${system} did not answer in time`, { system, cause: error });
  }
  return undefined;
}
