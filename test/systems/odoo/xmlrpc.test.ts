import { expect, test } from 'vitest';
import type { CallOptions } from '../../../bridge/systems/odoo/transport.ts';
import { xmlValue } from '../../../bridge/systems/odoo/xml-value.ts';
import { createXmlrpc } from '../../../bridge/systems/odoo/xmlrpc.ts';
import { isLogIn, type Request, startFakeOdoo, xml, xmlFault } from './fake-odoo.ts';

const { signal } = new AbortController();
const apiKey = 'secret-api-key';

function connect(url: string, timeoutMilliseconds = 5000) {
  return createXmlrpc({
    system: 'odoo',
    url,
    database: 'firm',
    login: 'bridge',
    apiKey,
    timeoutMilliseconds,
    connections: 2,
  });
}

type Answer = Parameters<typeof startFakeOdoo>[0];

/** Lets the log-in pass. */
const afterLogIn =
  (answer: Answer): Answer =>
  (request, response) =>
    isLogIn(request) ? xml(response, '<int>7</int>') : answer(request, response);

const once: CallOptions = { action: 'write 1 customer', repeatable: false, signal };
const again: CallOptions = { ...once, repeatable: true };
const traceback = (last: string) =>
  `Traceback (most recent call last):\n  File "x.py", line 1, in x\n${last}\n`;

const calls = (requests: readonly Request[]) => requests.filter((request) => !isLogIn(request));

test('sends ids by position, the rest by name, and leaves the arguments as they were', async () => {
  const odoo = await startFakeOdoo(afterLogIn((_request, response) => xml(response, '<boolean>1</boolean>')));
  const transport = connect(odoo.url);
  const args = { ids: [5], vals: { name: 'A & <B>', ref: undefined } };
  const copy = structuredClone(args);
  expect(await transport.call('res.partner', 'write', args, once)).toBe(true);
  expect(await transport.call('res.partner', 'write', args, once)).toBe(true);
  expect(args).toEqual(copy);
  expect(odoo.requests.filter(isLogIn)).toHaveLength(1);
  const [first, second] = calls(odoo.requests);
  expect(first?.body).toBe(second?.body);
  const texts = [...(first?.body ?? '').matchAll(/<(?:string|name|int)>([\s\S]*?)<\/(?:string|name|int)>/g)];
  expect(texts.map((text) => text[1])).toEqual([
    'firm',
    '7',
    apiKey,
    'res.partner',
    'write',
    '5',
    'vals',
    'name',
    '<![CDATA[A & <B>]]>',
    'context',
    'lang',
    'en_US',
  ]);
});

test.each([
  [2, 'Not so.', 'invalid', 'Not so.'],
  [2, 'Record does not exist or has been deleted.', 'missing', 'Record does not exist or has been deleted.'],
  [4, 'You are not allowed.', 'denied', 'You are not allowed.'],
  [1, traceback('ValueError: Invalid field'), 'invalid', 'Odoo failed: Invalid field'],
  [1, traceback('psycopg2.errors.SerializationFailure: late'), 'unavailable', 'Odoo failed: late'],
  [
    1,
    traceback('psycopg2.OperationalError: FATAL:  database "firm" does not exist'),
    'unavailable',
    'Odoo failed: FATAL:  database "firm" does not exist',
  ],
  [1, 'nobody knows', 'ambiguous', 'Odoo failed: nobody knows'],
])('fault %i "%s" is %s', async (code, text, kind, message) => {
  const odoo = await startFakeOdoo(afterLogIn((_request, response) => xmlFault(response, code, text)));
  await expect(connect(odoo.url).call('m', 'f', {}, once)).rejects.toMatchObject({ kind, message });
});

test('an answer that XML cannot carry means that it was done', async () => {
  const text = traceback('TypeError: cannot marshal None unless allow_none is enabled');
  const odoo = await startFakeOdoo(afterLogIn((_request, response) => xmlFault(response, 1, text)));
  const transport = connect(odoo.url);
  await expect(transport.call('m', 'f', {}, once)).rejects.toMatchObject({ kind: 'ambiguous' });
  // Asking again would fail in the same way for ever.
  await expect(transport.call('m', 'f', {}, again)).rejects.toMatchObject({ kind: 'invalid' });
});

test('a refused log-in is a denial, and is tried anew the next time', async () => {
  let refuse = true;
  const odoo = await startFakeOdoo((request, response) => {
    if (isLogIn(request)) xml(response, refuse ? '<boolean>0</boolean>' : '<int>7</int>');
    else xml(response, '<int>1</int>');
  });
  const transport = connect(odoo.url);
  const error: unknown = await transport.call('m', 'f', {}, once).catch((reason) => reason);
  expect(error).toMatchObject({ name: 'SystemError', kind: 'denied' });
  expect(JSON.stringify(error) + String(error)).not.toContain(apiKey);
  refuse = false;
  expect(await transport.call('m', 'f', {}, once)).toBe(1);
});

test('logs in again after its key was replaced', async () => {
  const odoo = await startFakeOdoo(
    afterLogIn((_request, response) => xmlFault(response, 3, 'Access Denied')),
  );
  const transport = connect(odoo.url);
  for (const _ of [1, 2]) {
    await expect(transport.call('m', 'f', {}, once)).rejects.toMatchObject({ kind: 'denied' });
  }
  expect(odoo.requests.filter(isLogIn)).toHaveLength(2);
});

test.each([
  [502, 'ambiguous', 'unavailable'],
  [503, 'unavailable', 'unavailable'],
  [429, 'limited', 'limited'],
  [403, 'denied', 'denied'],
  [402, 'denied', 'denied'],
  [404, 'unavailable', 'unavailable'],
  [410, 'unavailable', 'unavailable'],
  [302, 'unavailable', 'unavailable'],
  [200, 'ambiguous', 'unavailable'],
])('a page with status %i in place of an answer', async (status, kindOnce, kindAgain) => {
  const odoo = await startFakeOdoo(
    afterLogIn((_request, response) => response.writeHead(status).end('<html><body>Sorry<br></body></html>')),
  );
  const transport = connect(odoo.url);
  await expect(transport.call('m', 'f', {}, once)).rejects.toMatchObject({ kind: kindOnce, status });
  await expect(transport.call('m', 'f', {}, again)).rejects.toMatchObject({ kind: kindAgain, status });
});

test('says where a redirect leads', async () => {
  const odoo = await startFakeOdoo(
    afterLogIn((_request, response) =>
      response.writeHead(302, { location: 'https://login.example.com/?next=x' }).end(),
    ),
  );
  await expect(connect(odoo.url).call('m', 'f', {}, once)).rejects.toMatchObject({
    kind: 'unavailable',
    message: 'odoo redirects to https://login.example.com: correct the address',
  });
});

test('hears when it may come again', async () => {
  const odoo = await startFakeOdoo(
    afterLogIn((_request, response) => response.writeHead(429, { 'retry-after': '7' }).end('Slow down')),
  );
  await expect(connect(odoo.url).call('m', 'f', {}, once)).rejects.toMatchObject({
    kind: 'limited',
    retryAfterMilliseconds: 7000,
  });
});

test.each([
  ['is cut', (text: string) => text.slice(0, 40)],
  ['is empty', () => ''],
])('an answer that %s', async (_name, change) => {
  const whole =
    '<?xml version="1.0"?><methodResponse><params><param><value><int>1</int></value></param></params>';
  const odoo = await startFakeOdoo(afterLogIn((_request, response) => response.end(change(whole))));
  await expect(connect(odoo.url).call('m', 'f', {}, once)).rejects.toMatchObject({ kind: 'ambiguous' });
});

test('a connection that breaks in the middle', async () => {
  const odoo = await startFakeOdoo(
    afterLogIn((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('<?xml version="1.0"?><methodResponse>', () => response.destroy());
    }),
  );
  const transport = connect(odoo.url);
  await expect(transport.call('m', 'f', {}, once)).rejects.toMatchObject({ kind: 'ambiguous' });
  await expect(transport.call('m', 'f', {}, again)).rejects.toMatchObject({ kind: 'unavailable' });
});

test('keeps its own deadline, which the library has not', async () => {
  const odoo = await startFakeOdoo(afterLogIn(() => undefined));
  const transport = connect(odoo.url, 150);
  await expect(transport.call('m', 'f', {}, once)).rejects.toMatchObject({
    kind: 'ambiguous',
    message: 'Odoo did not answer within 0.15 s',
  });
  await expect(transport.call('m', 'f', {}, again)).rejects.toMatchObject({ kind: 'unavailable' });
});

test('stops when it is told to, also while it waits for its turn', async () => {
  const stop = new AbortController();
  const odoo = await startFakeOdoo(afterLogIn(() => calls(odoo.requests).length === 2 && stop.abort()));
  const transport = connect(odoo.url);
  const three = [1, 2, 3].map(() => transport.call('m', 'f', {}, { ...once, signal: stop.signal }));
  expect(await Promise.allSettled(three)).toMatchObject([
    { reason: { kind: 'ambiguous' } },
    { reason: { kind: 'ambiguous' } },
    { reason: { kind: 'unavailable' } },
  ]);
});

test('makes no more calls at once than it may', async () => {
  const odoo = await startFakeOdoo(
    afterLogIn((_request, response) => setImmediate(() => xml(response, '<int>1</int>'))),
  );
  const transport = connect(odoo.url);
  expect(
    await Promise.all(Array.from({ length: 9 }, () => transport.call('m', 'f', {}, again))),
  ).toHaveLength(9);
  expect(odoo.mostAtOnce).toBeLessThanOrEqual(2);
});

test('where nothing listens, nothing was done', async () => {
  await expect(connect('http://127.0.0.1:9').call('m', 'f', {}, once)).rejects.toMatchObject({
    kind: 'unavailable',
  });
});

test('values are copied without what XML cannot carry', () => {
  expect(xmlValue({ a: 'x\0\x1fy\n', b: undefined, c: [null, 'a]]>b', 1.5, false] })).toEqual({
    a: 'xy\n',
    c: [null, 'a]] >b', 1.5, false],
  });
  expect(() => xmlValue([new Date()])).toThrow('UTC');
});
