import type { HarvestApi } from './api.ts';
import { type Client, lists } from './objects.ts';

/** Finds the currencies of clients, by their ids. */
export type CurrenciesOf = (
  clients: Iterable<number>,
  signal: AbortSignal,
) => Promise<ReadonlyMap<number, string>>;

/** A client hardly ever gets another currency. */
const mostAge = 5 * 60_000;

/** Currencies of clients, which time entries do not say. All clients are read at once, and kept for a while. */
export function createCurrencies(api: HarvestApi, now: () => number): CurrenciesOf {
  let known: ReadonlyMap<number, string> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  return async (clients, signal) => {
    const wanted = [...clients];
    if (wanted.length === 0) return known;
    if (now() - readAt > mostAge || wanted.some((client) => !known.has(client))) {
      const all = await api.all<Client>(lists.clients, {}, signal);
      known = new Map(all.map(({ id, currency }) => [id, currency]));
      readAt = now();
    }
    return known;
  };
}
