import { bridgeStatus, isQuiet, stillWaiting } from './bridge-status.ts';
import type { GroupSystems } from './group.ts';
import { hubspotObject, hubspotObjects } from './partner-api.ts';
import type { Stage } from './stage.ts';
import type { Prospect } from './two-companies.ts';

/** What the story is about: how long the invoice took, and how much still waited when it was there. */
export interface ImportResult {
  readonly imported: number;
  /** From the end of posting in Odoo until it was seen on the deal. */
  readonly invoiceMilliseconds: number;
  /** Deliveries to HubSpot. */
  readonly waitingBehind: number;
}

const size = 2000;
/** Customers that one call creates, in one transaction. */
const piece = 1000;
const city = 'Musterstadt';

/** The stand-in answers at once; the real one needs a moment for a hundred companies. */
const slowness = {
  action: { kind: 'delay', milliseconds: 1000 },
  method: 'POST',
  path: '/crm/v3/objects/companies/batch/upsert',
  times: Number.POSITIVE_INFINITY,
} as const;

/** Thousands of customers come in at once, and an invoice that is posted meanwhile goes before them. */
export async function playAddressList(
  systems: GroupSystems,
  stage: Stage,
  prospect: Prospect,
): Promise<ImportResult> {
  const { firm, hubspot } = systems;
  stage.act('A list of addresses, and an invoice meanwhile');
  const { odoo } = firm.finance;
  const { invoiceId } = prospect;
  hubspot.faults.add(slowness);
  try {
    await stage.does('Sally', `puts a list of ${size} customers into Odoo`, async () => {
      for (let start = 0; start < size; start += piece) await importPiece(systems, start);
    });
    await stage.does('Fiona', `posts the invoice of "${prospect.name}"`, () =>
      odoo.call('account.move', 'action_post', [[invoiceId]]),
    );
    const postedAt = performance.now();
    const waitingBehind = await seesInvoice(systems, stage, { invoiceId, deal: prospect.name });
    const invoiceMilliseconds = performance.now() - postedAt;
    await seesList(systems, stage);
    return { imported: size, invoiceMilliseconds, waitingBehind };
  } finally {
    hubspot.faults.clear();
  }
}

/** Answers how many deliveries still waited at that moment. */
async function seesInvoice(
  { firm, hubspotApi, environment }: GroupSystems,
  stage: Stage,
  { invoiceId, deal: name }: { readonly invoiceId: number; readonly deal: string },
): Promise<number> {
  const number = 'services_bridge_billing_invoice_number';
  const status = 'services_bridge_billing_invoice_status';
  const rows = await firm.finance.odoo.searchRead('account.move', [['id', '=', invoiceId]], ['name']);
  let waiting = 0;
  const look = async () => {
    const deal = await hubspotObject(hubspotApi, 'deals', name, [number, status]);
    if (deal?.[number] !== rows[0]?.name) return undefined;
    waiting = stillWaiting(await bridgeStatus(environment), 'hubspot');
    if (waiting === 0) throw new Error('the list was there before it');
    return `${deal?.[number]}, ${deal?.[status]}, while ${waiting} of the list wait by the bridge’s status`;
  };
  await stage.sees('HubSpot', 'the invoice on its deal', look, 100);
  return waiting;
}

async function seesList({ hubspotApi, environment }: GroupSystems, stage: Stage): Promise<void> {
  await stage.sees('HubSpot', 'the whole list, each customer once', async () => {
    if (!isQuiet(await bridgeStatus(environment))) return undefined;
    const companies = await hubspotObjects(hubspotApi, 'companies', ['name', 'city']);
    const arrived = companies.filter(({ properties }) => properties.city === city);
    const names = new Set(arrived.map(({ properties }) => properties.name));
    if (names.size < arrived.length) throw new Error(`there are ${arrived.length} with ${names.size} names`);
    return arrived.length === size ? `${arrived.length} companies` : undefined;
  });
}

async function importPiece({ firm }: GroupSystems, start: number): Promise<void> {
  const customers = Array.from({ length: piece }, (_, index) => ({
    name: `List ${String(start + index + 1).padStart(4, '0')} GmbH`,
    is_company: true,
    x_imported: true,
    street: `Hauptstrasse ${start + index + 1}`,
    zip: '88131',
    city,
  }));
  await firm.sales.odoo.call('res.partner', 'create', [customers]);
}
