import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOdoo } from '../../bridge/systems/odoo/connector.ts';
import { describeConnector } from '../conformance/connector.ts';
import { switchOnMilestones } from './odoo-connector/agreement.ts';
import { odooHarness } from './odoo-connector/conformance.ts';
import { testContract } from './odoo-connector/contract.ts';
import { testDelivery } from './odoo-connector/delivery.ts';
import { allowWriting, type Firm, startFirm } from './odoo-connector/firm.ts';
import { testListing } from './odoo-connector/listing.ts';
import { testObjects } from './odoo-connector/objects.ts';
import { testOutbox } from './odoo-connector/outbox.ts';
import { addOwnFields, testOwnFields } from './odoo-connector/own-fields.ts';
import { testProcess } from './odoo-connector/process.ts';
import { testSale } from './odoo-connector/sale.ts';
import { testTrouble } from './odoo-connector/trouble.ts';
import { signal, useWorkbench } from './odoo-connector/workbench.ts';

let firm: Firm;

beforeAll(async () => {
  firm = await startFirm(['services_bridge.group_service_billing', 'base.group_partner_manager']);
  await allowWriting(firm, 'res.partner');
  await addOwnFields(firm);
  await switchOnMilestones(firm.admin);
});

afterAll(() => firm?.close());

describe.each(['json2', 'xmlrpc'] as const)('Odoo 19 by %s', (transport) => {
  const bench = useWorkbench(() => firm, transport);
  testObjects(bench);
  testSale(bench);
  testContract(bench);
  testDelivery(bench);
  testProcess(bench);
  testListing(bench);
  testTrouble(bench);
  testOutbox(bench);
  testOwnFields(bench);
  describeConnector(
    `Odoo by ${transport}`,
    odooHarness(() => firm, transport),
  );
});

test('takes JSON-2 by itself, and starts while Odoo is down', async () => {
  const { server, login, apiKey, proxy } = firm;
  const account = { system: 'odoo', database: server.databaseName, login, apiKey };
  const odoo = createOdoo({ ...account, url: proxy.url });
  expect((await odoo.client.transport(signal)).name).toBe('json2');
  await odoo.close();
  const down = createOdoo({ ...account, url: 'http://127.0.0.1:9' });
  await expect(down.read('customer', ['1'], signal)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await down.check(signal)).toMatchObject([{ level: 'error', remedy: expect.any(String) }]);
  await down.close();
});
