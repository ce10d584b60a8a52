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
}

/** The company of each deal: the primary one, else the first. Deals without one are not in the map. */
export async function readCompanies(
  api: HubspotApi,
  deals: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const companies = new Map<string, string>();
  if (deals.length === 0) return companies;
  const answer = await api.post<BatchAnswer<Associated>>(
    `${path}/read`,
    { inputs: deals.map((id) => ({ id })) },
    `read the companies of ${deals.length} deals`,
    true,
    signal,
  );
  for (const { from, to } of answer.results) {
    const primary = to.find(({ associationTypes }) =>
      associationTypes.some(({ typeId }) => typeId === primaryCompany),
    );
    const chosen = primary ?? to[0];
    if (chosen !== undefined) companies.set(String(from.id), String(chosen.toObjectId));
  }
  return companies;
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
