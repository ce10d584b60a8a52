import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createAdmin } from '../../bridge/console/admin.ts';
import { createRate } from '../../bridge/intake/rate.ts';
import { Secret } from '../../bridge/secret.ts';
import { startServer } from '../../bridge/server.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import { proposed } from '../store/proposed.ts';
import { temporaryPath } from '../store/temporary.ts';

const token = 'a-token-that-nobody-guesses';
const perSecond = 20;
let store: Store;
let address: string;
let nowMs: number;
let stopping: boolean;
let decided: { id: string; woken: readonly string[] }[];
let refused: string[];

beforeEach(async () => {
  nowMs = 0;
  stopping = false;
  decided = [];
  refused = [];
  store = await openStore(temporaryPath());
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    notReady: () => [],
    onFailure: (error) => {
      throw error;
    },
    odooIntake: async (context) => context.json({}),
    admin: createAdmin({
      openProposals: store.openProposals,
      decide: store.decide,
      token: new Secret(token),
      rate: createRate(perSecond, () => nowMs),
      stopping: () => stopping,
      onDecided: ({ id }, woken) => decided.push({ id, woken }),
      onRefused: (error) => refused.push(error),
    }),
  });
  address = `http://127.0.0.1:${server.port}/admin`;
  onTestFinished(async () => {
    await server.close();
    await store.close();
  });
});

const authorization = `Bearer ${token}`;
const get = (path: string, headers: Record<string, string> = { authorization }) =>
  fetch(address + path, { headers });

function post(path: string, body: unknown, headers: Record<string, string> = { authorization }) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(address + path, { method: 'POST', headers, body: text });
}

describe('decides', () => {
  test('accepted: linked, and told who can go on', async () => {
    const [id] = await proposed(store, [{ id: 'c1' }]);
    expect(await (await get('/matches')).json()).toMatchObject({
      proposals: [{ id, sourceId: '1', targetId: 'c1', score: 0.95, state: 'open' }],
    });
    const answer = await post(`/matches/${id}/accept`, { by: 'ann' });
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { proposal: expect.objectContaining({ id, state: 'accepted', decidedBy: 'ann' }) },
    ]);
    expect(decided).toEqual([{ id, woken: ['hubspot'] }]);
    expect(await store.idsIn('hubspot', [{ system: 'odoo', entity: 'customer', id: '1' }])).toEqual(['c1']);
    expect(await (await get('/matches')).json()).toEqual({ proposals: [] });
  });

  test('rejected: with a reason', async () => {
    const [id] = await proposed(store, [{ id: 'c1' }]);
    const answer = await post(`/matches/${id}/reject`, { by: 'ann', reason: 'another town' });
    expect(await answer.json()).toMatchObject({ proposal: { state: 'rejected', reason: 'another town' } });
    expect(decided).toEqual([{ id, woken: ['hubspot'] }]);
  });

  test('only once', async () => {
    const [id] = await proposed(store, [{ id: 'c1' }]);
    await post(`/matches/${id}/reject`, { by: 'ann' });
    const again = await post(`/matches/${id}/accept`, { by: 'bob' });
    expect([again.status, await again.json()]).toEqual([
      409,
      { error: 'conflict', message: expect.stringContaining('This was rejected by ann already') },
    ]);
  });
});

describe('refuses', () => {
  test.each([
    ['without a token', {}],
    ['with another one', { authorization: 'Bearer another' }],
    ['with the beginning of it', { authorization: `Bearer ${token.slice(0, -1)}` }],
    ['with more than it', { authorization: `Bearer ${token}x` }],
    ['in another way', { authorization: `Basic ${token}` }],
  ])('a request %s', async (_, headers) => {
    const [id] = await proposed(store, [{ id: 'c1' }]);
    for (const answer of [
      await get('/matches', headers),
      await post(`/matches/${id}/accept`, { by: 'x' }, headers),
    ]) {
      expect([answer.status, answer.headers.get('www-authenticate'), await answer.json()]).toEqual([
        401,
        'Bearer',
        { error: 'unauthorized', message: 'The token is missing or wrong: it is the setting ADMIN_TOKEN.' },
      ]);
    }
    expect(decided).toEqual([]);
    expect(refused).toEqual(['unauthorized', 'unauthorized']);
  });

  test('guessing, from the first request too many on', async () => {
    for (let guess = 0; guess < perSecond; guess++)
      expect((await get('/matches', { authorization: `Bearer ${guess}` })).status).toBe(401);
    const late = await get('/matches');
    expect([late.status, late.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await late.json()).toMatchObject({ error: 'too_many_requests' });
    nowMs += 1000;
    expect((await get('/matches')).status).toBe(200);
  });

  test.each([
    ['nothing', '', undefined, 'The body of the request is no JSON.'],
    ['no JSON', '{', undefined, 'The body of the request is no JSON.'],
    ['no object', '7', undefined, 'The body of the request must be a JSON object.'],
    ['nobody', {}, 'by', '"by" is missing.'],
    ['an empty name', { by: ' ' }, 'by', '"by" must say who decides.'],
    ['a key that is not known', { by: 'ann', accept: true }, 'accept', '"accept" is not known here.'],
    ['a reason that is no text', { by: 'ann', reason: 7 }, 'reason', '"reason" must be a text.'],
    [
      'a reason that is too long',
      { by: 'ann', reason: 'x'.repeat(1001) },
      'reason',
      '"reason" is longer than 1000 characters.',
    ],
  ])('a body with %s', async (_, body, path, message) => {
    const [id] = await proposed(store, [{ id: 'c1' }]);
    const answer = await post(`/matches/${id}/reject`, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      error: 'invalid_body',
      message,
      ...(path === undefined ? {} : { path }),
    });
    expect(await store.openProposals()).toHaveLength(1);
  });

  test('a body that is too large', async () => {
    const answer = await post('/matches/x/reject', { by: 'a', reason: 'x'.repeat(20_000) });
    expect([answer.status, await answer.json()]).toMatchObject([413, { error: 'too_large' }]);
  });

  test('what it does not know, and everything while the bridge is stopping', async () => {
    expect((await post('/matches/none/accept', { by: 'ann' })).status).toBe(404);
    expect((await get('/elsewhere')).status).toBe(404);
    stopping = true;
    expect((await get('/matches')).status).toBe(503);
  });
});
