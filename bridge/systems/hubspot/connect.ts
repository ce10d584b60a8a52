import { SystemError } from '../error.ts';
import type { WriteFailed, WriteResult } from '../system.ts';
import type { HubspotApi } from './api.ts';
import { type DealCompany, readCompanies, removeCompanies, setCompanies } from './associations.ts';
import { type Item, itemFailed, leftUndone } from './item.ts';

/** The deal itself is there: what appears in HubSpot is the bridge's own. */
const butWritten = (failure: WriteFailed): WriteFailed => ({ ...failure, mayBeDone: true });

/**
 * Connects written deals with their companies. A deal whose connection fails counts as failed: writing it again is
 * harmless, and nobody would notice the missing company otherwise.
 */
export async function connectCompanies(
  api: HubspotApi,
  items: readonly Item[],
  results: WriteResult[],
  signal: AbortSignal,
): Promise<void> {
  const placeOf = new Map<string, number>();
  const wanted: DealCompany[] = [];
  const unwanted: string[] = [];
  for (const { index, change } of items) {
    const result = results[index];
    const company = change.fields.customer;
    if (!result?.ok || company === undefined) continue;
    placeOf.set(result.id, index);
    if (typeof company === 'string') wanted.push({ deal: result.id, company });
    else unwanted.push(result.id);
  }
  if (placeOf.size === 0) return;
  try {
    const present = await readCompanies(api, [...placeOf.keys()], signal);
    const missing = wanted.filter(({ deal, company }) => present.get(deal) !== company);
    if (missing.length > 0)
      for (const [deal, error] of await setCompanies(api, missing, signal)) {
        const index = placeOf.get(deal);
        if (index !== undefined) results[index] = butWritten(itemFailed(error));
      }
    const superfluous = unwanted.flatMap((deal) => {
      const company = present.get(deal);
      return company === undefined ? [] : [{ deal, company }];
    });
    if (superfluous.length > 0) await removeCompanies(api, superfluous, signal);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    for (const index of placeOf.values()) results[index] = butWritten(leftUndone(error));
  }
}
