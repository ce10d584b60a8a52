import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bridgeCommand } from '../../scripts/demo/bridge-process.ts';
import { freePort } from '../../scripts/odoo/free-port.ts';
import { resolveExternalId } from '../../scripts/odoo/rpc.ts';
import { quotationOf, winDeal } from './scene/deal.ts';
import { eventually } from './scene/eventually.ts';
import {
  approve,
  bookTime,
  clientsNamed,
  hoursArrived,
  inHarvest,
  projectArrived,
  type Sold,
  sell,
  timesheetLines,
} from './scene/sale.ts';
import { type Scene, startScene } from './scene/scene.ts';

let scene: Scene;
let earlier: Sold;

beforeAll(async () => {
  scene = await startScene();
  earlier = await sell(scene, 'Earlier AG');
});

afterAll(() => scene?.close());

/** The rows of Odoo's outbox that were not sent yet. */
const unsent = () => scene.odoo.sql(`SELECT id FROM services_bridge_event WHERE state <> 'sent'`);

/** Runs the addon's scheduled delivery now, as its button "Run Manually" does. */
async function runDelivery(): Promise<void> {
  const { admin } = scene.firm;
  const job = await resolveExternalId(admin, 'services_bridge.cron_deliver');
  await admin.call('ir.cron', 'method_direct_trigger', [[job]]);
}

describe('the bridge is down', () => {
  test('while people work: nothing is lost, nothing doubled', async () => {
    const { firm, systems, recorder } = scene;
    await projectArrived(scene, earlier);
    await scene.quiet();
    expect(await systems.bridge.stop()).toBe(0);

    const sold = await sell(scene, 'Meanwhile AG');
    await firm.sales.odoo.write('res.partner', [sold.customerId], { city: 'Bern' });
    const deal = { name: 'Won Meanwhile AG', amount: '1800', method: 'time_and_materials' } as const;
    await winDeal(scene, deal);
    approve(scene, await bookTime(scene, earlier, 5, 'Meanwhile'));
    expect(await unsent()).not.toEqual([]);

    const begin = performance.now();
    await systems.restartBridge();
    expect(performance.now() - begin).toBeLessThan(15_000);
    const { project } = await projectArrived(scene, sold);
    await hoursArrived(scene, earlier, [5]);
    // Meanwhile the addon sends the rows that the bridge has read by itself already.
    await eventually('every row is sent', async () => (await unsent()).length === 0);
    await scene.settled();
    expect(scene.companies('Meanwhile AG')).toMatchObject([{ properties: { city: 'Bern' } }]);
    expect(await quotationOf(scene, deal.name)).toMatchObject({ untaxed: 1800 });
    expect(scene.companies(deal.name)).toHaveLength(1);
    expect(clientsNamed(scene, 'Meanwhile AG')).toHaveLength(1);
    expect(inHarvest(scene, sold)).toMatchObject({ projects: [{ id: project.id }], tasks: [{}] });
    expect(await timesheetLines(scene, earlier)).toHaveLength(1);
    expect(recorder.batches.every((batch) => batch.status === 200)).toBe(true);
  });

  test('a second process on the same database refuses with a plain sentence', async () => {
    const { environment } = scene.systems;
    const second = { ...environment, PORT: String(await freePort()) };
    const { code, output } = await bridgeCommand(['start'], second);
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([expect.stringContaining(String(environment.DATABASE_PATH))]);
    await scene.createCustomer('Still working');
    await scene.companyArrived('Still working');
  });
});

describe('the bridge hangs', () => {
  test('and nobody in Odoo waits for it: work is committed before it is told, by one request for all', async () => {
    const { recorder, firm } = scene;
    const customer = await scene.createCustomer('Patient Ltd');
    await scene.settled();
    const before = recorder.hung;
    recorder.set('hang');
    await firm.sales.odoo.write('res.partner', [customer], { city: 'City 0' });
    await eventually('a request that hangs', () => recorder.hanging === 1);
    for (let number = 1; number <= 8; number++) {
      await firm.sales.odoo.write('res.partner', [customer], { city: `City ${number}` });
    }
    const [row] = await scene.odoo.sql('SELECT city FROM res_partner WHERE id = $1', [customer]);
    expect(row).toEqual({ city: 'City 8' });
    expect(await unsent()).toHaveLength(9);
    expect({ hung: recorder.hung - before, hanging: recorder.hanging }).toEqual({ hung: 1, hanging: 1 });
    recorder.set('forward');
    await eventually(
      'the newest city in HubSpot',
      () => scene.companies('Patient Ltd')[0]?.properties.city === 'City 8',
    );
    await scene.settled();
    expect(await unsent()).toEqual([]);
  });
});

describe('Odoo is killed between commit and delivery', () => {
  test('what was committed arrives by its scheduled job, or by what the bridge reads when it starts', async () => {
    const { odoo, recorder, systems } = scene;
    await scene.settled();
    recorder.set('hang');
    const first = await scene.createCustomer('By the job');
    await eventually('a request that hangs', () => recorder.hanging === 1);
    await scene.createCustomer('By reading');
    await odoo.kill();
    recorder.set('forward');
    await odoo.startServer();
    expect(scene.companies('By the job')).toEqual([]);

    // The row was on its way when its sender died: it is due again when its lease has run out.
    await odoo.sql(
      `UPDATE services_bridge_event SET next_try_at = CASE WHEN res_id = $1
              THEN now() AT TIME ZONE 'UTC' ELSE now() AT TIME ZONE 'UTC' + interval '1 hour' END
        WHERE model = 'res.partner' AND state = 'pending'`,
      [first],
    );
    await runDelivery();
    await scene.companyArrived('By the job');
    await scene.quiet();
    expect(scene.companies('By reading')).toEqual([]);

    await systems.bridge.stop();
    await systems.restartBridge();
    await scene.companyArrived('By reading');
    expect(await unsent()).toHaveLength(1);
    await odoo.sql(
      `UPDATE services_bridge_event SET next_try_at = now() AT TIME ZONE 'UTC' WHERE state = 'pending'`,
    );
    await scene.settled();
    expect(await unsent()).toEqual([]);
    expect(scene.companies('By the job')).toHaveLength(1);
    expect(scene.companies('By reading')).toHaveLength(1);
  });
});

describe('another database', () => {
  const problems = (about: string) =>
    eventually(`the bridge is not ready because of ${about}`, async () => {
      const answer = await fetch(`${scene.systems.bridge.address}/readyz`);
      const text = await answer.text();
      return answer.status === 503 && text.includes(about) && text;
    });

  test('than the pinned one is not worked with', async () => {
    const { systems, odoo } = scene;
    const pinned = '00000000-0000-4000-8000-000000000000';
    await systems.bridge.stop();
    await systems.restartBridge({ ODOO_DATABASE_UUID: pinned });
    expect(await problems(`pinned to ${pinned}`)).toContain(odoo.databaseUuid);
    await systems.bridge.stop();
    await systems.restartBridge({ ODOO_DATABASE_UUID: odoo.databaseUuid });
    await scene.settled();
    expect((await fetch(`${systems.bridge.address}/readyz`)).status).toBe(200);
  });

  // The last one, because it turns the database into a copy for tests.
  test('that is neutralized sends nothing, and the bridge does nothing with it', async () => {
    const { odoo, systems, recorder } = scene;
    await systems.bridge.stop();
    await scene.createCustomer('Waiting when it was copied');
    expect(await unsent()).not.toEqual([]);
    await odoo.stopServer();
    await odoo.command('neutralize');
    await odoo.startServer();

    expect(await unsent()).toEqual([]);
    const batches = recorder.batches.length;
    await scene.createCustomer('Made in the copy');
    await runDelivery();
    expect(await unsent()).toEqual([]);
    expect(recorder.batches).toHaveLength(batches);

    const lines = await timesheetLines(scene, earlier);
    approve(scene, await bookTime(scene, earlier, 7, 'Approved while Odoo is a copy'));
    await systems.restartBridge();
    expect(await problems('neutralized')).toContain('odoo: the database is neutralized');
    await eventually('the approved time waits for Odoo', async () => {
      const { queues } = await scene.status();
      return queues.some(({ target, state }) => target === 'odoo' && state === 'pending');
    });
    expect(await timesheetLines(scene, earlier)).toEqual(lines);
    expect(scene.companies('Waiting when it was copied')).toEqual([]);
    expect(scene.companies('Made in the copy')).toEqual([]);
    const { code, output } = await bridgeCommand(['check'], systems.environment);
    expect(code).toBe(1);
    expect(output).toContain('✗ the database is neutralized');
  });
});
