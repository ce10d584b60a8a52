import { SystemError } from '../error.ts';
import { failed } from '../failed.ts';
import type { WriteFailed } from '../system.ts';

/**
 * What a failure is for an invoice where the account has no module for invoices. That is nothing that clients, projects and
 * time would have to wait for.
 *
 * @param id of the invoice in Harvest: one that is not there is only missing. Without, no list of invoices is there
 * @throws the failure, where it is another one
 */
export function switchedOff(error: unknown, id: string | undefined): WriteFailed {
  if (!(error instanceof SystemError)) throw error;
  const hidden = error.status === 403 || (error.kind === 'missing' && id === undefined);
  if (!hidden) throw error;
  return failed(
    'conflict',
    "Harvest takes no invoices: its module for them is switched off, or the token's user may not use it. Switch it on in Harvest (Settings, Modules, Invoices).",
  );
}
