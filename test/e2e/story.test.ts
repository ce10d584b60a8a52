import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { playAddressList } from '../../scripts/demo/address-list.ts';
import { numberOf } from '../../scripts/demo/billing.ts';
import { playBothSides } from '../../scripts/demo/both-sides.ts';
import { bridgeCommand } from '../../scripts/demo/bridge-process.ts';
import { type GroupSystems, startGroup } from '../../scripts/demo/group.ts';
import { playOwnField } from '../../scripts/demo/own-field.ts';
import { roadmap, type Sale } from '../../scripts/demo/sale.ts';
import { createStage, type Stage } from '../../scripts/demo/stage.ts';
import { type Played, playChanges, playProject, playTold } from '../../scripts/demo/story.ts';
import { type Prospect, playTwoCompanies } from '../../scripts/demo/two-companies.ts';
import { eventually } from './scene/eventually.ts';
import { exceptions } from './scene/flows.ts';
import { readLog } from './scene/log.ts';
import { clientsNamed, inHarvest } from './scene/sale.ts';
import { type Scene, startScene } from './scene/scene.ts';

let scene: Scene;
let systems: GroupSystems;
const projects: Partial<Record<'json2' | 'xmlrpc', Played>> = {};

beforeAll(async () => {
  scene = await startScene({
    environment: { ODOO_TRANSPORT: 'json2', LOG_LEVEL: 'debug' },
    async start(odoo, options) {
      systems = await startGroup(odoo, options);
      return systems;
    },
  });
});

afterAll(() => scene?.close());

const sales: Readonly<Record<'json2' | 'xmlrpc', Sale>> = {
  json2: roadmap,
  xmlrpc: {
    customer: 'Boreas Wind GmbH',
    domain: 'boreas-wind.example',
    vat: 'DE136695976',
    opportunity: 'Turbine data platform',
  },
};

describe.each(['json2', 'xmlrpc'] as const)('a project by %s', (transport) => {
  const sale = sales[transport];
  let played: Played;
  let odooLogBefore = 0;

  test('every step has its effect where people look for it', async () => {
    if (transport === 'xmlrpc') {
      await scene.systems.bridge.stop();
      await scene.systems.restartBridge({ ODOO_TRANSPORT: 'xmlrpc' });
    }
    odooLogBefore = readFileSync(scene.odoo.logFile, 'utf8').length;
    const stage = createStage(() => {});
    played = await playProject(systems, stage, sale);
    projects[transport] = played;
    expect(effectsOf(stage)).toEqual([
      'Bridge: an exception for sales: true',
      'Odoo: the customer, the opportunity and its quotation: true',
      'HubSpot: the project on the deal: true',
      'Harvest: the project with its task and its budget: true',
      'Harvest: Carla on the project: true',
      'Odoo: 6.5 hours on the order: true',
      'Odoo: a draft invoice of 1170: true',
      'Harvest: that nobody can book time on it any more: true',
      'Bridge: an exception for delivery: true',
      'Bridge: that delivery has nothing to do any more: true',
      'Odoo: 10.5 hours on the order: true',
      'Odoo: a draft invoice of 720: true',
      'HubSpot: number, amount, due day and status on the deal: true',
      'HubSpot: that the invoice is paid: true',
      'Harvest: the invoice, paid: true',
      'HubSpot: number, amount, due day and status on the deal: true',
    ]);
  });

  test('everything is there once', async () => {
    await scene.settled();
    const { won } = played;
    const [company] = scene.companies(sale.customer);
    const [deal] = scene.deals(sale.opportunity);
    expect(scene.companies(sale.customer)).toHaveLength(1);
    expect(scene.deals(sale.opportunity)).toHaveLength(1);
    expect(scene.hubspot.companyOf(deal?.id ?? '')).toBe(company?.id);
    expect(deal?.properties.dealstage).toBe('closedwon');
    expect(company?.properties).toMatchObject({
      domain: sale.domain,
      services_bridge_vat: sale.vat,
      services_bridge_billing_status: 'partial',
    });
    const { odoo } = scene.firm.sales;
    expect(await odoo.searchRead('res.partner', [['name', '=', sale.customer]], ['id'])).toHaveLength(1);
    expect(await odoo.searchRead('sale.order', [['opportunity_id', '=', won.leadId]], ['id'])).toHaveLength(
      1,
    );
    expect(clientsNamed(scene, sale.customer)).toHaveLength(1);
    const { projects: found, tasks } = inHarvest(scene, won);
    expect(found).toHaveLength(1);
    expect(tasks).toHaveLength(1);
    expect((await scene.status()).problems).toEqual([]);
  });

  test('the bridge spoke to Odoo in this way only', () => {
    const log = readFileSync(scene.odoo.logFile, 'utf8').slice(odooLogBefore);
    const paths = { json2: 'POST /json/2/services.bridge.facade/upsert', xmlrpc: 'POST /xmlrpc/2/object' };
    const other = { json2: 'POST /xmlrpc/', xmlrpc: 'POST /json/2/' };
    expect(log).toContain(paths[transport]);
    expect(log).not.toContain(other[transport]);
  });

  test('the trace leads from the transaction of the payment to the answer of HubSpot', async () => {
    const { won, invoices } = played;
    const transaction = await paymentTransaction(invoices.paid);
    const correlation = `odoo:${transaction}`;
    const dealId = scene.deals(sale.opportunity)[0]?.id;
    const deal = `hubspot:opportunity:${dealId}`;
    const entries = (await scene.trace(`odoo:opportunity:${won.leadId}`)).filter(
      (entry) => entry.correlation === correlation,
    );
    const texts = (kind: string) => entries.filter((entry) => entry.kind === kind).map((entry) => entry.text);
    expect(texts('change')).toEqual([expect.stringContaining('billing_invoice_status: "not_paid" → "paid"')]);
    expect(texts('delivery')).toEqual([expect.stringContaining('to hubspot: done')]);
    expect(texts('attempt')).toHaveLength(1);
    expect(texts('attempt')[0]).toMatch(new RegExp(`^${deal}: updated \\(try 1, \\d+ ms\\)`));
    const whole = await scene.trace(correlation);
    expect(whole.map((entry) => `${entry.kind} ${entry.object}`)).toContain(
      `event odoo:account.move:${invoices.paid}`,
    );
    // The same for people.
    const { output, code } = await bridgeCommand(
      ['trace', `odoo:opportunity:${won.leadId}`],
      scene.systems.environment,
    );
    expect(code).toBe(0);
    expect(output).toContain(`── ${correlation}\n`);
    expect(output).toContain(`${deal}: updated`);
  });

  test('the log is JSON, carries the correlation, and tells no secret', async () => {
    const { bridge, environment } = scene.systems;
    const lines = readLog(bridge.logFile);
    const { won, invoices } = played;
    const correlation = `odoo:${await paymentTransaction(invoices.paid)}`;
    expect(lines.filter((line) => line.correlation === correlation)).toContainEqual(
      expect.objectContaining({
        level: 'info',
        target: 'hubspot',
        sourceObject: `odoo:opportunity:${won.leadId}`,
        outcome: 'updated',
      }),
    );
    for (const line of lines)
      expect(line).toMatchObject({ time: expect.any(String), level: expect.any(String) });
    const text = readFileSync(bridge.logFile, 'utf8');
    for (const name of [
      'WEBHOOK_SECRETS',
      'ODOO_API_KEY',
      'HUBSPOT_TOKEN',
      'HARVEST_TOKEN',
      'SUBSCRIBER_DATA_WAREHOUSE_SECRETS',
    ]) {
      const secret = environment[name] as string;
      expect(text.includes(secret.replace('whsec_', '')), `the log tells ${name}`).toBe(false);
    }
  });
});

describe('a group with rules of its own', () => {
  let customer: { readonly id: number; readonly name: string };
  let consulting: Prospect;

  beforeAll(async () => {
    await scene.systems.bridge.stop();
    await scene.systems.restartBridge({ ODOO_TRANSPORT: 'json2' });
    const { customerId: id, customer: name } = (projects.json2 as Played).won;
    customer = { id, name };
  });

  test('an amendment, a withdrawn approval, a credit note and an expense have their effects', async () => {
    const stage = createStage(() => {});
    await playChanges(systems, stage, projects.json2 as Played);
    expect(effectsOf(stage)).toEqual([
      'Harvest: the budget of the project: true',
      'Bridge: an exception for finance: true',
      'Bridge: that finance has nothing to do any more: true',
      'Odoo: 6.5 hours on the order: true',
      'HubSpot: that the second invoice is taken back: true',
      'Odoo: the expense, submitted: true',
    ]);
  });

  test('the check of its rules and systems finds nothing', async () => {
    const { output, code } = await bridgeCommand(['check'], scene.systems.environment);
    expect(output).not.toMatch(/^ {2}[!✗]/m);
    expect(output).toMatch(/14 rules .*between odoo, hubspot, harvest/);
    expect(code).toBe(0);
  });

  test.each(['json2', 'xmlrpc'] as const)(
    'the subscriber was told of the project by %s, each event once',
    async (transport) => {
      const played = projects[transport] as Played;
      const stage = createStage(() => {});
      await playTold(systems, stage, played);
      expect(effectsOf(stage)).toEqual(['Receiver: invoice.paid, signed by the bridge: true']);
      expect(systems.subscriber.refused()).toBe(0);
      const told = (entity: string, id: number) =>
        systems.subscriber
          .events()
          .filter(({ object }) => object.entity === entity && object.id === String(id))
          .map(({ type }) => type);
      expect(told('invoice', played.invoices.paid)).toEqual(['invoice.posted', 'invoice.paid']);
      expect(told('opportunity', Number(played.won.dealId))).toEqual(['opportunity.won']);
    },
  );

  test('an override by legal entity keeps the money of one company out of the CRM', async () => {
    const stage = createStage(() => {});
    const prospects = await playTwoCompanies(systems, stage);
    consulting = prospects.consulting;
    expect(effectsOf(stage)).toEqual([
      'HubSpot: the company Helios Solar AG: true',
      'Odoo: its quotation, of Northwind Consulting: true',
      'Odoo: its draft invoice: true',
      'HubSpot: the company City of Lindau: true',
      'Odoo: its quotation, of Northwind Public Sector: true',
      'Odoo: its draft invoice: true',
      'HubSpot: that Northwind Public Sector has billed, without the money: true',
    ]);
    const { publicSector } = prospects;
    await scene.settled();
    const [sealed] = scene.deals(publicSector.name);
    expect(
      Object.keys(sealed?.properties ?? {}).filter((name) => /_billing_(?!status|method)/.test(name)),
    ).toEqual([]);
    expect(sealed?.properties.services_bridge_project).toBeDefined();
    const [row] = await scene.firm.sales.odoo.searchRead(
      'crm.lead',
      [['id', '=', publicSector.leadId]],
      ['company_id'],
    );
    expect(row?.company_id).toEqual([systems.group.companies.publicSector.id, 'Northwind Public Sector']);
    // Both companies number alike, and Harvest takes each number once.
    const numbers = [...scene.harvest.state.invoices.values()].map(({ number }) => number);
    const { odoo } = scene.firm.finance;
    expect(numbers).toContain(`PS-${await numberOf(odoo, publicSector.invoiceId)}`);
    expect((await exceptions(scene)).filter(({ flow }) => flow === 'invoice-in-the-psa')).toEqual([]);
  });

  test('a field that the firm added to Odoo shows in HubSpot by a table of values', async () => {
    const stage = createStage(() => {});
    await playOwnField(systems, stage, customer);
    expect(effectsOf(stage)).toEqual([
      'HubSpot: the property firm_segment, which the bridge has made: true',
      'HubSpot: "a" in the words of sales: true',
      'HubSpot: "b" in the words of sales: true',
    ]);
    await scene.firm.finance.odoo.write('res.partner', [customer.id], { x_importance: false });
    await scene.settled();
    expect(scene.companies(customer.name)[0]?.properties).not.toHaveProperty('firm_segment');
  });

  test('what both sides edit ends with the owner’s values on both', async () => {
    const stage = createStage(() => {});
    const owned = await playBothSides(systems, stage, customer);
    expect(effectsOf(stage)).toEqual([
      'HubSpot: Odoo’s name and HubSpot’s number: true',
      'Odoo: Odoo’s name and HubSpot’s number: true',
      'HubSpot: the owners’ values again: true',
      'Odoo: the owners’ values again: true',
    ]);
    // HubSpot's search has shown every change of before when it shows this one.
    const marker = scene.companies('Helios Solar AG')[0]?.id ?? '';
    scene.hubspot.person.edit('companies', marker, { phone: '+41 44 555 02 20' });
    const numberOf = async (id: number) => {
      const [row] = await scene.firm.sales.odoo.searchRead(
        'res.partner',
        [['id', '=', id]],
        ['name', 'phone'],
      );
      return row;
    };
    await eventually('the number of Helios in Odoo', async () => {
      const row = await numberOf(consulting.customerId);
      return row?.phone === '+41 44 555 02 20';
    });
    await scene.settled();
    expect(scene.companies(customer.name)).toEqual([]);
    expect(scene.companies(owned.name).map(({ properties }) => properties.phone)).toEqual([owned.phone]);
    expect(await numberOf(customer.id)).toMatchObject(owned);
    expect((await scene.status()).problems).toEqual([]);
  });

  test('a list of addresses does not hold up an invoice', async () => {
    const stage = createStage(() => {});
    const { imported, waitingBehind } = await playAddressList(systems, stage, consulting);
    expect(effectsOf(stage)).toEqual([
      'HubSpot: the invoice on its deal: true',
      'HubSpot: the whole list, each customer once: true',
    ]);
    expect(waitingBehind).toBeGreaterThan(imported / 10);
    expect((await scene.status()).problems).toEqual([]);
  });
});

const effectsOf = (stage: Stage): string[] => stage.results().map(({ title, seen }) => `${title}: ${seen}`);

/** Odoo's id of the transaction in which the invoice became paid. */
async function paymentTransaction(invoiceId: number): Promise<string> {
  const [row] = await scene.odoo.sql(
    `SELECT transaction_id::text AS id FROM services_bridge_event
      WHERE model = 'account.move' AND res_id = $1 AND field_names LIKE '%payment_state%'
      ORDER BY transaction_id DESC LIMIT 1`,
    [invoiceId],
  );
  return String(row?.id);
}
