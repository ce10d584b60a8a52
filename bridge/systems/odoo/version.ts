import * as v from 'valibot';
import { type ErrorKind, SystemError } from '../error.ts';
import { createHttp } from '../http.ts';
import type { OdooVersion } from './transport.ts';

const answerSchema = v.object({
  result: v.object({ server_version: v.string(), server_serie: v.string() }),
});

/** Odoo answers this question to everybody, and there is nothing in it that could be wrong. */
const aboutContent: ReadonlySet<ErrorKind> = new Set(['invalid', 'missing', 'conflict']);

const notAsOdoo = (url: string): string => `${url} answers, but not as an Odoo does`;

/**
 * Asks a server which Odoo it is: no log-in and no database needed, and the same address in every version since 8.
 *
 * @throws SystemError `unavailable` when there is no answer, or none of an Odoo: a page of maintenance stands before it
 */
export async function readVersion(
  server: { readonly system: string; readonly url: string; readonly timeoutMilliseconds: number },
  signal: AbortSignal,
): Promise<OdooVersion> {
  const { system, url, timeoutMilliseconds } = server;
  const action = 'ask for the version of Odoo';
  const http = createHttp({ system, baseUrl: url, headers: () => ({}), timeoutMilliseconds, connections: 1 });
  try {
    const { body, status } = await http.request({
      method: 'POST',
      path: '/web/webclient/version_info',
      body: { jsonrpc: '2.0', method: 'call', params: {} },
      action,
      repeatable: true,
      signal,
    });
    const answer = v.safeParse(answerSchema, body);
    const major = answer.success ? majorOf(answer.output.result.server_serie) : undefined;
    if (!answer.success || major === undefined)
      throw new SystemError('unavailable', notAsOdoo(url), { system, action, status });
    return { major, text: answer.output.result.server_version };
  } catch (error) {
    if (!(error instanceof SystemError) || !aboutContent.has(error.kind)) throw error;
    throw error.but({ kind: 'unavailable', message: `${notAsOdoo(url)} (status ${error.status})` });
  } finally {
    await http.close();
  }
}

/** 19 for `19.0`, `saas~19.1` and `19.0+e`. */
export function majorOf(series: string): number | undefined {
  const digits = /^(?:saas~)?(\d+)(?:\.\d+)?/.exec(series)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
