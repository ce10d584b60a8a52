import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bridgeCommand } from '../../scripts/demo/bridge-process.ts';
import type { FaultAction } from '../sandbox/faults.ts';
import { eventually } from './scene/eventually.ts';
import {
  approve,
  bookTime,
  clientsNamed,
  hoursArrived,
  inHarvest,
  invoice,
  projectArrived,
  type Sold,
  sell,
  timesheetLines,
} from './scene/sale.ts';
import { type Scene, startScene } from './scene/scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene({ environment: { SHUTDOWN_GRACE_SECONDS: '1' } });
});

afterAll(() => scene?.close());

/** Client, project and task of the order are in Harvest, each once. */
function expectOnceInHarvest(name: string, sold: Sold): void {
  expect(clientsNamed(scene, name)).toHaveLength(1);
  const { projects, tasks } = inHarvest(scene, sold);
  expect(projects).toHaveLength(1);
  expect(tasks).toHaveLength(1);
}

const upsert = { method: 'POST', path: '/crm/v3/objects/companies/batch/upsert' };
const clients = { method: 'POST', path: '/v2/clients' };
const projects = { method: 'POST', path: '/v2/projects' };
// A part of its path is the one of projects, so its faults have to be added before theirs.
const tasks = { method: 'POST', path: '/task_assignments' };

describe('HubSpot', () => {
  test.each<[string, FaultAction]>([
    ['answers 500', { kind: 'status', status: 500 }],
    ['closes the connection', { kind: 'drop' }],
    ['commits and closes the connection', { kind: 'commit-then-drop' }],
    ['commits and answers 502', { kind: 'commit-then-status', status: 502 }],
  ])('%s: one company', async (what, action) => {
    const name = `Company while it ${what}`;
    const fault = scene.hubspot.faults.add({ action, ...upsert, times: 2 });
    await scene.createCustomer(name);
    await eventually('both faults are met', () => fault.left() === 0);
    await scene.settled();
    expect(scene.companies(name)).toHaveLength(1);
  });

  test('asks to wait: it is left alone for as long', async () => {
    const { faults, calls } = scene.hubspot;
    faults.add({ action: { kind: 'status', status: 429, retryAfterSeconds: 2 }, ...upsert });
    await scene.createCustomer('Patience Ltd');
    await scene.companyArrived('Patience Ltd');
    const entries = calls.entries().filter(({ path }) => path === upsert.path);
    const refused = entries.findLastIndex((entry) => entry.status === 429);
    const [next] = entries.slice(refused + 1);
    const waited = Date.parse(next?.at ?? '') - Date.parse(entries[refused]?.at ?? '');
    expect(waited).toBeGreaterThanOrEqual(1990);
    await scene.settled();
    expect(scene.companies('Patience Ltd')).toHaveLength(1);
  });
});

describe('Harvest', () => {
  test('refuses, fails, and loses what it has done: one client, one project, one task', async () => {
    const { faults } = scene.harvest;
    const trouble: readonly FaultAction[] = [
      { kind: 'status', status: 429, retryAfterSeconds: 1 },
      { kind: 'status', status: 500 },
      { kind: 'commit-then-drop' },
    ];
    const added = [tasks, clients, projects].flatMap((endpoint) =>
      trouble.map((action) => faults.add({ action, ...endpoint })),
    );
    const sold = await sell(scene, 'Trouble AG');
    await projectArrived(scene, sold);
    await scene.settled();
    expect(added.map((fault) => fault.left())).toEqual(added.map(() => 0));
    expectOnceInHarvest('Trouble AG', sold);
    expect((await scene.status()).problems).toEqual([]);
  });

  test('commits, and the bridge is killed before it can note that down: one of each', async () => {
    const { faults } = scene.harvest;
    const { systems } = scene;
    const added = [tasks, clients, projects].map((endpoint) =>
      faults.add({ action: { kind: 'commit-then-hang' }, ...endpoint }),
    );
    const [task, client, project] = added;
    const sold = await sell(scene, 'Killed AG');
    for (const fault of [client, project, task]) {
      await fault?.met;
      await systems.bridge.kill();
      await systems.restartBridge();
    }
    await eventually('everything is worked off', async () => inHarvest(scene, sold).tasks.length > 0);
    await scene.settled();
    expectOnceInHarvest('Killed AG', sold);
    // The bridge knows them again: what is booked on them finds its way.
    approve(scene, await bookTime(scene, sold, 1.5, 'After the crash'));
    await hoursArrived(scene, sold, [1.5]);
  });
});

describe('both hang', () => {
  test('and the bridge still stops in time; what was under way is brought once', async () => {
    const { systems, hubspot, harvest } = scene;
    await scene.quiet();
    const hanging = [
      hubspot.faults.add({ action: { kind: 'hang' }, ...upsert }),
      harvest.faults.add({ action: { kind: 'commit-then-hang' }, ...clients }),
    ];
    const sold = await sell(scene, 'Stopped AG');
    await Promise.all(hanging.map((fault) => fault.met));
    const begin = performance.now();
    expect(await systems.bridge.stop()).toBe(0);
    // The partners are given half a minute to answer, the bridge one second to stop.
    expect(performance.now() - begin).toBeLessThan(10_000);
    await systems.restartBridge();
    await projectArrived(scene, sold);
    await scene.settled();
    expect(scene.companies('Stopped AG')).toHaveLength(1);
    expectOnceInHarvest('Stopped AG', sold);
  });

  test('until the bridge gives up waiting; approved time goes to Odoo meanwhile', async () => {
    const { hubspot, harvest } = scene;
    const earlier = await sell(scene, 'Moving AG');
    await projectArrived(scene, earlier);
    const hanging = [
      hubspot.faults.add({ action: { kind: 'commit-then-hang' }, ...upsert }),
      harvest.faults.add({ action: { kind: 'hang' }, ...clients }),
    ];
    const sold = await sell(scene, 'Hanging AG');
    await Promise.all(hanging.map((fault) => fault.met));
    approve(scene, await bookTime(scene, earlier, 4, 'Meanwhile'));
    await hoursArrived(scene, earlier, [4]);
    expect(clientsNamed(scene, 'Hanging AG')).toEqual([]);
    await projectArrived(scene, sold);
    await scene.settled();
    expect(scene.companies('Hanging AG')).toHaveLength(1);
    expectOnceInHarvest('Hanging AG', sold);
  });
});

/** What a restored older file of the bridge may be like: it has not read the stream so far. */
function forgetCursor(databasePath: string, stream: string): void {
  const database = new Database(databasePath);
  const { changes } = database.prepare('DELETE FROM cursor WHERE stream = ?').run(stream);
  database.close();
  expect(changes).toBe(1);
}

describe('an approval', () => {
  let sold: Sold;
  let entry: number;

  beforeAll(async () => {
    sold = await sell(scene, 'Approval AG');
    entry = await bookTime(scene, sold, 6, 'Workshop');
  });

  test('that is polled twice makes one timesheet line', async () => {
    const { harvest, systems } = scene;
    approve(scene, entry);
    const [line] = await hoursArrived(scene, sold, [6]);
    await systems.bridge.stop();
    // Taken back and given again between two polls, and all time is polled from the start once more.
    harvest.approvals.withdraw([entry]);
    approve(scene, entry);
    forgetCursor(systems.environment.DATABASE_PATH as string, 'time');
    await systems.restartBridge();
    approve(scene, await bookTime(scene, sold, 1, 'Later'));
    await hoursArrived(scene, sold, [1, 6]);
    await scene.quiet();
    expect((await timesheetLines(scene, sold))[0]?.id).toBe(line?.id);
  });

  test('that is withdrawn takes the line out of Odoo; approved again, there is one', async () => {
    scene.harvest.approvals.withdraw([entry]);
    await hoursArrived(scene, sold, [1]);
    approve(scene, entry);
    await hoursArrived(scene, sold, [1, 6]);
    await scene.quiet();
    expect((await scene.status()).problems).toEqual([]);
  });

  test('that is withdrawn after the invoice stays, and somebody is told why', async () => {
    const invoiceId = await invoice(scene, sold);
    // Where the bridge does not know of the invoice yet, the process tells of it by the refusal itself.
    await scene.quiet();
    const before = await timesheetLines(scene, sold);
    scene.harvest.approvals.withdraw([entry]);
    const problem = await eventually('a delivery that needs a person', async () => {
      const { problems } = await scene.status();
      return problems.find(({ state }) => state === 'dead');
    });
    expect(problem).toMatchObject({ source: 'harvest', entity: 'timesheet', sourceId: String(entry) });
    await scene.quiet();
    expect(await timesheetLines(scene, sold)).toEqual(before);
    const [move] = await scene.firm.admin.searchRead(
      'account.move',
      [['id', '=', invoiceId]],
      ['state', 'amount_untaxed'],
    );
    expect(move).toMatchObject({ state: 'posted', amount_untaxed: 7 * 180 });
    const { code, output } = await bridgeCommand(['status'], scene.systems.environment);
    expect(code).toBe(1);
    expect(output).toContain('Needs a person');
    expect(output).toContain(`timesheet ${entry} of harvest could not be brought to odoo`);
    expect(output).toContain('6.00 hours of Carla Consultant');
    expect(output).toMatch(/are invoiced already, on INV\S+ .*make a credit note first/);
  });
});
