import { SystemError } from '../error.ts';
import type { HubspotApi, ListAnswer } from './api.ts';

interface Owner {
  readonly id: string;
  readonly email: string | null;
}

/** Owners seldom change; a new one is seen after this time at the latest. */
const keptMilliseconds = 10 * 60_000;

export interface Owners {
  /** E-mail addresses by owner id; `undefined` when the token may not read owners. */
  emails(signal: AbortSignal): Promise<ReadonlyMap<string, string> | undefined>;
}

export function createOwners(api: HubspotApi, now: () => number): Owners {
  let known: ReadonlyMap<string, string> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  async function readAll(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const emails = new Map<string, string>();
    let after: string | undefined;
    do {
      const query = { limit: '100', ...(after === undefined ? {} : { after }) };
      const page = await api.get<ListAnswer<Owner>>('/crm/v3/owners', 'read owners', signal, query);
      for (const { id, email } of page.results) if (email) emails.set(id, email.toLowerCase());
      after = page.paging?.next?.after;
    } while (after !== undefined);
    return emails;
  }

  return {
    async emails(signal) {
      if (now() - readAt < keptMilliseconds) return known;
      try {
        known = await readAll(signal);
      } catch (error) {
        if (!(error instanceof SystemError) || error.kind !== 'denied') throw error;
        known = undefined;
      }
      readAt = now();
      return known;
    },
  };
}
