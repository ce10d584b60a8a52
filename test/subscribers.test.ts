import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configure } from '../bridge/connectors.ts';
import type { Environment } from '../bridge/setting-values.ts';
import { readSettings } from '../bridge/settings.ts';
import { temporaryPath } from './store/temporary.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** The example of docs/events.md, beside a system. */
function configureExample(environment: Environment) {
  const document = readFileSync('docs/events.md', 'utf8');
  const [, subscribers = ''] = /```yaml\n(.*?)```/s.exec(document) ?? [];
  const directory = temporaryPath();
  mkdirSync(directory);
  writeFileSync(join(directory, 'systems.yaml'), 'systems: { odoo: { connector: odoo, role: erp } }');
  writeFileSync(join(directory, 'subscribers.yaml'), subscribers);
  const settings = readSettings({
    RULES_DIRECTORY: directory,
    ODOO_URL: 'http://127.0.0.1:9',
    ODOO_DATABASE: 'firm',
    ODOO_LOGIN: 'bridge',
    ODOO_API_KEY: 'key',
    WEBHOOK_SECRETS: secret,
    ...environment,
  });
  return configure(settings, async (_, id) => id);
}

test('a subscriber of the rules gets its address and secrets from the settings that the document names', async () => {
  const document = readFileSync('docs/events.md', 'utf8');
  const [, url = '', secrets = ''] = /```sh\n(\w+)=.*?\n(\w+)=/s.exec(document) ?? [];
  const { rules, connectors } = configureExample({ [url]: 'http://127.0.0.1:9/', [secrets]: secret });
  expect(rules.subscribers).toEqual([
    { name: 'data-warehouse', events: ['invoice.posted', 'invoice.paid', 'payment.received'] },
  ]);
  expect(connectors.map(({ system }) => system)).toEqual(['odoo', 'data-warehouse']);
  await Promise.all(connectors.map((connector) => connector.close()));
});

test('without them the bridge does not start, and says what is missing', () => {
  expect(() => configureExample({})).toThrow(
    'The rules have a subscriber "data-warehouse", but its settings are missing: set SUBSCRIBER_DATA_WAREHOUSE_URL and SUBSCRIBER_DATA_WAREHOUSE_SECRETS (see .env.example), or take it out of subscribers.yaml.',
  );
});
