import type { SortedRefusal } from '../http-status.ts';

/** How long HubSpot asks to wait when it locks records. */
const lockMilliseconds = 2000;

/**
 * - 423: records are locked for a moment, while much is written to them at once;
 * - 477: the account is on its way to another data centre, for up to a day, which `Retry-After` tells.
 */
const busy: ReadonlySet<number> = new Set([423, 477]);

/** The statuses by which HubSpot refuses objects. */
const aboutObjects: ReadonlySet<number> = new Set([400, 404, 409, 410, 422]);

/**
 * What a refused call means where HubSpot's statuses have a meaning of their own. A refusal of objects that is not in
 * HubSpot's words comes from something before it, or from a wrong address: no object is to blame for that.
 */
export function sortRefusal(status: number, body: unknown): SortedRefusal | undefined {
  if (busy.has(status)) return { kind: 'limited', retryAfterMilliseconds: lockMilliseconds };
  if (aboutObjects.has(status) && !isOwnRefusal(status, body)) return { kind: 'unavailable' };
  return undefined;
}

/** JSON that HubSpot cannot read is refused without a category; so is a path that it does not know, which is no object. */
function isOwnRefusal(status: number, body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const { category, correlationId } = body as { category?: unknown; correlationId?: unknown };
  return typeof category === 'string' || (status !== 404 && typeof correlationId === 'string');
}
