import type { IncomingHttpHeaders } from 'node:http';
import OdooAwait from 'odoo-await';
import { type ErrorKind, SystemError, type SystemErrorContext } from '../error.ts';
import { isRedirect, redirectMessage, retryAfter } from '../http-status.ts';
import { answerWasLost, type Fault, faultOfTraceback, kindOfFault, sentenceOf } from './fault.ts';
import { createSlots } from './slots.ts';
import { baseContext, type CallOptions, type OdooTransport, type TransportOptions } from './transport.ts';
import { readVersion } from './version.ts';
import { xmlValue } from './xml-value.ts';

/** Meaning of Odoo's fault codes; 1 comes with a traceback that names the exception. */
const nameOfCode: Readonly<Record<number, string>> = {
  2: 'odoo.exceptions.UserError',
  3: 'odoo.exceptions.AccessDenied',
  4: 'odoo.exceptions.AccessError',
};

/** What odoo-await rejects with, besides network errors: a fault, an unreadable answer, or just a text. */
interface Rejection {
  readonly code?: number | string;
  readonly faultString?: string;
  readonly res?: { readonly statusCode?: number; readonly headers?: IncomingHttpHeaders };
}

/**
 * Odoo's XML-RPC interface by odoo-await, for Odoo 17 and 18. The library knows neither deadlines nor interruption:
 * when the time is over its call goes on unheard, and what it comes to is unknown.
 */
export function createXmlrpc(options: TransportOptions): OdooTransport {
  const { system, url, timeoutMilliseconds } = options;
  const client = new OdooAwait({
    baseUrl: url,
    db: options.database,
    username: options.login,
    password: options.apiKey,
  });
  const slots = createSlots(options.connections);
  let loggedIn: Promise<unknown> | undefined;

  async function logIn(call: CallOptions): Promise<void> {
    const attempt = loggedIn ?? Promise.resolve(client.connect());
    loggedIn = attempt;
    attempt.catch(() => {
      loggedIn = undefined;
    });
    // Nothing was done yet, so this may always be tried again.
    await answerOf(attempt, { ...call, repeatable: true });
  }

  async function call(model: string, method: string, args: Record<string, unknown>, call: CallOptions) {
    const release = await freeSlot(call);
    try {
      await logIn(call);
      const { ids, ...named } = args;
      const context = { ...baseContext, ...call.context };
      // Built anew for every call: odoo-await puts the log-in in front of the list that it is given.
      const parameters = [ids === undefined ? [] : [ids], { ...named, context }].map(xmlValue);
      return await answerOf(client.execute_kw(model, method, parameters), call);
    } finally {
      release();
    }
  }

  /** odoo-await opens a connection a call, so the number of calls at once is limited here. */
  async function freeSlot(call: CallOptions): Promise<() => void> {
    try {
      return await slots.take(call.signal);
    } catch (cause) {
      throw failure('unavailable', `${call.action} was interrupted`, call, { cause });
    }
  }

  /** The promise's answer, unless time is over or the caller gives up first. */
  async function answerOf(promise: Promise<unknown>, call: CallOptions): Promise<unknown> {
    // Nobody may be listening any more when it fails.
    promise.catch(() => {});
    const lost: ErrorKind = call.repeatable ? 'unavailable' : 'ambiguous';
    if (call.signal.aborted) throw failure('unavailable', `${call.action} was interrupted`, call);
    const { promise: end, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(failure(lost, `Odoo did not answer within ${timeoutMilliseconds / 1000} s`, call)),
      timeoutMilliseconds,
    );
    const stop = () => reject(failure(lost, `${call.action} was interrupted`, call));
    call.signal.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([promise, end]);
    } catch (error) {
      throw error instanceof SystemError ? error : explained(error, call, lost);
    } finally {
      clearTimeout(timer);
      call.signal.removeEventListener('abort', stop);
    }
  }

  function failure(
    kind: ErrorKind,
    message: string,
    call: CallOptions,
    more: Omit<SystemErrorContext, 'system'> = {},
  ): SystemError {
    return new SystemError(kind, message, { system, action: call.action, ...more });
  }

  function explained(error: unknown, call: CallOptions, lost: ErrorKind): SystemError {
    if (typeof error === 'string') {
      const message = 'Odoo refused login and API key: one of them is wrong, or the key has expired';
      return failure('denied', message, call);
    }
    const { code, faultString, res } = (error ?? {}) as Rejection;
    if (faultString !== undefined) return faultError(Number(code), faultString, call);
    const status = res?.statusCode;
    if (status !== undefined) {
      const wait = retryAfter(res?.headers?.['retry-after']);
      return failure(kindOfStatus(status) ?? lost, sentenceOfStatus(status, res?.headers?.location), call, {
        cause: error,
        status,
        ...(wait === undefined ? {} : { retryAfterMilliseconds: wait }),
      });
    }
    const neverSent = typeof code === 'string' && beforeSending.has(code);
    const text = neverSent ? 'nothing listens at its address' : 'the connection broke';
    return failure(neverSent ? 'unavailable' : lost, `${system} could not be reached: ${text}`, call, {
      cause: error,
    });
  }

  function sentenceOfStatus(status: number, location: string | undefined): string {
    if (isRedirect(status)) return redirectMessage(system, location, url);
    return status < 300 ? "Odoo's answer could not be read" : `${url} answered XML-RPC with status ${status}`;
  }

  function faultError(code: number, text: string, call: CallOptions): SystemError {
    const fault: Fault = faultOfCode(code, text);
    if (answerWasLost(fault.message)) {
      const message = 'Odoo did it, but could not put its answer into XML-RPC';
      // Doing it again would lose the answer again.
      return failure(call.repeatable ? 'invalid' : 'ambiguous', message, call);
    }
    // The key may have been replaced since the log-in.
    if (fault.name === 'odoo.exceptions.AccessDenied') loggedIn = undefined;
    const unknown = call.repeatable ? 'unavailable' : 'ambiguous';
    return failure(kindOfFault(fault) ?? unknown, sentenceOf(fault), call);
  }

  return {
    name: 'xmlrpc',
    version: (signal) => readVersion({ system, url, timeoutMilliseconds }, signal),
    call,
    close: async () => {},
  };
}

/** Odoo answers every call with 200; these come from what stands before it, so that no record is missing. */
const kindByStatus: Readonly<Record<number, ErrorKind>> = {
  400: 'invalid',
  401: 'denied',
  402: 'denied',
  403: 'denied',
  404: 'unavailable',
  410: 'unavailable',
  413: 'invalid',
  429: 'limited',
  503: 'unavailable',
};

/** `undefined`: it does not say what became of the call. */
const kindOfStatus = (status: number): ErrorKind | undefined =>
  isRedirect(status) ? 'unavailable' : kindByStatus[status];

const beforeSending = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function faultOfCode(code: number, text: string): Fault {
  const name = nameOfCode[code];
  if (name !== undefined) return { name, message: text };
  return faultOfTraceback(text) ?? { name: 'unknown', message: text.split('\n')[0] ?? text };
}
