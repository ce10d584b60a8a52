import { creditNote } from './billing.ts';
import { seesGone, seesStuck } from './bridge-exceptions.ts';
import { hubspotObject } from './partner-api.ts';
import type { Won } from './sale.ts';
import type { Stage } from './stage.ts';
import type { Systems } from './systems.ts';
import { seesHours, type Work } from './work.ts';

/** An approval is withdrawn after the invoice: finance makes a credit note, and all else follows by itself. */
export async function playWithdrawal(
  systems: Systems,
  stage: Stage,
  won: Won,
  work: Work,
  invoiceId: number,
): Promise<void> {
  const { firm, harvest, hubspotApi } = systems;
  stage.act('An approval is withdrawn, though the time is billed');
  await stage.does('Manager', 'takes back the approval of 4 hours in Harvest', async () =>
    harvest.approvals.withdraw([work.entries.short]),
  );
  const billed = { flow: 'time-withdrawn', step: 'not-billed', owner: 'finance' };
  await seesStuck(systems, stage, billed);
  await stage.does('Fiona', 'makes a credit note in Odoo', () =>
    creditNote(firm.finance.odoo, invoiceId, 'Time withdrawn'),
  );
  await seesGone(systems, stage, billed);
  await seesHours(systems, stage, won, 6.5);
  await stage.sees('HubSpot', 'that the second invoice is taken back', async () => {
    const [status, open] = ['services_bridge_billing_invoice_status', 'services_bridge_billing_open'];
    const deal = await hubspotObject(hubspotApi, 'deals', won.opportunity, [status, open]);
    return deal?.[status] === 'reversed' ? `${deal[status]}, ${deal[open]} open` : undefined;
  });
}
