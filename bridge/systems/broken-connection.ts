import { SystemError } from './error.ts';
import { NeverSentError } from './exchange.ts';

const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_INVALID_ARG',
]);

const timeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** The request is none that can be sent. */
const refusedHere = (error: unknown): boolean => codeOf(error) === 'UND_ERR_INVALID_ARG';

/** Worth another try at once: it was sent, no answer came, and no time limit has been used up already. */
export const brokenConnection = (error: unknown): boolean =>
  error instanceof SystemError &&
  error.kind === 'unavailable' &&
  error.status === undefined &&
  !refusedHere(error) &&
  !timeouts.has(codeOf(error) ?? '');

/** Nothing of it went out. */
export const neverSent = (error: unknown): boolean =>
  error instanceof NeverSentError || beforeSending.has(codeOf(error) ?? '');

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== undefined) return code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return codeOf(error.cause);
}

/** For people, with what to do where that is known. */
export const failedToReach = (system: string, error: unknown): string =>
  refusedHere(error)
    ? `a request to ${system} cannot be sent: ${flaw(error)}`
    : `${system} could not be reached: ${reason(error)}`;

/** Undici names the header, and never what is in it. */
function flaw(error: unknown): string {
  const detail = error instanceof Error ? error.message : String(error);
  const header = /^invalid (\S+) header$/.exec(detail)?.[1];
  if (header === undefined) return detail;
  return (
    `its header ${header} holds characters that no header can hold. Look at the setting that it comes from, such as ` +
    'the token: a line break may have been copied with it'
  );
}

function reason(error: unknown): string {
  const code = codeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens at its address';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its host name is not known';
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'no connection within the time limit';
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return 'no answer within the time limit';
    default:
      return error instanceof Error
        ? `${error.message}${code === undefined ? '' : ` (${code})`}`
        : String(error);
  }
}
