/**
 * Why a call to a system, or one item of it, failed. What follows from it is decided in one place, the engine:
 * - `invalid`: the system refuses the values; a person must change something.
 * - `missing`: the object, or one it refers to, is not there (any more).
 * - `conflict`: the object is in a state that forbids the change (closed, locked, invoiced, duplicate).
 * - `denied`: credentials, rights or what was paid for do not suffice.
 * - `limited`: too many requests; `retryAfterMilliseconds` says when the system will listen again.
 * - `unavailable`: not reachable, or it answered that it is broken, or something else answered in its place. Safe to
 *   repeat: the system did not do it, or doing it twice does what doing it once does; `mayBeDone` tells the two apart.
 * - `ambiguous`: the answer was lost; the system may have done it. Look up before a create is repeated.
 */
export type ErrorKind =
  | 'invalid'
  | 'missing'
  | 'conflict'
  | 'denied'
  | 'limited'
  | 'unavailable'
  | 'ambiguous';

export interface SystemErrorContext {
  readonly system: string;
  /** What was being done, for people: `create 3 companies`. */
  readonly action?: string;
  readonly status?: number;
  readonly retryAfterMilliseconds?: number;
  /** The system may have done it all the same. Default: with `ambiguous` only. */
  readonly mayBeDone?: boolean;
  readonly cause?: unknown;
}

/** A whole call that failed. An item that failed inside a batch is a `WriteResult` instead. */
export class SystemError extends Error {
  readonly kind: ErrorKind;
  readonly system: string;
  readonly action: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterMilliseconds: number | undefined;
  /** The system may have done it, though nothing says so: what appears there may be our own work. */
  readonly mayBeDone: boolean;

  constructor(kind: ErrorKind, message: string, context: SystemErrorContext) {
    super(message, { cause: context.cause });
    this.name = 'SystemError';
    this.kind = kind;
    this.system = context.system;
    this.action = context.action;
    this.status = context.status;
    this.retryAfterMilliseconds = context.retryAfterMilliseconds;
    this.mayBeDone = context.mayBeDone ?? kind === 'ambiguous';
  }

  /** The same failure, told otherwise. */
  but(changes: {
    readonly kind?: ErrorKind;
    readonly message?: string;
    readonly mayBeDone?: boolean;
  }): SystemError {
    const { kind = this.kind, message = this.message, mayBeDone = this.mayBeDone } = changes;
    const { system, action, status, retryAfterMilliseconds, cause } = this;
    return new SystemError(kind, message, {
      system,
      cause,
      mayBeDone,
      ...(action === undefined ? {} : { action }),
      ...(status === undefined ? {} : { status }),
      ...(retryAfterMilliseconds === undefined ? {} : { retryAfterMilliseconds }),
    });
  }
}

/** A call was sent and no answer came that says what became of it. `repeatable`: sending it twice does no harm. */
export function lostAnswer(repeatable: boolean, message: string, context: SystemErrorContext): SystemError {
  return new SystemError(repeatable ? 'unavailable' : 'ambiguous', message, { mayBeDone: true, ...context });
}
