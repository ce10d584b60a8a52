import { tablesPage } from '../page.ts';
import type { ObjectType } from './properties.ts';
import type { HubspotState, StoredObject } from './state.ts';

/** The companies and deals, for people who watch a demo. */
export function hubspotPage(state: HubspotState) {
  const present = (objects: Iterable<StoredObject>): StoredObject[] =>
    [...objects].filter((object) => object.archivedAt === undefined);
  const nameOf = (id: string | undefined): string =>
    id === undefined ? '' : (state.objects.companies.get(id)?.properties.name ?? '');
  /** Properties that the firm added, not the bridge for itself. */
  const own = (type: ObjectType) =>
    state.properties[type]
      .all()
      .filter(({ name, hubspotDefined }) => !hubspotDefined && !name.startsWith('services_bridge_'));
  const stages = new Map(state.pipelines.flatMap(({ stages }) => stages.map(({ id, label }) => [id, label])));
  return tablesPage(
    'Sandbox HubSpot',
    'A stand-in for a HubSpot account. Nothing here leaves this machine.',
    [
      {
        title: 'Companies',
        columns: [
          ...['Id', 'Name', 'Domain', 'City', 'Country', 'Billing', 'Invoiced', 'Open'],
          ...own('companies').map(({ label }) => label),
        ],
        rows: present(state.objects.companies.values()).map(({ id, properties }) => [
          id,
          properties.name,
          properties.domain,
          properties.city,
          properties.country,
          properties.services_bridge_billing_status,
          money(properties.services_bridge_billing_invoiced, properties.services_bridge_billing_currency),
          money(properties.services_bridge_billing_open, properties.services_bridge_billing_currency),
          ...own('companies').map(({ name }) => properties[name]),
        ]),
      },
      {
        title: 'Deals',
        columns: [
          'Id',
          'Deal',
          'Company',
          'Amount',
          'Stage',
          'Service line',
          'Billed',
          'Project',
          'Invoice',
          'Total',
          'Due',
          'Payment',
          'Billing',
          ...own('deals').map(({ label }) => label),
        ],
        rows: present(state.objects.deals.values()).map(({ id, properties }) => [
          id,
          properties.dealname,
          nameOf(state.companiesOfDeal.get(id)?.find(({ types }) => types.has(5))?.toId),
          money(properties.amount, properties.deal_currency_code),
          stages.get(properties.dealstage ?? ''),
          properties.services_bridge_service_line,
          properties.services_bridge_billing_method,
          properties.services_bridge_project,
          properties.services_bridge_billing_invoice_number,
          money(
            properties.services_bridge_billing_invoice_total,
            properties.services_bridge_billing_currency,
          ),
          properties.services_bridge_billing_invoice_due_on,
          properties.services_bridge_billing_invoice_status,
          properties.services_bridge_billing_status,
          ...own('deals').map(({ name }) => properties[name]),
        ]),
      },
    ],
  );
}

const money = (amount: string | undefined, currency: string | undefined): string =>
  amount ? `${amount} ${currency ?? ''}`.trim() : '';
