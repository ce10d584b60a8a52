import type { Finding } from '../system.ts';
import type { HubspotApi } from './api.ts';
import type { HubspotSettings } from './options.ts';

export interface Account {
  readonly portalId: number;
  readonly timeZone: string;
  readonly companyCurrency: string;
}

export const readAccount = (api: HubspotApi, signal: AbortSignal): Promise<Account> =>
  api.get<Account>('/account-info/v3/details', 'read the account', signal);

/** Nothing where the bridge belongs to the account; it knows the ids of one only. */
export async function otherAccount({ portalId }: Account, { pin }: HubspotSettings): Promise<Finding[]> {
  const pinned = await pin(String(portalId));
  if (pinned === String(portalId)) return [];
  return [
    {
      level: 'error',
      message: `This bridge belongs to the HubSpot account ${pinned}, and the token to ${portalId}, where nothing has the ids that it knows`,
      remedy: `Use a token of ${pinned}. Another account needs a bridge with a database of its own.`,
    },
  ];
}
