import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from '../settings.ts';

export type { Logger } from 'pino';

export interface LogOptions {
  readonly level: LogLevel;
  /** Where lines go; default: standard output. */
  readonly destination?: DestinationStream;
}

const secretKeys = [
  'authorization',
  'cookie',
  '"set-cookie"',
  '"x-api-key"',
  '"x-api-token"',
  '"webhook-signature"',
  'apiKey',
  'api_key',
  'password',
  'secret',
  'secrets',
  'token',
];

/** At the top, in any object of a line, and in the headers of a request or an answer within it. */
const redactedPaths = secretKeys.flatMap((key) => {
  const step = key.startsWith('"') ? `[${key}]` : `.${key}`;
  return [key.startsWith('"') ? step : key, `*${step}`, `*.headers${step}`];
});

/**
 * The log: one JSON object a line, with `time` in UTC, `level` as a word and `message`. Secrets that come into a line
 * by mistake are hidden where their key gives them away; an error goes under `error`.
 */
export function createLog(options: LogOptions): Logger {
  const settings = {
    level: options.level,
    // Neither process id nor host name: the container adds what it knows.
    base: null,
    messageKey: 'message',
    errorKey: 'error',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
    serializers: { error: (error: unknown) => describeError(error, 0) },
    redact: { paths: redactedPaths, censor: '•••' },
  };
  // Lines that come faster than they can be written leave together; what is left at the end is flushed.
  return pino(settings, options.destination ?? destination({ dest: 1, sync: false }));
}

const deepest = 4;

/**
 * What a line says of an error: only what is known to be harmless. Other properties of an error may be whole requests,
 * with their headers.
 */
function describeError(error: unknown, depth: number): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : String(error);
  const { name, message, stack, cause } = error;
  const { kind, system, action, status, code } = error as Error & Record<string, unknown>;
  return {
    type: name,
    message,
    ...simple({ kind, system, action, status, code }),
    // Errors that we made ourselves and sorted say where they come from; their stack is noise.
    ...(kind === undefined && stack !== undefined ? { stack } : {}),
    ...(cause === undefined || depth === deepest ? {} : { cause: describeError(cause, depth + 1) }),
  };
}

function simple(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => typeof value === 'string' || typeof value === 'number'),
  );
}
