import { formatElapsed } from '../progress.ts';
import { bridgeStatus, isQuiet, stillWaiting } from './bridge-status.ts';
import type { GroupSystems } from './group.ts';
import { hubspotObject, hubspotObjects } from './partner-api.ts';
import type { Stage } from './stage.ts';
import type { Prospect } from './two-companies.ts';
import { makeDraftInvoice } from './week.ts';

/** What the story is about: how long the invoice took, and what still waited when it was there. */
export interface ImportResult {
  readonly imported: number;
  readonly invoiceMilliseconds: number;
  readonly waitingBehind: number;
}

const size = 2000;
/** Odoo's own import page cuts a file in such pieces. */
const piece = 500;
/** HubSpot is asked for companies with the same domain, and lets few questions through: a list without would be gone at once. */
const withWebsite = 10;

const columns = ['name', 'is_company', 'x_imported', 'street', 'zip', 'city', 'website'];
const city = 'Musterstadt';

/** Thousands of customers come in at once, and an invoice that is posted meanwhile goes before them. */
export async function playAddressList(
  systems: GroupSystems,
  stage: Stage,
  { name, customerId, leadId }: Prospect,
): Promise<ImportResult> {
  const { firm, group, hubspotApi, environment } = systems;
  stage.act('A list of addresses, and an invoice');
  const { odoo } = firm.finance;
  const invoiceId = await stage.does(
    'Fiona',
    `bills the training that ${name} is about, as a draft`,
    async () => {
      const orderId = await odoo.create('sale.order', {
        partner_id: customerId,
        opportunity_id: leadId,
        company_id: group.companies.consulting.id,
        order_line: [[0, 0, { product_id: group.training, product_uom_qty: 1 }]],
      });
      await odoo.call('sale.order', 'action_confirm', [[orderId]]);
      return makeDraftInvoice(odoo, orderId);
    },
  );
  await stage.does('Sally', `imports a list of ${size} customers into Odoo`, async () => {
    for (let start = 0; start < size; start += piece) await importPiece(systems, start);
  });
  await stage.does('Fiona', 'posts the invoice', () =>
    odoo.call('account.move', 'action_post', [[invoiceId]]),
  );
  const postedAt = performance.now();
  const [invoice] = await odoo.searchRead('account.move', [['id', '=', invoiceId]], ['name']);
  let invoiceMilliseconds = 0;
  let waitingBehind = 0;
  await stage.sees(
    'HubSpot',
    'the invoice on its deal, before the list',
    async () => {
      const [number, status] = ['number', 'status'].map((part) => `services_bridge_billing_invoice_${part}`);
      const deal = await hubspotObject(hubspotApi, 'deals', name, [number as string, status as string]);
      if (deal?.[number as string] !== invoice?.name) return undefined;
      invoiceMilliseconds = performance.now() - postedAt;
      waitingBehind = stillWaiting(await bridgeStatus(environment), 'hubspot');
      if (waitingBehind === 0) throw new Error('the whole list was there already, so nothing is shown');
      const shown = `${invoice?.name}, ${deal?.[status as string]}`;
      return `${shown}, ${formatElapsed(invoiceMilliseconds)} after it was posted; by the bridge’s status ${waitingBehind} deliveries of the list still wait`;
    },
    100,
  );
  await stage.sees('HubSpot', 'the whole list, each customer once', async () => {
    if (!isQuiet(await bridgeStatus(environment))) return undefined;
    const companies = await hubspotObjects(hubspotApi, 'companies', ['name', 'city']);
    const arrived = companies.filter(({ properties }) => properties.city === city);
    const names = new Set(arrived.map(({ properties }) => properties.name));
    if (arrived.length > size || names.size < arrived.length)
      throw new Error(`there are ${arrived.length} with ${names.size} names`);
    return arrived.length === size ? `${arrived.length} companies` : undefined;
  });
  return { imported: size, invoiceMilliseconds, waitingBehind };
}

/** As the import page of Odoo loads it. */
async function importPiece({ firm }: GroupSystems, start: number): Promise<void> {
  const rows = Array.from({ length: piece }, (_, index) => {
    const number = String(start + index + 1).padStart(4, '0');
    const website = (start + index) % withWebsite === 0 ? `https://www.list-${number}.example` : '';
    return [
      `List ${number} GmbH`,
      'true',
      'true',
      `Hauptstrasse ${start + index + 1}`,
      '88131',
      city,
      website,
    ];
  });
  const answer = (await firm.sales.odoo.call('res.partner', 'load', [columns, rows])) as {
    ids: number[] | false;
    messages: { message: string }[];
  };
  if (answer.ids === false)
    throw new Error(
      `Odoo does not take the list: ${answer.messages.map(({ message }) => message).join(' ')}`,
    );
}
