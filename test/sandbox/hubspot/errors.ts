import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** The body of a refused request, in HubSpot's shape. */
export interface ErrorBody {
  readonly status: 'error';
  readonly message: string;
  readonly correlationId: string;
  readonly category: string;
  readonly subCategory?: string;
  readonly context?: Readonly<Record<string, readonly string[]>>;
  readonly errors?: readonly { readonly message: string; readonly code?: string; readonly in?: string }[];
}

/** Thrown by the routes; `sandbox.ts` turns it into the answer. */
export class Refusal extends Error {
  readonly status: ContentfulStatusCode;
  readonly body: ErrorBody;

  constructor(
    status: ContentfulStatusCode,
    category: string,
    message: string,
    more: Partial<ErrorBody> = {},
  ) {
    super(message);
    this.status = status;
    this.body = { status: 'error', message, correlationId: crypto.randomUUID(), category, ...more };
  }
}

export const invalid = (message: string, more: Partial<ErrorBody> = {}): Refusal =>
  new Refusal(400, 'VALIDATION_ERROR', message, more);

export const notFound = (message: string, more: Partial<ErrorBody> = {}): Refusal =>
  new Refusal(404, 'OBJECT_NOT_FOUND', message, more);

/** One input of a batch that failed, as it stands in the `errors` of a 207. */
export interface ItemError {
  readonly status: 'error';
  readonly category: string;
  readonly message: string;
  readonly subCategory?: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
}

/** The error body for a status that only a fault produces. */
export function faultBody(status: number): ErrorBody {
  const categories: Record<number, string> = {
    401: 'INVALID_AUTHENTICATION',
    403: 'MISSING_SCOPES',
    404: 'OBJECT_NOT_FOUND',
    409: 'CONFLICT',
    429: 'RATE_LIMITS',
  };
  return new Refusal(
    status as ContentfulStatusCode,
    categories[status] ?? 'INTERNAL_ERROR',
    status === 429 ? 'You have reached your ten_secondly_rolling limit.' : 'internal error',
  ).body;
}
