import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createHubspot } from '../../../bridge/systems/hubspot/connector.ts';
import type { WriteChange } from '../../../bridge/systems/system.ts';
import { failureOf, never } from '../../conformance/outcome.ts';

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers?: OutgoingHttpHeaders;
}

const page: string = '<html><body>Sorry</body></html>';
const hour = 3_600_000;

/** A connector to a server that answers every request in one way: what stands before HubSpot, or HubSpot in trouble. */
async function connect({ status, body, headers = {} }: Reply) {
  let requests = 0;
  const server = createServer((_, response) => {
    requests++;
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connector = createHubspot({ baseUrl: `http://127.0.0.1:${port}`, token: () => 'token' });
  onTestFinished(async () => {
    await connector.close();
    server.closeAllConnections();
    server.close();
  });
  return { connector, requests: () => requests };
}

const changes = (count: number): WriteChange[] =>
  Array.from({ length: count }, (_, number) => ({
    reference: `odoo:customer:${number}`,
    fields: { name: `Customer ${number}` },
    uncertain: false,
  }));

const json = (value: object): string => JSON.stringify(value);

test.each<[string, Reply, string]>([
  [
    'a page to log in',
    { status: 302, body: '', headers: { location: 'https://login.example.com/' } },
    'unavailable',
  ],
  ['an unpaid account', { status: 402, body: json({ message: 'Pay.', category: 'BILLING' }) }, 'denied'],
  ["a proxy's 404", { status: 404, body: page }, 'unavailable'],
  [
    'an unknown path',
    { status: 404, body: json({ message: 'resource not found', correlationId: '1' }) },
    'unavailable',
  ],
  ["a proxy's 400", { status: 400, body: page }, 'unavailable'],
  ["a proxy's 409", { status: 409, body: json({ error: 'conflict' }) }, 'unavailable'],
  ['a wrong method', { status: 405, body: page }, 'unavailable'],
  ['a lock', { status: 423, body: json({ message: 'Locked.', category: 'LOCKED' }) }, 'limited'],
  ['a migration', { status: 477, body: json({ message: 'Migrating.', category: 'MIGRATION' }) }, 'limited'],
])('%s is about all of a batch, and one call finds it out', async (_name, reply, kind) => {
  const { connector, requests } = await connect(reply);
  await expect(connector.write('customer', changes(100), never)).rejects.toMatchObject({
    name: 'SystemError',
    kind,
    mayBeDone: false,
  });
  expect(requests()).toBe(1);
});

test.each([
  [423, {}, 2000],
  [423, { 'retry-after': '5' }, 5000],
  [477, { 'retry-after': '7200' }, 2 * hour],
  [477, { 'retry-after': '999999999' }, 24 * hour],
  [477, {}, 2000],
])(
  'a status of %i with %o asks to come again after %i ms',
  async (status, headers, retryAfterMilliseconds) => {
    const { connector } = await connect({ status, headers, body: json({ message: 'Wait.' }) });
    const expected = { kind: 'limited', retryAfterMilliseconds };
    expect(await failureOf(connector.read('customer', ['1'], never))).toMatchObject(expected);
  },
);

test.each([
  [400, { message: 'Invalid input JSON on line 1', correlationId: '1' }, 'invalid'],
  [400, { message: 'Property values were not valid', category: 'VALIDATION_ERROR' }, 'invalid'],
  [404, { message: 'No such object', category: 'OBJECT_NOT_FOUND' }, 'missing'],
])("a status of %i in HubSpot's own words is about an object: %o", async (status, body, kind) => {
  const { connector, requests } = await connect({ status, body: json({ status: 'error', ...body }) });
  expect(await connector.write('customer', changes(2), never)).toMatchObject([
    { ok: false, error: kind },
    { ok: false, error: kind },
  ]);
  expect(requests()).toBe(3);
});

test.each<[Reply, RegExp, RegExp]>([
  [
    { status: 302, body: '', headers: { location: 'https://login.example.com/' } },
    /login\.example\.com/,
    /address/,
  ],
  [{ status: 402, body: json({ message: 'Pay.' }) }, /paid.*Pay\./, /subscription/],
])('the check says what to do about %o', async (reply, message, remedy) => {
  const { connector } = await connect(reply);
  expect(await connector.check(never)).toEqual([
    { level: 'error', message: expect.stringMatching(message), remedy: expect.stringMatching(remedy) },
  ]);
});
