import { draftsOf, post } from './billing.ts';
import type { Company, GroupSystems } from './group.ts';
import { hubspotObject, hubspotObjects } from './partner-api.ts';
import { idOf, nameOf } from './reference.ts';
import { enterDeal } from './sale.ts';
import type { Stage } from './stage.ts';

/** A sale at a fixed price whose order is confirmed: its draft invoice is there. Ids are Odoo's. */
export interface Prospect {
  readonly name: string;
  readonly customerId: number;
  readonly leadId: number;
  readonly invoiceId: number;
}

/** A sale in each company of the group: by an override of the rules, one of them shows no money in the CRM. */
export async function playTwoCompanies(
  systems: GroupSystems,
  stage: Stage,
): Promise<{ readonly consulting: Prospect; readonly publicSector: Prospect }> {
  const { firm, group, hubspotApi } = systems;
  const { consulting: first, publicSector: second } = group.companies;
  stage.act('Two companies, one set of rules');
  const consulting = await prospect(systems, stage, first, {
    customer: 'Helios Solar AG',
    name: 'Training for Helios',
    amount: 2400,
  });
  const publicSector = await prospect(systems, stage, second, {
    customer: 'City of Lindau',
    name: 'Open data portal',
    amount: 48_000,
  });
  await stage.does('Fiona', `posts the invoice of ${second.name}`, () =>
    post(firm.finance.odoo, publicSector.invoiceId),
  );
  const [status, total] = ['services_bridge_billing_status', 'services_bridge_billing_invoice_total'];
  await stage.sees('HubSpot', `that ${second.name} has billed, without the money`, async () => {
    const deal = await hubspotObject(hubspotApi, 'deals', publicSector.name, [status, total]);
    if (deal?.[total]) throw new Error(`it shows the amount ${deal[total]}`);
    return deal?.[status] === 'none' ? undefined : (deal?.[status] ?? undefined);
  });
  return { consulting, publicSector };
}

interface Planned {
  readonly customer: string;
  readonly name: string;
  readonly amount: number;
}

/** Finance enters a customer of one company, sales wins a deal with it, and confirms what the flow has offered. */
async function prospect(
  { firm, hubspotApi }: GroupSystems,
  stage: Stage,
  company: Company,
  { customer, name, amount }: Planned,
): Promise<Prospect> {
  const { odoo } = firm.sales;
  const customerId = await stage.does('Sally', `enters ${customer} for ${company.name} in Odoo`, () =>
    odoo.create('res.partner', { name: customer, is_company: true, company_id: company.id }),
  );
  let companyId = '';
  await stage.sees('HubSpot', `the company ${customer}`, async () => {
    const companies = await hubspotObjects(hubspotApi, 'companies', ['name']);
    const found = companies.find(({ properties }) => properties.name === customer);
    companyId = found?.id ?? '';
    return found && customer;
  });
  await stage.does('Sam', `wins "${name}" in HubSpot, at a fixed price`, () =>
    enterDeal(hubspotApi, companyId, {
      dealname: name,
      dealstage: 'closedwon',
      amount: String(amount),
      deal_currency_code: 'EUR',
      services_bridge_service_line: 'Training',
      services_bridge_billing_method: 'fixed_fee',
    }),
  );
  let order: Record<string, unknown> | undefined;
  await stage.sees('Odoo', `its quotation, of ${company.name}`, async () => {
    [order] = await odoo.searchRead(
      'sale.order',
      [['opportunity_id.name', '=', name]],
      ['name', 'opportunity_id', 'company_id', 'amount_untaxed'],
    );
    if (order === undefined) return undefined;
    if (idOf(order.company_id) !== company.id) throw new Error(`it is one of ${nameOf(order.company_id)}`);
    return `${order.name}, ${order.amount_untaxed}`;
  });
  const orderId = Number(order?.id);
  await stage.does('Sally', 'confirms it', () => odoo.call('sale.order', 'action_confirm', [[orderId]]));
  let invoiceId = 0;
  await stage.sees('Odoo', 'its draft invoice', async () => {
    const [draft] = await draftsOf(firm.finance.odoo, orderId);
    invoiceId = Number(draft?.id);
    return draft && `${draft.amount_untaxed} without tax`;
  });
  return { name, customerId, leadId: idOf(order?.opportunity_id), invoiceId };
}
