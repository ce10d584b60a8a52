import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { playAddressList } from '../../scripts/demo/address-list.ts';
import { playBothSides } from '../../scripts/demo/both-sides.ts';
import { bridgeCommand } from '../../scripts/demo/bridge-process.ts';
import { type GroupSystems, startGroup } from '../../scripts/demo/group.ts';
import { playOwnField } from '../../scripts/demo/own-field.ts';
import { createStage, type Stage } from '../../scripts/demo/stage.ts';
import { playFinanceWeek, playTold } from '../../scripts/demo/story.ts';
import { type Prospect, playTwoCompanies } from '../../scripts/demo/two-companies.ts';
import type { PlayedWeek, Sale } from '../../scripts/demo/week.ts';
import { eventually } from './scene/eventually.ts';
import { readLog } from './scene/log.ts';
import { approve, bookTime, clientsNamed, hoursArrived, inHarvest, timesheetLines } from './scene/sale.ts';
import { type Scene, startScene } from './scene/scene.ts';

let scene: Scene;
let systems: GroupSystems;
const weeks: Partial<Record<'json2' | 'xmlrpc', PlayedWeek>> = {};

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
  json2: {
    customer: 'Aurora Energy AG',
    website: 'https://www.aurora-energy.example',
    vat: 'CHE-123.456.788 TVA',
    opportunity: 'Grid analytics roadmap',
  },
  xmlrpc: {
    customer: 'Boreas Wind GmbH',
    website: 'https://www.boreas-wind.example',
    vat: 'DE136695976',
    opportunity: 'Turbine data platform',
  },
};

describe.each(['json2', 'xmlrpc'] as const)('a finance week by %s', (transport) => {
  const sale = sales[transport];
  let week: PlayedWeek;
  let odooLogBefore = 0;

  test('every step has its effect where people look for it', async () => {
    if (transport === 'xmlrpc') {
      await scene.systems.bridge.stop();
      await scene.systems.restartBridge({ ODOO_TRANSPORT: 'xmlrpc' });
    }
    odooLogBefore = readFileSync(scene.odoo.logFile, 'utf8').length;
    const stage = createStage(() => {});
    week = await playFinanceWeek(systems, stage, sale);
    weeks[transport] = week;
    expect(effectsOf(stage)).toEqual([
      'HubSpot: the company: true',
      'HubSpot: the deal: true',
      'Harvest: the project with its two tasks: true',
      'Odoo: approved time on the right order lines, and only that: true',
      'HubSpot: number, amount, due day and status on the deal: true',
      'HubSpot: that the invoice is paid: true',
    ]);
  });

  test('everything is there once', async () => {
    await scene.settled();
    const [company] = scene.companies(sale.customer);
    const [deal] = scene.deals(sale.opportunity);
    expect(scene.companies(sale.customer)).toHaveLength(1);
    expect(scene.deals(sale.opportunity)).toHaveLength(1);
    expect(scene.hubspot.companyOf(deal?.id ?? '')).toBe(company?.id);
    expect(deal?.properties.dealstage).toBe('closedwon');
    expect(company?.properties).toMatchObject({
      domain: new URL(sale.website).hostname.replace('www.', ''),
      services_bridge_billing_status: 'paid',
    });
    expect(clientsNamed(scene, sale.customer)).toHaveLength(1);
    const { projects, tasks } = inHarvest(scene, week);
    expect(projects).toHaveLength(1);
    expect(tasks).toHaveLength(2);
    expect((await scene.status()).problems).toEqual([]);
  });

  test('the bridge spoke to Odoo in this way only', () => {
    const log = readFileSync(scene.odoo.logFile, 'utf8').slice(odooLogBefore);
    const paths = { json2: 'POST /json/2/services.bridge.facade/upsert', xmlrpc: 'POST /xmlrpc/2/object' };
    const other = { json2: 'POST /xmlrpc/', xmlrpc: 'POST /json/2/' };
    expect(log).toContain(paths[transport]);
    expect(log).not.toContain(other[transport]);
  });

  test('time that nobody has approved stays away until somebody does', async () => {
    const approved = await bookTime(scene, week, 2, 'Approved later');
    approve(scene, approved);
    // When this one has arrived, the poll has seen the unapproved hours of Thursday many times.
    await hoursArrived(scene, week, [2, 4, 6.5]);
    const draft = [...scene.harvest.state.timeEntries.values()].find(
      (entry) => entry.notes === 'Draft report' && entry.projectId === inHarvest(scene, week).projects[0]?.id,
    );
    expect(draft).toMatchObject({ approval: 'unsubmitted', hours: 3 });
    approve(scene, draft?.id ?? 0);
    await hoursArrived(scene, week, [2, 3, 4, 6.5]);
    const lines = await timesheetLines(scene, week);
    expect(lines.map((line) => line.name).sort()).toEqual([
      'Approved later',
      'Data review',
      'Draft report',
      'Workshop and roadmap',
    ]);
  });

  test('the trace leads from the transaction of the payment to the answer of HubSpot', async () => {
    const transaction = await paymentTransaction(week.invoiceId);
    const correlation = `odoo:${transaction}`;
    const dealId = scene.deals(sale.opportunity)[0]?.id;
    const deal = `hubspot:opportunity:${dealId}`;
    const entries = (await scene.trace(`odoo:opportunity:${week.leadId}`)).filter(
      (entry) => entry.correlation === correlation,
    );
    const texts = (kind: string) => entries.filter((entry) => entry.kind === kind).map((entry) => entry.text);
    expect(texts('change')).toEqual([expect.stringContaining('billing_invoice_status: "not_paid" → "paid"')]);
    expect(texts('delivery')).toEqual([expect.stringContaining('to hubspot: done')]);
    expect(texts('attempt')).toHaveLength(1);
    expect(texts('attempt')[0]).toMatch(new RegExp(`^${deal}: updated \\(try 1, \\d+ ms\\)`));
    const whole = await scene.trace(correlation);
    expect(whole.map((entry) => `${entry.kind} ${entry.object}`)).toContain(
      `event odoo:account.move:${week.invoiceId}`,
    );
    // The same for people.
    const { output, code } = await bridgeCommand(
      ['trace', `odoo:opportunity:${week.leadId}`],
      scene.systems.environment,
    );
    expect(code).toBe(0);
    expect(output).toContain(`── ${correlation}\n`);
    expect(output).toContain(`${deal}: updated`);
  });

  test('the log is JSON, carries the correlation, and tells no secret', async () => {
    const { bridge, environment } = scene.systems;
    const lines = readLog(bridge.logFile);
    const correlation = `odoo:${await paymentTransaction(week.invoiceId)}`;
    expect(lines.filter((line) => line.correlation === correlation)).toContainEqual(
      expect.objectContaining({
        level: 'info',
        target: 'hubspot',
        sourceObject: `odoo:opportunity:${week.leadId}`,
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
    const { customerId: id, customer: name } = weeks.json2 as PlayedWeek;
    customer = { id, name };
  });

  test('the check of its rules and systems finds nothing', async () => {
    const { output, code } = await bridgeCommand(['check'], scene.systems.environment);
    expect(output).not.toMatch(/^ {2}[!✗]/m);
    expect(output).toContain('8 rules between odoo, hubspot, harvest');
    expect(code).toBe(0);
  });

  test.each(['json2', 'xmlrpc'] as const)(
    'the subscriber was told of the week by %s, each event once',
    async (transport) => {
      const week = weeks[transport] as PlayedWeek;
      const stage = createStage(() => {});
      await playTold(systems, stage, week);
      expect(effectsOf(stage)).toEqual(['Receiver: invoice.paid, signed by the bridge: true']);
      expect(systems.subscriber.refused()).toBe(0);
      const told = (entity: string, id: number) =>
        systems.subscriber
          .events()
          .filter(({ object }) => object.entity === entity && object.id === String(id))
          .map(({ type }) => type);
      expect(told('invoice', week.invoiceId)).toEqual(['invoice.posted', 'invoice.paid']);
      expect(told('opportunity', week.leadId)).toEqual(['opportunity.won']);
    },
  );

  test('an override by legal entity keeps the money of one company out of the CRM', async () => {
    const stage = createStage(() => {});
    const prospects = await playTwoCompanies(systems, stage);
    consulting = prospects.consulting;
    expect(effectsOf(stage)).toEqual([
      'HubSpot: the deal of Northwind Consulting, with its amount: true',
      'HubSpot: the deal of Northwind Public Sector, without: true',
    ]);
    const { publicSector } = prospects;
    await scene.firm.sales.odoo.write('crm.lead', [publicSector.leadId], { expected_revenue: 52_000 });
    await scene.settled();
    const [sealed] = scene.deals(publicSector.name);
    expect(
      Object.keys(sealed?.properties ?? {}).filter((name) => /amount|currency|billing/.test(name)),
    ).toEqual([]);
    expect(scene.hubspot.companyOf(sealed?.id ?? '')).toBe(scene.companies('City of Lindau')[0]?.id);
    expect(scene.deals(consulting.name)[0]?.properties).toMatchObject({ amount: '2400.00' });
    const [row] = await scene.firm.sales.odoo.searchRead(
      'crm.lead',
      [['id', '=', publicSector.leadId]],
      ['company_id'],
    );
    expect(row?.company_id).toEqual([systems.group.companies.publicSector.id, 'Northwind Public Sector']);
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
