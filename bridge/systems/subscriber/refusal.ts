import type { ErrorKind, SystemError } from '../error.ts';

/** Nobody takes events there, or not from us: this concerns all of them and is for a person to mend. */
const closed: ReadonlySet<number> = new Set([401, 403, 404, 405, 410]);

/**
 * What the answer to an event means. A receiver that does not want events any more says 410; while it is addressed wrongly
 * or refuses the signature, events wait. One that answers an event with another 4xx does not want this one.
 */
export function refusalOf(name: string, error: SystemError): SystemError {
  const { status } = error;
  if (status === undefined || status === 429 || status === 408 || status >= 500) return error;
  const kind: ErrorKind = closed.has(status) || status < 400 ? 'denied' : 'invalid';
  const message = kind === 'denied' ? closedMessage(name, status) : refusedMessage(name, status);
  return error.but({ kind, message });
}

const refusedMessage = (name: string, status: number): string =>
  `${name} refused this event with status ${status}, so it is not sent again. Its own log says why.`;

function closedMessage(name: string, status: number): string {
  const wait = 'Events for it wait meanwhile.';
  if (status === 410)
    return `${name} wants no events any more (status 410). Take it out of the subscribers, or correct its address. ${wait}`;
  if (status === 401 || status === 403)
    return `${name} does not accept who sends (status ${status}). Compare the signing secrets on both sides. ${wait}`;
  return `${name} takes no events at this address (status ${status}). Correct its address. ${wait}`;
}
