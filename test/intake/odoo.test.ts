import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createOdooIntake, type OdooIntakeOptions } from '../../bridge/intake/odoo.ts';
import { createRate } from '../../bridge/intake/rate.ts';
import { openDatabaseForReading } from '../../bridge/store/database.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import { parseBatch } from '../../bridge/systems/odoo/event.ts';
import { createVerifier, sign } from '../../bridge/systems/signature.ts';
import { temporaryPath } from '../store/temporary.ts';

const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const database = '6a0d7e5c-0000-4000-8000-000000000001';
const now = Date.UTC(2026, 0, 5, 8);

const odooEvent = (id: string) => ({
  id,
  model: 'res.partner',
  res_id: 42,
  operation: 'write',
  fields: ['name'],
  user_id: 7,
  company_id: null,
  transaction: '918273',
  occurred_at: '2026-01-05T07:59:59.987Z',
  origin: null,
});
const batchOf = (events: readonly object[], from = database) =>
  JSON.stringify({ version: 1, database: from, sent_at: '2026-01-05T08:00:00.000Z', events });

interface Listening {
  readonly store: Store;
  readonly stored: unknown[];
  readonly rejected: string[];
  rows<Row>(sql: string): Row[];
  send(body: string, headers?: Record<string, string>): Promise<Answer>;
  port: number;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Record<string, unknown>;
}

async function listen(change: Partial<OdooIntakeOptions> = {}): Promise<Listening> {
  const path = temporaryPath();
  const store = await openStore(path);
  const stored: unknown[] = [];
  const rejected: string[] = [];
  const app = new Hono<{ Bindings: HttpBindings }>();
  // Senders that hang up in the middle.
  app.onError((_, context) => context.body(null, 503));
  app.post(
    '/intake/odoo',
    createOdooIntake({
      system: 'odoo',
      store,
      verifier: createVerifier([secret], 300, () => now),
      parse: parseBatch,
      mostBytes: 10_000,
      rate: createRate(1000),
      database: undefined,
      stopping: () => false,
      onStored: (counts) => stored.push(counts),
      onRejected: (reason) => rejected.push(reason),
      ...change,
    }),
  );
  const server = createServer(getRequestListener(app.fetch));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const reader = openDatabaseForReading(path);
  onTestFinished(async () => {
    reader.connection.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await store.close();
  });
  return {
    store,
    stored,
    rejected,
    port,
    rows: (sql) => reader.connection.prepare(sql).all() as never[],
    send: (body, headers) => post(port, body, headers ?? signed(body)),
  };
}

function signed(body: string): Record<string, string> {
  const seconds = now / 1000;
  return {
    'webhook-id': 'message-1',
    'webhook-timestamp': String(seconds),
    'webhook-signature': sign([secret], 'message-1', seconds, body),
  };
}

/** Sends with node:http, which lets a test cut the body or leave its length out. */
function post(port: number, body: string, headers: Record<string, string>, chunked = false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = request(
      { port, host: '127.0.0.1', method: 'POST', path: '/intake/odoo', headers: { ...headers, ...length } },
      (incoming) => {
        const parts: Buffer[] = [];
        incoming.on('data', (part) => parts.push(part));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: JSON.parse(Buffer.concat(parts).toString()),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    if (chunked) outgoing.write(body.slice(0, 10));
    outgoing.end(chunked ? body.slice(10) : body);
  });
}

describe('a good batch', () => {
  test('is stored, answered, and stored once however often it comes', async () => {
    const { send, rows, stored } = await listen();
    const body = batchOf([odooEvent('a'), odooEvent('b')]);
    expect(await send(body)).toMatchObject({ status: 200, body: { accepted: 2, duplicates: 0 } });
    expect(await send(body)).toMatchObject({ status: 200, body: { accepted: 0, duplicates: 2 } });
    expect(rows('select id, type, object_id, correlation, author, company, echo, state from event')).toEqual(
      ['a', 'b'].map((id) => ({
        id,
        type: 'res.partner',
        object_id: '42',
        correlation: 'odoo:918273',
        author: '7',
        company: null,
        echo: 0,
        state: null,
      })),
    );
    expect(stored).toEqual([
      { accepted: 2, duplicates: 0 },
      { accepted: 0, duplicates: 2 },
    ]);
  });

  test('may come in pieces without a length', async () => {
    const { port, rows } = await listen();
    const body = batchOf([odooEvent('a')]);
    expect(await post(port, body, signed(body), true)).toMatchObject({ status: 200 });
    expect(rows('select id from event')).toEqual([{ id: 'a' }]);
  });

  test('marks what the bridge itself changed', async () => {
    const { send, rows } = await listen();
    await send(batchOf([{ ...odooEvent('a'), origin: 'bridge' }]));
    expect(rows('select echo from event')).toEqual([{ echo: 1 }]);
  });

  test('without events is a test: answered, not stored, and pins no database', async () => {
    const { send, store, stored } = await listen();
    expect(await send(batchOf([]))).toMatchObject({ status: 200, body: { accepted: 0, duplicates: 0 } });
    expect(await store.meta('odoo.database')).toBeUndefined();
    expect(stored).toEqual([]);
  });
});

describe('a bad request stores nothing and says what is wrong', () => {
  const good = batchOf([odooEvent('a')]);
  const cases: [string, number, string, string, Record<string, string>, Partial<OdooIntakeOptions>][] = [
    ['no signature', 401, 'missing_header', good, {}, {}],
    ['a wrong signature', 401, 'bad_signature', good, signed(`${good} `), {}],
    ['an old message', 401, 'bad_timestamp', good, { ...signed(good), 'webhook-timestamp': '1000' }, {}],
    ['no JSON', 400, 'invalid_body', '{', signed('{'), {}],
    ['too much', 413, 'too_large', good, signed(good), { mostBytes: 100 }],
    ['too often', 429, 'too_many_requests', good, signed(good), { rate: { take: () => 1500 } }],
    ['while stopping', 503, 'stopping', good, signed(good), { stopping: () => true }],
    ['another database', 409, 'wrong_database', good, signed(good), { database: 'other' }],
  ];

  test.each(cases)('%s', async (_, status, error, body, headers, options) => {
    const { send, rows, rejected } = await listen(options);
    const answer = await send(body, headers);
    expect(answer).toMatchObject({
      status,
      body: { error, message: expect.stringMatching(/\.$|JSON/) },
    });
    expect(answer.headers['content-type']).toContain('application/json');
    expect(rows('select id from event')).toEqual([]);
    expect(rejected).toEqual([error]);
    if (status === 429) expect(answer.headers['retry-after']).toBe('2');
  });

  test('names the place', async () => {
    const { send } = await listen();
    const body = batchOf([odooEvent('a'), { ...odooEvent('b'), operation: 'explode' }]);
    expect(await send(body)).toMatchObject({
      status: 400,
      body: { error: 'invalid_body', path: 'events.1.operation' },
    });
  });

  test('a body that grows over the limit is answered, not read on', async () => {
    const { port, rejected } = await listen({ mostBytes: 1000 });
    const body = 'x'.repeat(200_000);
    expect(await post(port, body, signed(body), true)).toMatchObject({ status: 413 });
    expect(rejected).toEqual(['too_large']);
  });
});

describe('a sender that nobody knows', () => {
  /** A request whose body never ends; `text` is all that comes of it. Resolves with the first line of its answer. */
  function begin(port: number, headers: Record<string, string>, text: string): Promise<string> {
    const lines = Object.entries({ host: 'x', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`POST /intake/odoo HTTP/1.1\r\n${lines.join('')}\r\n${text}`);
      });
      onTestFinished(() => void socket.destroy());
      socket.once('data', (answer) => resolve(answer.toString().split('\r\n', 1)[0] as string));
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('closed without an answer')));
    });
  }
  const unfinished = { 'content-length': '9000' };

  test.each([
    ['without a signature', {}, 'missing_header'],
    ['long ago', { ...signed('{}'), 'webhook-timestamp': '1000' }, 'bad_timestamp'],
  ])('%s is refused before anything of its body is kept', async (_, headers, reason) => {
    const { port, rejected } = await listen();
    expect(await begin(port, { ...headers, ...unfinished }, 'x')).toBe('HTTP/1.1 401 Unauthorized');
    expect(rejected).toEqual([reason]);
  });

  test('gives way when there are too many of them, to whoever is quick', async () => {
    const { port, send, rejected, rows } = await listen({ mostUnverifiedBytes: 20_000 });
    const slow = Array.from({ length: 4 }, () =>
      begin(port, { ...signed('{}'), ...unfinished }, 'x'.repeat(8000)),
    );
    const first = await Promise.race(slow);
    expect(first).toBe('HTTP/1.1 503 Service Unavailable');
    for (const one of slow) one.catch(() => undefined);
    await expect.poll(() => rejected).toEqual(['busy', 'busy']);
    for (let sent = 0; sent < 20; sent++)
      expect(await send(batchOf([odooEvent(`${sent}`)]))).toMatchObject({ status: 200 });
    expect(rows('select id from event')).toHaveLength(20);
    expect(rejected).toEqual(['busy', 'busy']);
  });

  test('is told when to come again', async () => {
    const { send } = await listen({ mostUnverifiedBytes: 10 });
    const answer = await send(batchOf([odooEvent('a')]));
    expect(answer).toMatchObject({ status: 503, body: { error: 'busy' } });
    expect(answer.headers['retry-after']).toBe('2');
  });

  test('pays for every piece, however small it is', async () => {
    const { port, rejected } = await listen({ mostUnverifiedBytes: 20_000 });
    const pieces = '1\r\nx\r\n'.repeat(100);
    const answer = begin(port, { ...signed('{}'), 'transfer-encoding': 'chunked' }, pieces);
    expect(await answer).toBe('HTTP/1.1 503 Service Unavailable');
    expect(rejected).toEqual(['busy']);
  });
});

describe('the database', () => {
  const copy = '6a0d7e5c-0000-4000-8000-000000000002';

  test('that sends first is the only one from then on', async () => {
    const { send, rows } = await listen();
    await send(batchOf([odooEvent('a')]));
    expect(await send(batchOf([odooEvent('b')], copy))).toMatchObject({ status: 409 });
    expect(await send(batchOf([], copy))).toMatchObject({ status: 409 });
    expect(rows('select id from event')).toEqual([{ id: 'a' }]);
  });

  test('is one also when two send for the first time at once', async () => {
    const { send, rows } = await listen();
    const answers = await Promise.all([
      send(batchOf([odooEvent('a')])),
      send(batchOf([odooEvent('b')], copy)),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(rows('select id from event')).toHaveLength(1);
  });

  test('is remembered over a restart', async () => {
    const { store, send } = await listen();
    await store.pinMeta('odoo.database', copy);
    expect(await send(batchOf([odooEvent('a')]))).toMatchObject({ status: 409 });
  });
});

test('many requests of one turn share their commit and are all answered', async () => {
  const { send, rows } = await listen();
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => send(batchOf([odooEvent(`${index}`), odooEvent('shared')]))),
  );
  const sum = (name: string) => answers.reduce((total, { body }) => total + Number(body[name]), 0);
  expect(sum('accepted')).toBe(51);
  expect(sum('duplicates')).toBe(49);
  expect(rows('select id from event')).toHaveLength(51);
});
