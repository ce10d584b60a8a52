import { seesStuck } from './bridge-exceptions.ts';
import { hubspotObject, type PartnerApi } from './partner-api.ts';
import { idOf, nameOf } from './reference.ts';
import type { Stage } from './stage.ts';
import type { Systems } from './systems.ts';

/** Who buys what. */
export interface Sale {
  readonly customer: string;
  readonly domain: string;
  readonly vat: string;
  readonly opportunity: string;
}

export const roadmap: Sale = {
  customer: 'Aurora Energy AG',
  domain: 'aurora-energy.example',
  vat: 'CHE123456788TVA',
  opportunity: 'Grid analytics roadmap',
};

/** A won sale: ids in HubSpot (`dealId`) and in Odoo (all others). */
export interface Won extends Sale {
  readonly dealId: string;
  readonly customerId: number;
  readonly leadId: number;
  readonly orderId: number;
  readonly orderName: string;
}

const primaryCompany = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 5 }];

/** A salesperson enters a company in HubSpot's own pages. Answers its id. */
export async function enterCompany(
  hubspot: PartnerApi,
  { customer, domain, vat }: Pick<Sale, 'customer' | 'domain' | 'vat'>,
): Promise<string> {
  const company = await hubspot.post('/crm/v3/objects/companies', {
    properties: {
      name: customer,
      domain,
      services_bridge_vat: vat,
      address: 'Seestrasse 1',
      zip: '8002',
      city: 'Zürich',
      country: 'Switzerland',
    },
    associations: [],
  });
  return String(company.id);
}

/** A salesperson enters a deal with a company. Answers its id. */
export async function enterDeal(
  hubspot: PartnerApi,
  company: string,
  properties: Readonly<Record<string, string>>,
): Promise<string> {
  const deal = await hubspot.post('/crm/v3/objects/deals', {
    properties: { dealstage: 'contractsent', ...properties },
    associations: [{ to: { id: company }, types: primaryCompany }],
  });
  return String(deal.id);
}

/** A deal is won in HubSpot; what Odoo needs of it is made there, and sales confirms the quotation. */
export async function playSale(systems: Systems, stage: Stage, sale: Sale = roadmap): Promise<Won> {
  const { firm, hubspotApi } = systems;
  const { odoo } = firm.sales;
  stage.act('A deal is won');
  const dealId = await stage.does(
    'Sam',
    `enters ${sale.customer} and "${sale.opportunity}" in HubSpot`,
    async () =>
      enterDeal(hubspotApi, await enterCompany(hubspotApi, sale), {
        dealname: sale.opportunity,
        amount: '5400',
        deal_currency_code: 'EUR',
        closedate: new Date().toISOString(),
        hubspot_owner_id: '501',
      }),
  );
  const change = (properties: Record<string, string>) =>
    hubspotApi.patch(`/crm/v3/objects/deals/${dealId}`, { properties });
  await stage.does('Sam', 'wins it, and forgets to say how it is billed', () =>
    change({ dealstage: 'closedwon', services_bridge_service_line: 'Data analytics' }),
  );
  await seesStuck(systems, stage, { flow: 'lead-to-project', step: 'commercial-terms', owner: 'sales' });
  await stage.does('Sam', 'says in HubSpot that it is billed by time', () =>
    change({ services_bridge_billing_method: 'time_and_materials' }),
  );
  let order: Record<string, unknown> | undefined;
  await stage.sees('Odoo', 'the customer, the opportunity and its quotation', async () => {
    [order] = await odoo.searchRead(
      'sale.order',
      [['opportunity_id.name', '=', sale.opportunity]],
      ['name', 'partner_id', 'opportunity_id', 'amount_untaxed'],
    );
    return order && `${nameOf(order.partner_id)}, ${order.name}, ${order.amount_untaxed}`;
  });
  const orderId = Number(order?.id);
  await stage.does('Sally', 'looks it through and confirms it; Odoo makes the project', () =>
    odoo.call('sale.order', 'action_confirm', [[orderId]]),
  );
  const orderName = String(order?.name);
  await stage.sees('HubSpot', 'the project on the deal', async () => {
    const deal = await hubspotObject(hubspotApi, 'deals', sale.opportunity, ['services_bridge_project']);
    return deal?.services_bridge_project || undefined;
  });
  return {
    ...sale,
    dealId,
    customerId: idOf(order?.partner_id),
    leadId: idOf(order?.opportunity_id),
    orderId,
    orderName,
  };
}
