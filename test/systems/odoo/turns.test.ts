import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { EntityName } from '../../../bridge/entities/catalogue.ts';
import { createOdoo, type OdooConnector } from '../../../bridge/systems/odoo/connector.ts';
import { json, startFakeOdoo } from './fake-odoo.ts';
import { signal } from './rows.ts';

test('two batches of the same records are never written at once, those of others are', async () => {
  const odoo = await startFakeOdoo(async ({ path, body }, response) => {
    if (!path.endsWith('/upsert')) return json(response, 200, []);
    const { items } = JSON.parse(body) as { items: readonly { reference: string }[] };
    await pause(20);
    const answers = items.map(({ reference }, index) => ({ reference, id: index + 1, result: 'created' }));
    json(response, 200, answers);
  });
  const connector = connect(odoo.url);
  const write = (entity: EntityName, reference: string) =>
    connector.write(entity, [{ reference, uncertain: false, fields: { name: 'Ada' } }], signal);
  await Promise.all(['a', 'b', 'c'].map((reference) => write('customer', reference)));
  expect(odoo.requests).toHaveLength(3);
  expect(odoo.mostAtOnce).toBe(1);
  await Promise.all([write('customer', 'd'), write('opportunity', 'e')]);
  expect(odoo.mostAtOnce).toBe(2);
});

test('what is interrupted before its turn was never sent, and the next one has its turn', async () => {
  const first = Promise.withResolvers<void>();
  const odoo = await startFakeOdoo(async ({ body }, response) => {
    const { items } = JSON.parse(body) as { items: readonly { reference: string }[] };
    if (items[0]?.reference === 'a') await first.promise;
    json(response, 200, [{ reference: items[0]?.reference, id: 1, result: 'created' }]);
  });
  const connector = connect(odoo.url);
  const write = (reference: string, until: AbortSignal) =>
    connector.write('customer', [{ reference, uncertain: false, fields: { name: 'Ada' } }], until);
  const stop = new AbortController();
  const writes = [write('a', signal), write('b', stop.signal), write('c', signal)];
  while (odoo.requests.length === 0) await pause(1);
  stop.abort();
  await expect(writes[1]).rejects.toMatchObject({ kind: 'unavailable' });
  first.resolve();
  await Promise.all([writes[0], writes[2]]);
  expect(odoo.requests.map(({ body }) => JSON.parse(body).items[0].reference)).toEqual(['a', 'c']);
});

function connect(url: string): OdooConnector {
  const connector = createOdoo({
    system: 'odoo',
    url,
    database: 'firm',
    login: 'bridge',
    apiKey: 'key',
    transport: 'json2',
  });
  onTestFinished(() => connector.close());
  return connector;
}
