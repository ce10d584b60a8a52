import { expect, onTestFinished, test } from 'vitest';
import { createJson2 } from '../../../bridge/systems/odoo/json2.ts';
import { json, startFakeOdoo } from './fake-odoo.ts';

const { signal } = new AbortController();
const apiKey = 'secret-api-key';

function connect(url: string, timeoutMilliseconds = 5000) {
  const transport = createJson2({
    system: 'odoo',
    url,
    database: 'firm',
    login: 'bridge',
    apiKey,
    timeoutMilliseconds,
    connections: 2,
  });
  onTestFinished(() => transport.close());
  return (repeatable: boolean, stop: AbortSignal = signal) =>
    transport.call(
      'res.partner',
      'write',
      { ids: [5], vals: { name: 'x' } },
      { action: 'write', repeatable, signal: stop },
    );
}

const fault = (name: string, message: string) => ({
  name,
  message,
  arguments: [message],
  context: {},
  debug: 'Traceback …',
});

test('sends named arguments, key, database and language', async () => {
  const odoo = await startFakeOdoo((_request, response) => json(response, 200, [5]));
  expect(await connect(odoo.url)(true)).toEqual([5]);
  expect(odoo.requests).toMatchObject([
    {
      path: '/json/2/res.partner/write',
      headers: { authorization: `bearer ${apiKey}`, 'x-odoo-database': 'firm' },
    },
  ]);
  expect(JSON.parse(odoo.requests[0]?.body ?? '')).toEqual({
    ids: [5],
    vals: { name: 'x' },
    context: { lang: 'en_US' },
  });
});

test.each([
  ['odoo.exceptions.UserError', 422, 'invalid'],
  ['odoo.exceptions.AccessError', 403, 'denied'],
  ['odoo.exceptions.MissingError', 404, 'missing'],
  ['odoo.exceptions.LockError', 409, 'conflict'],
  ['builtins.ValueError', 500, 'invalid'],
  // Rolled back, so nothing is in doubt, even for a call that must not be repeated.
  ['psycopg2.errors.SerializationFailure', 500, 'unavailable'],
])('%s with status %i is %s', async (name, status, kind) => {
  const odoo = await startFakeOdoo((_request, response) =>
    json(response, status, fault(name, 'No: not so.')),
  );
  await expect(connect(odoo.url)(false)).rejects.toMatchObject({
    kind,
    status,
    message: expect.stringMatching(/^(Odoo failed: )?No: not so\.$/),
  });
  expect(odoo.requests).toHaveLength(1);
});

test.each([
  [502, false, 'ambiguous'],
  [502, true, 'unavailable'],
  [503, false, 'unavailable'],
])('a proxy in front that answers %i (may be repeated: %s) is %s', async (status, repeatable, kind) => {
  const odoo = await startFakeOdoo((_request, response) =>
    response.writeHead(status).end('<html>Bad gateway</html>'),
  );
  await expect(connect(odoo.url)(repeatable)).rejects.toMatchObject({ kind, status });
});

test.each([404, 410])('a page with status %i is no record that is missing', async (status) => {
  const odoo = await startFakeOdoo((_request, response) =>
    response.writeHead(status).end('<html>Not found</html>'),
  );
  await expect(connect(odoo.url)(false)).rejects.toMatchObject({
    kind: 'unavailable',
    status,
    mayBeDone: false,
    message: expect.stringContaining('for a database "firm"'),
  });
});

test('a database that is being restored is no record that is missing', async () => {
  const message = 'connection failed: FATAL:  database "firm" does not exist';
  const odoo = await startFakeOdoo((_request, response) =>
    json(response, 500, fault('psycopg2.OperationalError', message)),
  );
  await expect(connect(odoo.url)(false)).rejects.toMatchObject({
    kind: 'unavailable',
    message: `Odoo failed: ${message}`,
  });
});

test('says where a redirect leads', async () => {
  const odoo = await startFakeOdoo((_request, response) =>
    response.writeHead(302, { location: 'https://login.example.com/?next=x' }).end(),
  );
  await expect(connect(odoo.url)(false)).rejects.toMatchObject({
    kind: 'unavailable',
    message: 'odoo redirects to https://login.example.com: correct the address',
  });
});

test('says when it may come again', async () => {
  const odoo = await startFakeOdoo((_request, response) => json(response, 429, {}, { 'retry-after': '7' }));
  await expect(connect(odoo.url)(true)).rejects.toMatchObject({
    kind: 'limited',
    retryAfterMilliseconds: 7000,
  });
});

test('a connection that breaks is tried again at once only where that does no harm', async () => {
  const odoo = await startFakeOdoo((_request, response) => {
    if (odoo.requests.length < 3) response.destroy();
    else json(response, 200, true);
  });
  const call = connect(odoo.url);
  await expect(call(false)).rejects.toMatchObject({ kind: 'ambiguous' });
  expect(odoo.requests).toHaveLength(1);
  expect(await call(true)).toBe(true);
  expect(odoo.requests).toHaveLength(3);
});

test('keeps its own deadline, over all tries', async () => {
  const odoo = await startFakeOdoo(() => undefined);
  const call = connect(odoo.url, 150);
  const late = { message: 'Odoo did not answer within 0.15 s' };
  await expect(call(false)).rejects.toMatchObject({ kind: 'ambiguous', ...late });
  await expect(call(true)).rejects.toMatchObject({ kind: 'unavailable', ...late });
  expect(odoo.requests).toHaveLength(2);
});

test('stops when it is told to', async () => {
  const stop = new AbortController();
  const odoo = await startFakeOdoo(() => stop.abort());
  const call = connect(odoo.url);
  await expect(call(false, stop.signal)).rejects.toMatchObject({ name: 'SystemError', kind: 'ambiguous' });
  await expect(call(false, stop.signal)).rejects.toMatchObject({ name: 'SystemError' });
  expect(odoo.requests).toHaveLength(1);
});

test('no error shows the key', async () => {
  const odoo = await startFakeOdoo((_request, response) => json(response, 401, fault('x', 'Invalid apikey')));
  const error: unknown = await connect(odoo.url)(true).catch((reason) => reason);
  expect(error).toMatchObject({ kind: 'denied' });
  expect(JSON.stringify(error) + String(error)).not.toContain(apiKey);
});
