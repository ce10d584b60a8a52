import pRetry from 'p-retry';
import { type Dispatcher, Pool } from 'undici';
import { brokenConnection, failedToReach, neverSent } from './broken-connection.ts';
import { type ErrorKind, lostAnswer, SystemError } from './error.ts';
import { type Answer, exchange } from './exchange.ts';
import {
  isRedirect,
  kindOfStatus,
  redirectMessage,
  retryAfter,
  type SortedRefusal,
  saysNothingOfObjects,
} from './http-status.ts';
import type { Limiter } from './limiter.ts';

export interface HttpOptions {
  /** Name of the system, for errors. */
  readonly system: string;
  /** Scheme, host, port and an optional path that every request is put under. */
  readonly baseUrl: string;
  /** Headers of every request, asked for each time: a token may have been renewed. Never logged. */
  readonly headers: () => Record<string, string>;
  readonly limiter?: Limiter;
  /** How long the system may take to answer. */
  readonly timeoutMilliseconds?: number;
  /** Open connections at most. */
  readonly connections?: number;
  /** Picks the sentence for people out of an error body. */
  readonly explain?: (body: unknown) => string | undefined;
  /** What a refusal means where this system means something else by it than others do; `undefined`: the same. */
  readonly sort?: (status: number, body: unknown) => SortedRefusal | undefined;
  /** False where only the status of an answer counts; its body is then not looked at. */
  readonly answersMatter?: boolean;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** JSON that is sent as it stands, where every byte counts; instead of `body`. */
  readonly text?: string;
  /** Headers of this request besides those of the client. Never logged. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For people and the log: `read 20 companies`. */
  readonly action: string;
  /** True when sending it twice does what sending it once does; default: true for GET, PUT and DELETE. */
  readonly repeatable?: boolean;
  /** False when it only asks, so that a lost answer leaves nothing in doubt; default: false for GET and HEAD. */
  readonly changes?: boolean;
  /** Counts instead of the client's own limiter, for endpoints that the system limits apart. */
  readonly limiter?: Limiter;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON; `undefined` for an empty body. */
  readonly body: unknown;
}

export interface Http {
  /** Answers for every 2xx status; any other outcome throws `SystemError`. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Lets what is under way end; gives it up after three seconds. */
  close(): Promise<void>;
}

const defaultTimeout = 30_000;
const defaultConnections = 16;
/** What is still under way then is given up: nobody waits for it any more. */
const closeGraceMs = 3000;
/**
 * A broken connection is tried again at once, within the same attempt, and then once more after a moment; longer trouble is
 * the engine's business.
 */
const quickRetries = { retries: 1, minTimeout: 50, maxTimeout: 250, randomize: true };

/** A client for one system: pooled connections, rate limit, deadline, and errors sorted by what may be done next. */
export function createHttp(options: HttpOptions): Http {
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/$/, '');
  const timeout = options.timeoutMilliseconds ?? defaultTimeout;
  const wantsBody = options.answersMatter !== false;
  const pool = new Pool(base.origin, {
    connections: options.connections ?? defaultConnections,
    pipelining: 1,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    connect: { timeout: Math.min(timeout, 10_000) },
  });
  let closing: Promise<void> | undefined;

  async function send(request: HttpRequest, repeatable: boolean): Promise<HttpAnswer> {
    await waitForTurn(request);
    let answer: Answer;
    try {
      answer = await exchange(pool, dispatch(request), { signal: request.signal, wantsBody });
    } catch (error) {
      throw connectionError(error, request, repeatable);
    }
    const { status, headers, text } = answer;
    const body = parse(text);
    if (status >= 200 && status < 300) {
      if (text !== '' && body === undefined) {
        const message = `${options.system} answered something that is not JSON`;
        throw lostAnswer(repeatable, message, { ...lostContext(request), status });
      }
      return { status, headers, body };
    }
    throw statusError(status, headers, body, request, repeatable);
  }

  async function sendAgain(request: HttpRequest): Promise<HttpAnswer> {
    let mayBeDone = false;
    function goesOn(error: unknown): boolean {
      mayBeDone ||= error instanceof SystemError && error.mayBeDone;
      return !request.signal.aborted && brokenConnection(error);
    }
    try {
      return await send(request, true);
    } catch (error) {
      if (!goesOn(error)) throw error;
    }
    try {
      return await pRetry(() => send(request, true), {
        ...quickRetries,
        shouldRetry: ({ error }) => goesOn(error),
      });
    } catch (error) {
      // How the last try ended says nothing about what became of the first.
      throw mayBeDone && error instanceof SystemError ? error.but({ mayBeDone }) : error;
    }
  }

  async function waitForTurn(request: HttpRequest): Promise<void> {
    try {
      request.signal.throwIfAborted();
      await (request.limiter ?? options.limiter)?.acquire(request.signal);
    } catch (error) {
      throw failure('unavailable', `${request.action} was stopped before it was sent`, request, {
        cause: error,
      });
    }
  }

  function dispatch(request: HttpRequest): Dispatcher.DispatchOptions {
    const headers = { ...options.headers(), ...request.headers };
    headers.accept = 'application/json';
    const body = request.text ?? (request.body === undefined ? null : JSON.stringify(request.body));
    if (body !== null) headers['content-type'] = 'application/json';
    return {
      method: request.method,
      path: prefix + request.path + queryText(request.query),
      headers,
      body,
    };
  }

  function failure(
    kind: ErrorKind,
    message: string,
    request: HttpRequest,
    more: { status?: number; cause?: unknown; retryAfterMilliseconds?: number } = {},
  ): SystemError {
    return new SystemError(kind, message, { ...contextOf(request), ...more });
  }

  const contextOf = ({ action }: HttpRequest) => ({ system: options.system, action });

  const lostContext = (request: HttpRequest) => ({ ...contextOf(request), mayBeDone: mayChange(request) });

  function connectionError(error: unknown, request: HttpRequest, repeatable: boolean): SystemError {
    const lost = { ...lostContext(request), cause: error };
    // Stopped by us; what was under way may still have been done there.
    const message = request.signal.aborted
      ? `${request.action} was interrupted`
      : failedToReach(options.system, error);
    return neverSent(error)
      ? failure('unavailable', message, request, { cause: error })
      : lostAnswer(repeatable, message, lost);
  }

  function statusError(
    status: number,
    headers: HttpAnswer['headers'],
    body: unknown,
    request: HttpRequest,
    repeatable: boolean,
  ): SystemError {
    const { kind, retryAfterMilliseconds: usualWait } = options.sort?.(status, body) ?? {
      kind: saysNothingOfObjects(status, headers) ? 'unavailable' : kindOfStatus(status),
    };
    const explanation = isRedirect(status)
      ? redirectMessage(options.system, headers.location, options.baseUrl)
      : (options.explain?.(body) ?? `${options.system} answered with status ${status}`);
    const retryAfterMilliseconds = retryAfter(headers['retry-after']) ?? usualWait;
    if (kind === 'limited')
      (request.limiter ?? options.limiter)?.pauseUntil(Date.now() + (retryAfterMilliseconds ?? 1000));
    const more = { status, ...(retryAfterMilliseconds === undefined ? {} : { retryAfterMilliseconds }) };
    return kind === 'lost'
      ? lostAnswer(repeatable, explanation, { ...lostContext(request), ...more })
      : failure(kind, explanation, request, more);
  }

  async function closePool(): Promise<void> {
    const late = setTimeout(() => pool.destroy(), closeGraceMs);
    await pool.close();
    clearTimeout(late);
  }

  return {
    async request(request) {
      const repeatable = request.repeatable ?? (request.method !== 'POST' && request.method !== 'PATCH');
      return repeatable ? sendAgain(request) : send(request, false);
    },
    close() {
      closing ??= closePool();
      return closing;
    },
  };
}

const mayChange = ({ method, changes = method !== 'GET' && method !== 'HEAD' }: HttpRequest): boolean =>
  changes;

function queryText(query: HttpRequest['query']): string {
  if (query === undefined) return '';
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) parameters.set(name, String(value));
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
