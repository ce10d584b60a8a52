import { afterEach, expect, it } from 'vitest';
import type { EntityName } from '../../../bridge/entities/catalogue.ts';
import type { Snapshot } from '../../../bridge/systems/system.ts';
import { never } from '../../conformance/outcome.ts';
import { type RunningHubspot, startHubspot } from './start.ts';

let hubspot: RunningHubspot;
afterEach(() => hubspot.close());

async function list(entity: EntityName): Promise<Snapshot[][]> {
  const pages: Snapshot[][] = [];
  for await (const page of hubspot.connector.list?.(entity, {}, never) ?? []) pages.push([...page]);
  return pages;
}

it('lists more companies than a search can reach, each once, without the deleted ones', async () => {
  hubspot = await startHubspot({}, { searchLimits: { results: 100, page: 100 } });
  const { sandbox } = hubspot;
  const ids = Array.from({ length: 250 }, (_, number) =>
    sandbox.person.create('companies', { name: `Company ${number}` }),
  );
  for (const id of ids.slice(90, 110)) sandbox.person.archive('companies', id);
  const pages = await list('customer');
  expect(pages.map((page) => page.length)).toEqual([100, 100, 30]);
  expect(pages.flat().map(({ id }) => id)).toEqual([...ids.slice(0, 90), ...ids.slice(110)]);
  expect(sandbox.calls.calls()).toEqual({ 'GET /crm/v3/objects/companies': 3 });
});

it('lists deals as they are read: with company, owner and status', async () => {
  hubspot = await startHubspot();
  const { sandbox, connector } = hubspot;
  const company = sandbox.person.create('companies', { name: 'Buyer' });
  const deal = sandbox.person.create('deals', {
    dealname: 'Platform',
    dealstage: 'closedwon',
    hubspot_owner_id: '501',
    services_bridge_service_line: 'Data engineering',
    services_bridge_billing_method: 'retainer',
  });
  sandbox.person.connect(deal, company);
  const lone = sandbox.person.create('deals', { dealname: 'Lone', dealstage: 'contractsent' });
  const [listed] = await list('opportunity');
  expect(listed).toEqual(await connector.read('opportunity', [deal, lone], never));
  expect(listed).toMatchObject([
    {
      id: deal,
      state: {
        customer: company,
        owner_email: 'sam.seller@example.com',
        status: 'won',
        probability: '100',
        service_line: 'Data engineering',
        billing_method: 'retainer',
        project: null,
      },
    },
    { id: lone, state: { customer: null, owner_email: null, status: 'open', probability: '90' } },
  ]);
});

it('answers one empty page where there is nothing', async () => {
  hubspot = await startHubspot();
  expect(await list('opportunity')).toEqual([[]]);
});

it('ends where the reader goes away', async () => {
  hubspot = await startHubspot();
  for (let number = 0; number < 150; number++)
    hubspot.sandbox.person.create('companies', { name: `Company ${number}` });
  for await (const page of hubspot.connector.list?.('customer', {}, never) ?? []) {
    expect(page).toHaveLength(100);
    break;
  }
  expect(hubspot.sandbox.calls.count('GET /crm/v3/objects/companies')).toBe(1);
});

it('says of a deal that was deleted in HubSpot that it is gone, when it is read', async () => {
  hubspot = await startHubspot();
  const { sandbox, connector } = hubspot;
  const deal = sandbox.person.create('deals', { dealname: 'Short-lived', dealstage: 'closedwon' });
  sandbox.person.archive('deals', deal);
  expect(await connector.read('opportunity', [deal], never)).toEqual([
    { entity: 'opportunity', id: deal, state: null },
  ]);
});
