import type { Company, GroupSystems } from './group.ts';
import { hubspotObject } from './partner-api.ts';
import type { Stage } from './stage.ts';

/** Ids in Odoo of a sale that has begun. */
export interface Prospect {
  readonly name: string;
  readonly customerId: number;
  readonly leadId: number;
}

/** A sale in each company of the group: by an override of the rules, one of them shows no money in the CRM. */
export async function playTwoCompanies(
  systems: GroupSystems,
  stage: Stage,
): Promise<{ readonly consulting: Prospect; readonly publicSector: Prospect }> {
  const { firm, group, hubspotApi } = systems;
  const { companies } = group;
  stage.act('Two companies, one set of rules');

  const prospect = (company: Company, customer: string, name: string, revenue: number) =>
    stage.does('Sally', `notes "${name}" of ${customer} for ${company.name}`, async () => {
      const { odoo } = firm.sales;
      const shared = { company_id: company.id };
      const customerId = await odoo.create('res.partner', { name: customer, is_company: true, ...shared });
      const leadId = await odoo.create('crm.lead', {
        name,
        type: 'opportunity',
        partner_id: customerId,
        expected_revenue: revenue,
        ...shared,
      });
      return { name, customerId, leadId };
    });
  const consulting = await prospect(companies.consulting, 'Helios Solar AG', 'Training for Helios', 2400);
  const publicSector = await prospect(companies.publicSector, 'City of Lindau', 'Open data portal', 48_000);

  const dealOf = ({ name }: Prospect) => hubspotObject(hubspotApi, 'deals', name, ['amount', 'dealstage']);
  await stage.sees('HubSpot', `the deal of ${companies.consulting.name}, with its amount`, async () => {
    const deal = await dealOf(consulting);
    return deal?.amount ? `${deal.dealname}, ${deal.amount}` : undefined;
  });
  await stage.sees('HubSpot', `the deal of ${companies.publicSector.name}, without`, async () => {
    const deal = await dealOf(publicSector);
    if (deal?.amount) throw new Error(`it shows the amount ${deal.amount}`);
    return deal && `${deal.dealname}, ${deal.dealstage}, no amount`;
  });
  return { consulting, publicSector };
}
