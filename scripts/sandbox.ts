// Runs the stand-ins for HubSpot and Harvest until Ctrl-C. For trying things out: everything is lost at the end.
import { startHarvestSandbox } from '../test/sandbox/harvest/sandbox.ts';
import { startHubspotSandbox } from '../test/sandbox/hubspot/sandbox.ts';

const host = process.env.SANDBOX_HOST ?? '127.0.0.1';

const hubspot = await startHubspotSandbox({
  host,
  port: Number(process.env.SANDBOX_HUBSPOT_PORT ?? 8801),
  token: process.env.SANDBOX_HUBSPOT_TOKEN ?? 'pat-eu1-sandbox',
});
const harvest = await startHarvestSandbox({
  host,
  port: Number(process.env.SANDBOX_HARVEST_PORT ?? 8802),
  token: process.env.SANDBOX_HARVEST_TOKEN ?? '7001.pt.sandbox',
  accountId: process.env.SANDBOX_HARVEST_ACCOUNT ?? '7001',
});

console.log(`Sandbox HubSpot  ${hubspot.url}  token ${hubspot.token}`);
console.log(`Sandbox Harvest  ${harvest.url}  account ${harvest.accountId}  token ${harvest.token}`);
console.log('The addresses show what is in them. Ctrl-C ends both.');

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void Promise.all([hubspot.close(), harvest.close()]));
