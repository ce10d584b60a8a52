import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorKind } from './error.ts';

/** What a refusal means. */
export interface SortedRefusal {
  readonly kind: ErrorKind;
  /** With `limited`: how long to wait where the answer does not say. */
  readonly retryAfterMilliseconds?: number;
}

/** These are about what was sent; every other refusal without a meaning of its own is about the system. */
const refusesContent: ReadonlySet<number> = new Set([400, 413, 414, 422]);

/** `lost`: it does not say what became of the request. */
export function kindOfStatus(status: number): ErrorKind | 'lost' {
  if (status === 429) return 'limited';
  // 402: the account is not paid for.
  if (status === 401 || status === 402 || status === 403) return 'denied';
  if (status === 404 || status === 410) return 'missing';
  if (status === 409 || status === 423) return 'conflict';
  if (refusesContent.has(status)) return 'invalid';
  // 503 says that nothing was done; any other failure of a server may come after it did the work.
  if (status === 408 || (status >= 500 && status !== 503)) return 'lost';
  // Also a redirect: a page to log in or one that tells of maintenance stands before the system.
  return 'unavailable';
}

/** A page for people that something is not there: whatever stands before the system does not find the system. */
export const saysNothingOfObjects = (status: number, headers: IncomingHttpHeaders): boolean =>
  (status === 404 || status === 410) && /^text\/html/i.test(String(headers['content-type'] ?? ''));

/** No redirect is followed: what is sent, credentials among it, goes to the address that was configured. */
export const isRedirect = (status: number): boolean => status >= 300 && status < 400;

/** Names the host that a redirect leads to, and no more of its address: there may be secrets in it. */
export function redirectMessage(
  system: string,
  location: string | string[] | undefined,
  baseUrl: string,
): string {
  const text = Array.isArray(location) ? location[0] : location;
  const target = text === undefined ? null : URL.parse(text, baseUrl);
  const where = target?.host ? `${target.protocol}//${target.host}` : 'another address';
  return `${system} redirects to ${where}: correct the address`;
}

/** No system asks for more in earnest; after it, asking once more costs one call. */
const longestWait = 24 * 60 * 60_000;

/** Milliseconds of a `Retry-After` header, a day at most: seconds or an HTTP date. */
export function retryAfter(
  header: string | string[] | undefined,
  now: number = Date.now(),
): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined || text.trim() === '') return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return bounded(seconds * 1000);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : bounded(at - now);
}

const bounded = (milliseconds: number): number => Math.min(longestWait, Math.max(0, milliseconds));
