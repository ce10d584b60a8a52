import { expect, onTestFinished, test } from 'vitest';
import { createOdoo, type OdooOptions } from '../../../bridge/systems/odoo/connector.ts';
import { json, startFakeOdoo } from './fake-odoo.ts';

const { signal } = new AbortController();
const production = 'b4f1c1de-9c41-4b32-9a55-0d5f5a6f8a01';

const description = {
  protocol: 1,
  addon: '19.0.1.0.0',
  odoo: '19.0',
  database: production,
  neutralized: false,
  user: { id: 9, login: 'bridge' },
  enabled: true,
  watched: {},
  missing_rights: [],
};

/** What the set-up finds when the addon describes itself like this. */
async function setUp(
  answer: Partial<typeof description>,
  belongs: Pick<OdooOptions, 'databaseUuid' | 'pin'> = { databaseUuid: production },
) {
  const odoo = await startFakeOdoo((_request, response) =>
    json(response, 200, { ...description, ...answer }),
  );
  const connector = createOdoo({
    system: 'odoo',
    url: odoo.url,
    database: 'firm',
    login: 'bridge',
    apiKey: 'key',
    transport: 'json2',
    ...belongs,
  });
  onTestFinished(() => connector.close());
  return connector.setup(signal);
}

test('the database that the bridge belongs to is fine', async () => {
  expect(await setUp({})).toMatchObject([{ level: 'ok' }]);
});

test('a neutralized copy is refused before anything is read', async () => {
  expect(await setUp({ neutralized: true })).toContainEqual({
    level: 'error',
    message: expect.stringContaining('the database is neutralized'),
    remedy: expect.any(String),
  });
});

test('another database is refused', async () => {
  expect(await setUp({ database: 'a-copy' })).toMatchObject([
    { level: 'error', message: expect.stringContaining(`pinned to ${production}`) },
  ]);
});

test('without a setting the first database that answers is kept, and another one refused', async () => {
  let pinned: string | undefined;
  const pin = async (uuid: string) => {
    pinned ??= uuid;
    return pinned;
  };
  expect(await setUp({}, { pin })).toMatchObject([{ level: 'ok' }]);
  expect(pinned).toBe(production);
  expect(await setUp({ database: 'a-copy' }, { pin })).toMatchObject([
    { level: 'error', message: expect.stringContaining(`pinned to ${production}`) },
  ]);
});

test('a neutralized copy is never kept as the database that the bridge belongs to', async () => {
  const pins: string[] = [];
  const pin = async (uuid: string) => {
    pins.push(uuid);
    return uuid;
  };
  expect(await setUp({ neutralized: true }, { pin })).toContainEqual(
    expect.objectContaining({ level: 'error' }),
  );
  expect(pins).toEqual([]);
});
