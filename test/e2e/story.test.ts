import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bridgeCommand } from '../../scripts/demo/bridge-process.ts';
import { createStage } from '../../scripts/demo/stage.ts';
import { type PlayedWeek, playWeek, type Sale } from '../../scripts/demo/week.ts';
import { readLog } from './scene/log.ts';
import { approve, bookTime, clientsNamed, hoursArrived, inHarvest, timesheetLines } from './scene/sale.ts';
import { type Scene, startScene } from './scene/scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene({ environment: { ODOO_TRANSPORT: 'json2', LOG_LEVEL: 'debug' } });
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
    const { firm, harvest, harvestApi, systems } = scene;
    const stage = createStage(() => {});
    week = await playWeek({
      firm,
      hubspot: systems.hubspotApi,
      harvest: harvestApi,
      approve(ids) {
        harvest.approvals.submit(ids);
        harvest.approvals.approve(ids);
      },
      stage,
      sale,
    });
    expect(stage.results().map(({ title, seen }) => `${title}: ${seen}`)).toEqual([
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
    for (const name of ['WEBHOOK_SECRETS', 'ODOO_API_KEY', 'HUBSPOT_TOKEN', 'HARVEST_TOKEN']) {
      const secret = environment[name] as string;
      expect(text.includes(secret.replace('whsec_', '')), `the log tells ${name}`).toBe(false);
    }
  });
});

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
