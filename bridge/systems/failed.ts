import type { SystemError } from './error.ts';
import type { WriteFailed } from './system.ts';

/** One change that failed, with a plain sentence for people. */
export const failed = (error: WriteFailed['error'], message: string): WriteFailed => ({
  ok: false,
  error,
  message,
});

/** A failure of a call that is one item's own, as its result. */
export function failedBy({ kind, message, retryAfterMilliseconds, mayBeDone }: SystemError): WriteFailed {
  const failure = { ...failed(kind, message), mayBeDone };
  return retryAfterMilliseconds === undefined ? failure : { ...failure, retryAfterMilliseconds };
}
