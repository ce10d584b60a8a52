import { failed } from '../failed.ts';
import type { RemoveChange, WriteResult } from '../system.ts';
import type { HarvestApi } from './api.ts';
import { isOwn } from './invoice-body.ts';
import { switchedOff } from './invoice-module.ts';
import { markIn } from './notes.ts';
import { type Invoice, inPath } from './objects.ts';
import { done } from './result.ts';

/** Deletes an invoice that the bridge made. What people made in Harvest may have their time on it, and stays. */
export async function removeInvoice(
  api: HarvestApi,
  change: RemoveChange,
  signal: AbortSignal,
): Promise<WriteResult> {
  try {
    return await remove(api, change, signal);
  } catch (error) {
    return switchedOff(error, change.id);
  }
}

async function remove(
  api: HarvestApi,
  { id, reference }: RemoveChange,
  signal: AbortSignal,
): Promise<WriteResult> {
  const path = `/invoices/${inPath(id)}`;
  const invoice = await api.getIfThere<Invoice>(path, `read invoice ${id}`, signal);
  if (invoice === undefined) return done(id, 'unchanged');
  if (markIn(invoice.notes)?.reference !== reference || !isOwn(invoice))
    return failed(
      'conflict',
      `Harvest's invoice ${invoice.number} is not in the books any more, and people made it in Harvest. Delete it there, or write it off.`,
    );
  await api.remove(path, `delete invoice ${id}`, signal);
  return done(id, 'updated');
}
