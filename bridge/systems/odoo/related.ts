import type { OdooClient } from './client.ts';
import { emailOf, idOf, type Row } from './value.ts';

/** Distinct ids of a many2one over all rows. */
export function distinctIds(rows: readonly Row[], field: string): number[] {
  const ids = new Set<number>();
  for (const row of rows) {
    const id = idOf(row[field]);
    if (id !== null) ids.add(id);
  }
  return [...ids];
}

/** The customer behind each partner: the firm for its contacts and addresses, else the partner itself. One call. */
export async function customersOfPartners(
  client: OdooClient,
  partnerIds: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, string>> {
  if (partnerIds.length === 0) return new Map();
  const rows = await client.searchRead('res.partner', [['id', 'in', partnerIds]], ['commercial_partner_id'], {
    signal,
    action: `read the firms of ${partnerIds.length} partners`,
  });
  return new Map(rows.map((row) => [row.id, String(idOf(row.commercial_partner_id) ?? row.id)]));
}

/** E-mail address of each user, else the log-in where that is an address. One call. */
export async function emailsOfUsers(
  client: OdooClient,
  userIds: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, string | null>> {
  if (userIds.length === 0) return new Map();
  const rows = await client.searchRead('res.users', [['id', 'in', userIds]], ['login', 'email'], {
    signal,
    action: `read ${userIds.length} users`,
  });
  return new Map(rows.map((row) => [row.id, emailOf(row.email) ?? emailOf(row.login)]));
}
