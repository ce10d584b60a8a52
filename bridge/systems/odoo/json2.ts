import { SystemError } from '../error.ts';
import { createHttp } from '../http.ts';
import { type Fault, kindOfFault, sentenceOf } from './fault.ts';
import { baseContext, type CallOptions, type OdooTransport, type TransportOptions } from './transport.ts';
import { readVersion } from './version.ts';

/** Between the exception's name and its sentence, on the way through the HTTP client, which knows sentences only. */
const separator = '\0';

/** Odoo's JSON-2 interface, from Odoo 19 on: one POST per call, named arguments, an API key as bearer token. */
export function createJson2(options: TransportOptions): OdooTransport {
  const { system, url, timeoutMilliseconds } = options;
  const http = createHttp({
    system,
    baseUrl: url,
    headers: () => ({ authorization: `bearer ${options.apiKey}`, 'x-odoo-database': options.database }),
    timeoutMilliseconds: timeoutMilliseconds + 1000,
    connections: options.connections,
    explain: (body) => {
      const fault = faultOf(body);
      return fault === undefined ? undefined : `${fault.name}${separator}${fault.message}`;
    },
  });

  async function call(model: string, method: string, args: Record<string, unknown>, call: CallOptions) {
    const deadline = AbortSignal.timeout(timeoutMilliseconds);
    try {
      const answer = await http.request({
        method: 'POST',
        path: `/json/2/${model}/${method}`,
        body: { ...args, context: { ...baseContext, ...call.context } },
        action: call.action,
        repeatable: call.repeatable,
        // What may be repeated here asks, or does to a named record what cannot be done twice: it leaves nothing in doubt.
        changes: !call.repeatable,
        signal: AbortSignal.any([call.signal, deadline]),
      });
      return answer.body;
    } catch (error) {
      if (deadline.aborted && !call.signal.aborted && !hasStatus(error)) throw late(call, error);
      throw explained(call, error);
    }
  }

  const lost = (call: CallOptions) => (call.repeatable ? 'unavailable' : 'ambiguous');

  function late(call: CallOptions, cause: unknown): SystemError {
    const message = `Odoo did not answer within ${timeoutMilliseconds / 1000} s`;
    return new SystemError(lost(call), message, { system, action: call.action, cause });
  }

  function explained(call: CallOptions, error: unknown): SystemError {
    const { action } = call;
    if (!(error instanceof SystemError)) {
      // The signal's own reason: the call was stopped while it waited for its turn or for its next try.
      return new SystemError(lost(call), `${action} was interrupted`, { system, action, cause: error });
    }
    const { status, retryAfterMilliseconds, cause } = error;
    const context = {
      system,
      action,
      cause,
      ...(status === undefined ? {} : { status }),
      ...(retryAfterMilliseconds === undefined ? {} : { retryAfterMilliseconds }),
    };
    const [name, message] = error.message.split(separator);
    if (status === 401) return new SystemError('denied', refusedKey, context);
    if (name !== undefined && message !== undefined) {
      const fault = { name, message };
      return new SystemError(kindOfFault(fault) ?? error.kind, sentenceOf(fault), context);
    }
    return error.kind === 'missing' ? new SystemError('unavailable', notThere(options), context) : error;
  }

  return {
    name: 'json2',
    version: (signal) => readVersion({ system, url, timeoutMilliseconds }, signal),
    call,
    close: () => http.close(),
  };
}

const refusedKey = 'Odoo refused the API key: it is wrong, or it has expired';

/**
 * Odoo has no words of its own for this: it does not know which database is meant, as while that is restored. No record is
 * to blame for it.
 */
const notThere = ({ url, database }: TransportOptions): string =>
  `there is no JSON-2 at ${url} for a database "${database}": it is not there, or Odoo is older than 19`;

const hasStatus = (error: unknown): boolean => error instanceof SystemError && error.status !== undefined;

/** Python's own errors come as `builtins.ValueError`. */
function faultOf(body: unknown): Fault | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { name, message } = body as { name?: unknown; message?: unknown };
  if (typeof name !== 'string' || typeof message !== 'string') return undefined;
  return { name: name.replace(/^builtins\./, ''), message };
}
