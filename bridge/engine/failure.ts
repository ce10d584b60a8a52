import type { ClaimedDelivery } from '../store/delivery.ts';
import type { Settlement } from '../store/settle.ts';
import type { ErrorKind, SystemError } from '../systems/error.ts';
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
}

interface Circumstances {
  readonly now: () => number;
  readonly random: () => number;
  readonly startedAtMs: number;
}

/** One item failed, the system is well: try again later, or hand it to a person. */
export function settleFailedItem(
  failure: { error: ErrorKind; message: string; retryAfterMilliseconds?: number | undefined },
  { delivery, json }: FailedItem,
  { now, random, startedAtMs }: Circumstances,
): Settlement {
  const base = {
    delivery,
    startedAt: new Date(startedAtMs).toISOString(),
    durationMs: now() - startedAtMs,
    error: failure.error,
    cause: failure.message,
    ...(json === undefined ? {} : { fieldsJson: json }),
  };
  if (needsPerson.has(failure.error) || delivery.tries >= mostTries) return { ...base, outcome: 'dead' };
  const delay = Math.max(failure.retryAfterMilliseconds ?? 0, backoffDelay(backoff, delivery.tries, random));
  const uncertain = failure.error === 'ambiguous';
  return { ...base, outcome: 'retry', dueMs: now() + delay, uncertain, countTry: true };
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
): Settlement[] {
  const { now, health, observe, startedAtMs, begun } = circumstances;
  if (items.length === 1 && blamesItem(error)) {
    const failure = { error: error.kind, message: error.message };
    return items.map((item) => settleFailedItem(failure, item, circumstances));
  }
  const wasOpen = health.open();
  const untilMs = health.failed(error.retryAfterMilliseconds);
  observe({ kind: 'paused', system: error.system, error: error.kind, message: error.message, untilMs });
  const uncertain = begun && error.kind === 'ambiguous';
  const counts = !wasOpen && (error.status !== undefined || uncertain) && !aboutUs.has(error.kind);
  return items.map((item) => {
    const failure = { error: error.kind, message: error.message, retryAfterMilliseconds: untilMs - now() };
    if (counts) return settleFailedItem(failure, item, circumstances);
    return {
      delivery: item.delivery,
      startedAt: new Date(startedAtMs).toISOString(),
      durationMs: now() - startedAtMs,
      outcome: 'retry',
      dueMs: untilMs,
      error: error.kind,
      cause: error.message,
      uncertain,
      countTry: false,
    };
  });
}

/** The call was refused for its content: a single item in it is the one at fault. */
export const blamesItem = (error: SystemError): boolean =>
  error.kind === 'invalid' || error.kind === 'missing' || error.kind === 'conflict';

/** Our pace or our credentials, not the item. */
const aboutUs: ReadonlySet<ErrorKind> = new Set(['limited', 'denied']);
