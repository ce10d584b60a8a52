import type { BatchAnswer, BatchError, HubspotApi } from './api.ts';

const path = '/crm/v4/associations/deals/companies/batch';

/** Deal → its primary company, as HubSpot numbers it. */
const primaryCompany = 5;

interface Associated {
  readonly from: { readonly id: string };
  readonly to: readonly {
    readonly toObjectId: number | string;
    readonly associationTypes: readonly { readonly typeId: number }[];
  }[];
  /** Where a deal has more companies than one answer tells. */
  readonly paging?: { readonly next?: { readonly after: string } };
}

/** A company of a deal, and whether it is the primary one: the one that the sale is to. */
interface Candidate {
  readonly id: string;
  readonly primary: boolean;
}

/**
 * The company of each deal: the primary one. Among several none of which is primary (another program may have made the
 * connections), the oldest. Deals without one are not in the map.
 */
export async function readCompanies(
  api: HubspotApi,
  deals: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const chosen = new Map<string, Candidate>();
  let inputs: { readonly id: string; readonly after?: string }[] = deals.map((id) => ({ id }));
  while (inputs.length > 0) {
    const action = `read the companies of ${inputs.length} deals`;
    const answer = await api.post<BatchAnswer<Associated>>(`${path}/read`, { inputs }, action, true, signal);
    inputs = [];
    for (const { from, to, paging } of answer.results) {
      const deal = String(from.id);
      for (const { toObjectId, associationTypes } of to) {
        const primary = associationTypes.some(({ typeId }) => typeId === primaryCompany);
        const candidate = { id: String(toObjectId), primary };
        if (goesBefore(candidate, chosen.get(deal))) chosen.set(deal, candidate);
      }
      if (paging?.next !== undefined) inputs.push({ id: deal, after: paging.next.after });
    }
  }
  return new Map([...chosen].map(([deal, { id }]) => [deal, id]));
}

/** Ids of HubSpot rise. */
function goesBefore(candidate: Candidate, other: Candidate | undefined): boolean {
  if (other === undefined || candidate.primary !== other.primary)
    return other === undefined || candidate.primary;
  return Number(candidate.id) < Number(other.id);
}

export interface DealCompany {
  readonly deal: string;
  readonly company: string;
}

/** Makes each company the primary one of its deal. Answers the errors by deal. */
export async function setCompanies(
  api: HubspotApi,
  pairs: readonly DealCompany[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, BatchError>> {
  const answer = await api.post<BatchAnswer<unknown>>(
    `${path}/create`,
    {
      inputs: pairs.map(({ deal, company }) => ({
        from: { id: deal },
        to: { id: company },
        types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: primaryCompany }],
      })),
    },
    `connect ${pairs.length} deals with their companies`,
    true,
    signal,
  );
  const failed = new Map<string, BatchError>();
  for (const error of answer.errors ?? [])
    for (const deal of error.context?.fromObjectId ?? pairs.map((pair) => pair.deal)) failed.set(deal, error);
  return failed;
}

export async function removeCompanies(
  api: HubspotApi,
  pairs: readonly DealCompany[],
  signal: AbortSignal,
): Promise<void> {
  const inputs = pairs.map(({ deal, company }) => ({ from: { id: deal }, to: [{ id: company }] }));
  await api.post(`${path}/archive`, { inputs }, `disconnect ${pairs.length} deals`, true, signal);
}
