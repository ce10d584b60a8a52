import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Firm, newSecret, setUpFirm } from '../../scripts/demo/firm.ts';
import { type OdooServer, startOdoo } from '../../scripts/odoo/odoo.ts';
import { createUser } from '../../scripts/odoo/rpc.ts';
import { createLoneBridge, type LoneBridge } from './pages/bridge.ts';
import { type Browser, startBrowser } from './pages/browser.ts';
import { outboxPage } from './pages/outbox-page.ts';
import { settingsPage } from './pages/settings-page.ts';
import { readApps } from './pages/web-client.ts';
import { eventually } from './scene/eventually.ts';

const manager = { login: 'mona', password: 'mona-manages-the-outbox' };
const answered = {
  kind: 'success',
  message: expect.stringMatching(/The bridge answered in \d+ ms\. Address, secret and database are right\.$/),
};

let odoo: OdooServer;
let firm: Firm;
let bridge: LoneBridge;
let browser: Browser;
let admin: Page;
let secret: string;

beforeAll(async () => {
  odoo = await startOdoo({ durable: false });
  browser = await startBrowser(odoo);
  firm = await setUpFirm(odoo);
  await createUser(firm.admin, {
    name: 'Mona Manager',
    ...manager,
    groups: ['services_bridge.group_manager'],
  });
  bridge = await createLoneBridge(odoo, firm);
  secret = newSecret();
  await bridge.start(secret);
  admin = await browser.logIn(odoo.adminLogin, odoo.adminPassword);
  // Odoo puts the scripts of its pages together when they are asked for the first time.
  await settingsPage(admin).open();
});

afterAll(async () => {
  await browser?.close();
  await bridge?.close();
  await odoo?.dispose();
});

beforeEach(({ task, onTestFailed }) => {
  onTestFailed(() => browser.takePictures(task.name));
});

/** The states of all rows of a record, from the database. */
const states = async (customer: number) => {
  const rows = await odoo.sql(
    `SELECT state FROM services_bridge_event WHERE model = 'res.partner' AND res_id = $1 ORDER BY id`,
    [customer],
  );
  return rows.map(({ state }) => state);
};
const arrived = (customer: number) =>
  eventually('every row of the customer is sent', async () =>
    (await states(customer)).every((state) => state === 'sent'),
  );

test('an administrator connects Odoo with the bridge, and changes the secret', async () => {
  const settings = settingsPage(admin);
  await settings.open();
  await settings.fill({ address: `${bridge.address}/`, secret, enabled: true });
  await settings.save();
  expect(await settings.read()).toEqual({
    address: bridge.address,
    enabled: true,
    secrets: `${secret.slice(0, 8)}…${secret.slice(-4)}`,
    outbox: expect.stringContaining('0 waiting, 0 given up'),
  });
  expect(await settings.test()).toEqual(answered);
  expect((await settings.read()).outbox).toContain('The bridge last answered');

  const newer = await settings.generateSecret();
  expect(newer).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  // Odoo signs with both.
  expect(await settings.test()).toEqual(answered);
  await settings.deleteSecret(secret);
  expect((await settings.read()).secrets).toBe(`${newer.slice(0, 8)}…${newer.slice(-4)}`);
  expect(await settings.test()).toEqual({
    kind: 'danger',
    message: expect.stringContaining(
      'The bridge does not know this secret. Give the bridge the secret that is set here.',
    ),
  });

  secret = newer;
  await bridge.stop();
  expect(await settings.test()).toEqual({
    kind: 'danger',
    message: expect.stringContaining(
      `${bridge.address} refused the connection. Check that the bridge is running, and that host and port are right.`,
    ),
  });
  await bridge.start(secret);
  expect(await settings.test()).toEqual(answered);

  // What was typed and not saved is saved and tested at once.
  await settings.fill({ address: 'http://127.0.0.1:1' });
  expect(await settings.test()).toEqual({
    kind: 'danger',
    message: expect.stringContaining('http://127.0.0.1:1 refused the connection.'),
  });
  await settings.fill({ address: bridge.address });
  expect(await settings.test()).toEqual(answered);
  expect((await settings.read()).address).toBe(bridge.address);
});

test('the outbox shows what a salesperson changed', async () => {
  const { odoo: sally } = firm.sales;
  const customer = await sally.create('res.partner', { name: 'Globex GmbH', is_company: true });
  await sally.write('res.partner', [customer], { city: 'Bern', street: 'Main Street 1' });
  await arrived(customer);

  const outbox = outboxPage(admin);
  await outbox.open();
  const shared = { model: 'res.partner', record: 'Globex GmbH', user: 'Sally Sales', state: 'Sent' };
  const changed = { ...shared, operation: 'Changed', fields: 'city,street' };
  expect(await outbox.rows('Globex GmbH')).toEqual([
    { ...changed, error: '' },
    { ...shared, operation: 'Created', fields: expect.stringContaining('name'), error: '' },
  ]);
  expect(await outbox.readForm('Globex GmbH')).toEqual(changed);
});

test('a manager sends again what was given up', async () => {
  const { odoo: sally } = firm.sales;
  await bridge.stop();
  const customer = await sally.create('res.partner', { name: 'Initech AG', is_company: true });
  // A month passes; then any change of the settings lets Odoo try at once.
  await odoo.sql(
    `UPDATE services_bridge_event SET occurred_at = occurred_at - interval '31 days' WHERE res_id = $1 AND state = 'pending'`,
    [customer],
  );
  await firm.admin.call('services.bridge.settings', 'configure', [{ address: bridge.address }]);
  await eventually('the row is given up', async () => (await states(customer)).includes('dead'));

  const outbox = outboxPage(await browser.logIn(manager.login, manager.password));
  await outbox.open();
  await outbox.filter('Given Up');
  expect(await outbox.rows('Initech AG')).toMatchObject([
    { operation: 'Created', state: 'Given Up', error: expect.stringContaining('refused the connection') },
  ]);
  await bridge.start(secret);
  expect(await outbox.sendAgain('Initech AG')).toEqual({
    kind: 'success',
    message: '1 rows are waiting to be sent again.',
  });
  await arrived(customer);
  await outbox.open();
  // Odoo shows first what the browser kept of the list, and then what the server says.
  await expect
    .poll(() => outbox.rows('Initech AG'), { timeout: 10_000 })
    .toMatchObject([{ state: 'Sent', error: '' }]);
});

test('whoever is no manager has no such menu, and gets in by no address', async () => {
  expect(await readApps(admin)).toContain('Services Bridge');
  const sally = await browser.logIn(firm.sales.login, firm.sales.password);
  const apps = await readApps(sally);
  expect(apps).toContain('CRM');
  expect(apps).not.toContain('Services Bridge');
  await sally.goto('/odoo/action-services_bridge.services_bridge_event_action');
  const refusal = await sally.getByRole('dialog').innerText();
  expect(refusal).toContain("You are not allowed to access 'Outbox Event'");
});
