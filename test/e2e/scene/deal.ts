import { idOf } from '../../../scripts/demo/reference.ts';
import { enterCompany, enterDeal } from '../../../scripts/demo/sale.ts';
import { projectOf } from '../../../scripts/demo/work.ts';
import { eventually } from './eventually.ts';
import { exceptions } from './flows.ts';
import { projectArrived, type Sold } from './sale.ts';
import type { Scene } from './scene.ts';

/** What sales agreed with a customer. */
export interface Terms {
  /** Of the customer and the deal. */
  readonly name: string;
  readonly amount: string;
  readonly method: 'time_and_materials' | 'retainer' | 'milestone' | 'fixed_fee';
}

/** Sam enters a company in HubSpot, of the name that a deal will have. Answers its id. */
const newCompany = (scene: Scene, name: string): Promise<string> =>
  enterCompany(scene.hubspotApi, {
    customer: name,
    domain: `${name.toLowerCase().replaceAll(/[^a-z]+/g, '-')}.example`,
    vat: '',
  });

/**
 * Sam wins a deal in HubSpot. Answers its id.
 *
 * @param changes properties that are different from what the terms say
 * @param company usual: a new one
 */
export async function winDeal(
  scene: Scene,
  { name, amount, method }: Terms,
  changes: Readonly<Record<string, string>> = {},
  company?: string,
): Promise<string> {
  return enterDeal(scene.hubspotApi, company ?? (await newCompany(scene, name)), {
    dealname: name,
    dealstage: 'closedwon',
    amount,
    deal_currency_code: 'EUR',
    hubspot_owner_id: '501',
    services_bridge_service_line: 'Consulting',
    services_bridge_billing_method: method,
    ...changes,
  });
}

/** Changes a deal in HubSpot's own pages. */
export const editDeal = (scene: Scene, dealId: string, properties: Readonly<Record<string, string>>) =>
  scene.hubspotApi.patch(`/crm/v3/objects/deals/${dealId}`, { properties });

export interface Quotation {
  readonly orderId: number;
  readonly orderName: string;
  readonly customerId: number;
  readonly leadId: number;
  readonly lineIds: readonly number[];
  readonly untaxed: number;
}

/** Resolves when Odoo has the quotation of a deal. */
export async function quotationOf(scene: Scene, name: string): Promise<Quotation> {
  try {
    return await eventually(`the quotation of ${name} in Odoo`, () => findQuotation(scene, name));
  } catch (error) {
    const open = await exceptions(scene);
    throw new Error(`${(error as Error).message}. Instead: ${JSON.stringify(open, null, 1)}`, {
      cause: error,
    });
  }
}

async function findQuotation({ firm }: Scene, name: string): Promise<Quotation | undefined> {
  const [order, ...others] = await firm.sales.odoo.searchRead(
    'sale.order',
    [['opportunity_id.name', '=', name]],
    ['name', 'partner_id', 'opportunity_id', 'order_line', 'amount_untaxed'],
  );
  if (others.length > 0) throw new Error(`${name} has ${others.length + 1} quotations`);
  return (
    order && {
      orderId: Number(order.id),
      orderName: String(order.name),
      customerId: idOf(order.partner_id),
      leadId: idOf(order.opportunity_id),
      lineIds: order.order_line as number[],
      untaxed: Number(order.amount_untaxed),
    }
  );
}

/** A deal that became a project on which people can work. */
export interface Project extends Sold {
  readonly dealId: string;
  /** In Odoo. */
  readonly projectId: number;
  readonly lineIds: readonly number[];
}

/** Sam wins the deal, Sally confirms its quotation, and its project is in Harvest. */
export async function sellByDeal(scene: Scene, terms: Terms): Promise<Project> {
  const dealId = await winDeal(scene, terms);
  const quotation = await quotationOf(scene, terms.name);
  await scene.firm.sales.odoo.call('sale.order', 'action_confirm', [[quotation.orderId]]);
  await projectArrived(scene, quotation);
  const projectId = await projectOf(scene.firm.delivery.odoo, quotation.orderId);
  return { ...quotation, dealId, projectId };
}
