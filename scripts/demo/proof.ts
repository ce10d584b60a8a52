import { bridgeCommand } from './bridge-process.ts';
import { hubspotObject } from './partner-api.ts';
import type { Won } from './sale.ts';
import type { Stage } from './stage.ts';
import type { Systems } from './systems.ts';

/** What the flow of the sale came through, step by step. */
export async function playTimeline(
  systems: Pick<Systems, 'environment'>,
  stage: Stage,
  won: Won,
): Promise<void> {
  stage.act('What became of the deal');
  await stage.sees('Bridge', 'the timeline of the sale, done', async () => {
    const { output } = await bridgeCommand(
      ['flow', `hubspot:opportunity:${won.dealId}`],
      systems.environment,
    );
    if (!/\bdone\b/.test(output) || /\b(stuck|waiting)\b/.test(output)) return undefined;
    stage.shows(output);
    return 'bridge flow';
  });
}

/** Somebody moves a customer past everything that could tell: the reconciliation finds it and puts it right. */
export async function playReconciliation(
  { environment, odoo, hubspotApi }: Pick<Systems, 'environment' | 'odoo' | 'hubspotApi'>,
  stage: Stage,
  customerId: number,
): Promise<void> {
  stage.act('A difference that nobody was told of');
  const city = 'Winterthur';
  const [row] = await odoo.sql('SELECT name FROM res_partner WHERE id = $1', [customerId]);
  const name = String(row?.name);
  await stage.does('Somebody', `moves ${name} to ${city}, in Odoo’s database itself`, async () => {
    await odoo.sql('UPDATE res_partner SET city = $1 WHERE id = $2', [city, customerId]);
  });
  await stage.does('IT', 'reconciles the customers', async () => {
    const { output } = await bridgeCommand(['reconcile', 'customers', '--watch'], environment);
    stage.shows(output);
  });
  await stage.sees('HubSpot', 'where the customer is', async () => {
    const company = await hubspotObject(hubspotApi, 'companies', name, ['city']);
    return company?.city === city ? city : undefined;
  });
}

/** The business controls add up to nothing, or say what is open and whose it is. */
export async function playControls(systems: Pick<Systems, 'environment'>, stage: Stage): Promise<void> {
  stage.act('The control report');
  await stage.sees('Bridge', 'approved time = posted + pending + rejected', async () => {
    const { code, output } = await bridgeCommand(['controls'], systems.environment);
    if (code !== 0) return undefined;
    stage.shows(output);
    return 'bridge controls';
  });
}
