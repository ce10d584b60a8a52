import { expect, onTestFinished, test } from 'vitest';
import { createOdoo } from '../../../bridge/systems/odoo/connector.ts';
import type { WriteChange } from '../../../bridge/systems/system.ts';
import { json, startFakeOdoo } from './fake-odoo.ts';

const { signal } = new AbortController();

/** An Odoo that knows one reference, and takes everything. */
async function connect(known: string) {
  const odoo = await startFakeOdoo(({ path, body }, response) => {
    const { references, items } = JSON.parse(body);
    if (path.endsWith('/lookup'))
      return json(
        response,
        200,
        references.map((reference: string) => ({ reference, id: reference === known ? 42 : false })),
      );
    if (!path.endsWith('/upsert')) return json(response, 200, []);
    json(
      response,
      200,
      items.map(({ reference }: { reference: string }, index: number) => ({
        reference,
        id: 42 + index,
        result: 'updated',
      })),
    );
  });
  const connector = createOdoo({
    system: 'odoo',
    url: odoo.url,
    database: 'firm',
    login: 'bridge',
    apiKey: 'key',
    transport: 'json2',
  });
  onTestFinished(() => connector.close());
  const called = (name: string) =>
    odoo.requests.filter(({ path }) => path.endsWith(`/${name}`)).map(({ body }) => JSON.parse(body));
  return { connector, called };
}

const change = (reference: string, more: Partial<WriteChange> = {}): WriteChange => ({
  reference,
  fields: { name: 'Acme', phone: '1' },
  initial: ['name'],
  uncertain: true,
  ...more,
});

test('a record that is there already is given nothing again', async () => {
  const { connector, called } = await connect('hubspot:customer:1');
  const changes = [
    change('hubspot:customer:1'),
    change('hubspot:customer:2'),
    change('hubspot:customer:3', { uncertain: false }),
  ];
  const results = await connector.write('customer', changes, signal);
  expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
  expect(called('lookup')).toEqual([
    expect.objectContaining({
      model: 'res.partner',
      references: ['hubspot:customer:1', 'hubspot:customer:2', 'hubspot:customer:3'],
    }),
  ]);
  const [{ items }] = called('upsert') as [{ items: { values: Record<string, unknown> }[] }];
  expect(items.map(({ values }) => [Object.hasOwn(values, 'name'), Object.hasOwn(values, 'phone')])).toEqual([
    [false, true],
    [true, true],
    [true, true],
  ]);
});

test('a merged record that was kept is given nothing, however sure the try', async () => {
  const { connector, called } = await connect('hubspot:customer:1');
  await connector.write('customer', [change('hubspot:customer:1', { uncertain: false })], signal);
  const [{ items }] = called('upsert') as [{ items: { values: Record<string, unknown> }[] }];
  expect(items.map(({ values }) => Object.hasOwn(values, 'name'))).toEqual([false]);
});

test('nothing is looked up where nothing is given', async () => {
  const { connector, called } = await connect('hubspot:customer:1');
  const { initial: _, ...plain } = change('hubspot:customer:2');
  await connector.write('customer', [plain], signal);
  expect(called('lookup')).toEqual([]);
});
