import type { Overview } from '../store/overview.ts';
import type { StoredRecord } from '../store/record.ts';
import { type Place, textOf } from './place.ts';
import type { Reason } from './reason.ts';

const owner = 'finance';

/** Why a timesheet line of the erp is on no posted invoice; `undefined` where it is, or never will be. */
export function unbilledReason(line: StoredRecord, place: Place, overview: Overview): Reason | undefined {
  if (line.state.billable !== true) return undefined;
  // Elsewhere not the time is billed, but the fee, the milestone or the retainer.
  if (place.billingMethod !== null && place.billingMethod !== 'time_and_materials') return undefined;
  const invoiceId = textOf(line.state, 'invoice');
  const common = { owner, person: null, since: line.readAt, needsPerson: false };
  if (invoiceId === null)
    return {
      ...common,
      reason: 'It stands on no invoice yet.',
      next: 'It goes on the next draft invoice of its order.',
    };
  const invoice = overview.record({ system: line.system, entity: 'invoice', id: invoiceId });
  if (invoice === undefined || invoice.gone || invoice.state.status !== 'draft') return undefined;
  return { ...common, reason: 'It stands on a draft invoice.', next: 'Check and post the draft in the erp.' };
}
