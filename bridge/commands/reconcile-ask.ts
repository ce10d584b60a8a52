import * as v from 'valibot';
import type { AdminAccess } from '../settings.ts';

const patienceMs = 10_000;

const runAnswer = v.object({ run: v.object({ id: v.string(), declaration: v.string(), state: v.string() }) });
const refusedAnswer = v.object({ error: v.string(), message: v.string() });

/** What the running bridge said. */
export type Answer =
  | { readonly ok: true; readonly run: v.InferOutput<typeof runAnswer>['run'] }
  | {
      readonly ok: false;
      readonly message: string;
      /** True where it answered that this cannot be now; `undefined` where nothing can be asked of it. */
      readonly conflict?: boolean;
    };

/**
 * Asks the running bridge to start, stop or resume a run: only it may write to its database.
 *
 * @param path behind `/admin/reconciliations`
 */
export async function askBridge(path: string, body: unknown, access: AdminAccess): Promise<Answer> {
  const { token, url } = access;
  if (token === undefined) {
    const message =
      'A bridge is running, and only it may write to its database. Set ADMIN_TOKEN for the bridge and for this command, or stop the bridge for a moment.';
    return { ok: false, message };
  }
  let answer: Response;
  try {
    answer = await fetch(`${url}/admin/reconciliations${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token.reveal()}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(patienceMs),
    });
  } catch (error) {
    const { cause, message } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    return {
      ok: false,
      message: `A bridge is running on this database, but it cannot be reached at ${url}: ${why}. Set ADMIN_URL to where it listens.`,
    };
  }
  const said: unknown = await answer.json().catch(() => undefined);
  const started = v.safeParse(runAnswer, said);
  if (answer.ok && started.success) return { ok: true, run: started.output.run };
  const refused = v.safeParse(refusedAnswer, said);
  if (answer.status === 404 && refused.success && refused.output.message === nothingThere)
    return {
      ok: false,
      message: 'The running bridge has no ADMIN_TOKEN. Set one for it and start it again.',
    };
  const unknown = `${url} answered ${answer.status}, which is nothing a bridge says. Set ADMIN_URL to where it listens.`;
  return refused.success
    ? { ok: false, message: refused.output.message, conflict: refused.output.error === 'conflict' }
    : { ok: false, message: unknown };
}

/** What the bridge says where it serves nothing. */
const nothingThere = 'There is nothing at this address.';
