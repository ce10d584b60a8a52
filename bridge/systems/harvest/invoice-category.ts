import type { HarvestApi } from './api.ts';
import { type InvoiceItemCategory, lists } from './objects.ts';

/** People hardly ever rename it. */
const mostAge = 5 * 60_000;

/**
 * Name of the category that lines for services are of: every line names one, and each firm calls it as it likes. Kept for a
 * while.
 */
export function createServiceCategory(
  api: HarvestApi,
  now: () => number,
): (signal: AbortSignal) => Promise<string | undefined> {
  let known: string | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  return async (signal) => {
    if (known !== undefined && now() - readAt <= mostAge) return known;
    const categories = await api.all<InvoiceItemCategory>(lists.invoiceItemCategories, {}, signal);
    const found = categories.find(({ use_as_service: service }) => service) ?? categories[0];
    known = found?.name;
    readAt = now();
    return known;
  };
}
