import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Thrown by the routes; `sandbox.ts` turns it into the answer. */
export class Refusal extends Error {
  readonly status: ContentfulStatusCode;
  readonly body: object;

  constructor(status: ContentfulStatusCode, message: string, body: object = { message }) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/** A request that breaks a rule, in the words of the rule: `Name has already been taken`. */
export const unprocessable = (message: string): Refusal => new Refusal(422, message);

export const notFound = (): Refusal => new Refusal(404, 'Record not found');

/** The error body for a status that only a fault produces. */
export function faultBody(status: number): object {
  if (status === 401)
    return {
      error: 'invalid_token',
      error_description:
        'The access token provided is expired, revoked, malformed or invalid for other reasons.',
    };
  const messages: Record<number, string> = {
    403: 'You are not authorized to perform this action',
    404: 'Record not found',
    429: 'You have exceeded your rate limit. Please try again later.',
  };
  return { message: messages[status] ?? 'Something went wrong' };
}
