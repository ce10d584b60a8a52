import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../clock.ts';
import { type HubspotSandbox, startHubspotSandbox } from './sandbox.ts';

const clock = createManualClock();
let sandbox: HubspotSandbox;
beforeEach(async () => {
  sandbox = await startHubspotSandbox({ clock, searchDelayMilliseconds: 5000 });
});
afterEach(() => sandbox.close());

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(sandbox.url + path, {
    method,
    headers: { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
}

const companies = '/crm/v3/objects/companies';
const search = {
  filterGroups: [],
  sorts: [],
  properties: ['name'],
  limit: 10,
  after: '0',
};

describe('the sandbox refuses', () => {
  it.each([
    ['a token it does not know', 'GET', companies, undefined, 401],
    ['an object type it does not know', 'GET', '/crm/v3/objects/unknown', undefined, 400],
    [
      'a batch of more than 100',
      'POST',
      `${companies}/batch/archive`,
      { inputs: Array(101).fill({ id: '1' }) },
      400,
    ],
    ['a page of more than 200', 'POST', `${companies}/search`, { ...search, limit: 201 }, 400],
    ['what lies behind 10,000 results', 'POST', `${companies}/search`, { ...search, after: '9995' }, 400],
    ['a search without its required fields', 'POST', `${companies}/search`, { filterGroups: [] }, 400],
    ['a creation without associations', 'POST', companies, { properties: { name: 'A' } }, 400],
    ['an unknown property', 'POST', companies, { properties: { nome: 'A' }, associations: [] }, 400],
    ['a value that is no text', 'POST', companies, { properties: { name: 5 }, associations: [] }, 400],
    [
      'a read-only property',
      'POST',
      companies,
      { properties: { name: 'A', hs_object_id: '1' }, associations: [] },
      400,
    ],
    [
      'a company without name and domain',
      'POST',
      companies,
      { properties: { city: 'A' }, associations: [] },
      400,
    ],
    ['an object that is not there', 'GET', `${companies}/4711`, undefined, 404],
  ])('%s', async (name, method, path, body, status) => {
    const headers: Record<string, string> = name.startsWith('a token')
      ? { authorization: 'Bearer other' }
      : {};
    const answer = await call(method, path, body, headers);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      status: 'error',
      message: expect.any(String),
      correlationId: expect.any(String),
      category: expect.any(String),
    });
  });

  it('an upsert by a property that is not unique', async () => {
    const inputs = [{ id: 'A', idProperty: 'name', properties: { name: 'A' } }];
    const answer = await call('POST', `${companies}/batch/upsert`, { inputs });
    expect(answer).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('non-unique 0-2') },
    });
  });

  it('associations of types that it does not have, and of deals that are not there', async () => {
    const path = '/crm/v4/associations/deals/companies/batch/create';
    const input = (typeId: number) => ({
      inputs: [
        {
          from: { id: '1' },
          to: { id: '2' },
          types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: typeId }],
        },
      ],
    });
    expect((await call('POST', path, input(279))).status).toBe(400);
    expect(await call('POST', path, input(5))).toMatchObject({ status: 207, body: { numErrors: 1 } });
  });
});

describe('properties that an account adds', () => {
  const path = '/crm/v3/properties/companies';
  const base = {
    name: 'tier',
    label: 'Tier',
    groupName: 'standard',
    type: 'enumeration',
    fieldType: 'select',
  };
  const options = (...values: string[]) => values.map((value) => ({ label: value.toUpperCase(), value }));

  it.each([
    ['without options', {}],
    ['with options that look alike', { options: options('a', 'A') }],
    ['with an option twice', { options: [...options('a'), { label: 'B', value: 'a' }] }],
    ['with an option without label', { options: [{ value: 'a' }] }],
    [
      'that is a checkbox with other options than true and false',
      { fieldType: 'booleancheckbox', options: options('a') },
    ],
    ['with an editor of another type', { fieldType: 'number', options: options('a') }],
    ['of no known type', { type: 'color' }],
    ['with a name in upper case', { name: 'Tier', options: options('a') }],
  ])('are refused %s', async (_what, more) => {
    expect((await call('POST', path, { ...base, ...more })).status).toBe(400);
  });

  it('take their options only, are found as they are, and exist once', async () => {
    expect((await call('POST', path, { ...base, options: options('a', 'b') })).status).toBe(201);
    expect((await call('POST', path, { ...base, options: options('a', 'b') })).status).toBe(409);
    const body = (tier: string) => ({ properties: { name: 'A', tier }, associations: [] });
    expect((await call('POST', companies, body('c'))).status).toBe(400);
    expect((await call('POST', companies, body('a;b'))).status).toBe(400);
    expect((await call('POST', companies, body('b'))).status).toBe(201);
  });

  it('are left out of answers without a word where they do not exist', async () => {
    const id = sandbox.person.create('companies', { name: 'A' });
    const inputs = [{ id }];
    const answer = await call('POST', `${companies}/batch/read`, {
      inputs,
      properties: ['name', 'phone', 'tier'],
      propertiesWithHistory: [],
    });
    expect(Object.keys(answer.body.results[0].properties)).not.toContain('tier');
    expect(answer.body.results[0].properties.phone).toBeNull();
  });
});

it('stores nothing of a batch that holds one wrong value, unless the inputs can be told apart', async () => {
  const inputs = [{ properties: { name: 'Good' } }, { properties: { nome: 'Bad' } }].map((input) => ({
    ...input,
    associations: [],
  }));
  expect((await call('POST', `${companies}/batch/create`, { inputs })).status).toBe(400);
  expect(sandbox.objects('companies')).toEqual([]);
  const traced = inputs.map((input, index) => ({ ...input, objectWriteTraceId: `trace-${index}` }));
  const answer = await call('POST', `${companies}/batch/create`, { inputs: traced });
  expect(answer).toMatchObject({
    status: 207,
    body: { numErrors: 1, errors: [{ context: { objectWriteTraceId: ['trace-1'] } }] },
  });
  expect(sandbox.objects('companies')).toMatchObject([{ properties: { name: 'Good' } }]);
});

it('shows new states in search only after a while, and at once everywhere else', async () => {
  const created = await call('POST', companies, { properties: { name: 'New' }, associations: [] });
  const total = async () => (await call('POST', `${companies}/search`, search)).body.total;
  expect(await total()).toBe(0);
  expect((await call('GET', `${companies}/${created.body.id}?properties=name`)).body.properties.name).toBe(
    'New',
  );
  clock.advance(5000);
  expect(await total()).toBe(1);
});

it('counts requests down and sends those away that are too many', async () => {
  await sandbox.close();
  sandbox = await startHubspotSandbox({ clock, quota: { requests: 2, milliseconds: 10_000 } });
  const first = await call('GET', companies);
  expect(first.headers.get('x-hubspot-ratelimit-remaining')).toBe('1');
  await call('GET', companies);
  const refused = await call('GET', companies);
  expect(refused).toMatchObject({ status: 429, body: { errorType: 'RATE_LIMIT' } });
  expect(refused.headers.get('retry-after')).toBe('10');
});

it('fails when it is told to over HTTP, counts it, and forgets it', async () => {
  const fault = { path: '/companies', action: { kind: 'status', status: 503 }, times: 2 };
  expect((await call('POST', '/__sandbox/faults', { action: { kind: 'nonsense' } })).status).toBe(400);
  expect((await call('POST', '/__sandbox/faults', fault)).status).toBe(201);
  expect((await call('GET', companies)).status).toBe(503);
  expect((await call('GET', '/__sandbox/faults')).body).toMatchObject([{ times: 1 }]);
  await call('DELETE', '/__sandbox/faults');
  expect((await call('GET', companies)).status).toBe(200);
  expect((await call('GET', '/__sandbox/calls')).body).toEqual({ [`GET ${companies}`]: 2 });
  expect(JSON.stringify(sandbox.calls.entries())).not.toContain(sandbox.token);
});

it('does the work of a request whose answer it then loses', async () => {
  const body = { properties: { name: 'Lost' }, associations: [] };
  const lost = sandbox.faults.add({ method: 'POST', action: { kind: 'commit-then-drop' } });
  await expect(call('POST', companies, body)).rejects.toThrow();
  await lost.met;
  sandbox.faults.add({ method: 'POST', action: { kind: 'commit-then-status', status: 500 } });
  expect(await call('POST', companies, body)).toMatchObject({
    status: 500,
    body: { category: 'INTERNAL_ERROR' },
  });
  sandbox.faults.add({ method: 'POST', action: { kind: 'status', status: 500 } });
  await call('POST', companies, body);
  expect(sandbox.objects('companies')).toHaveLength(2);
});

it('shows people what is in it', async () => {
  const tier = { name: 'tier', label: 'Tier', groupName: 'standard', type: 'string', fieldType: 'text' };
  sandbox.state.properties.companies.create(tier);
  sandbox.person.create('companies', { name: 'Müller & Söhne', tier: 'platinum' });
  const page = await (await fetch(sandbox.url)).text();
  expect(page).toContain('Müller &amp; Söhne');
  expect(page).toContain('Tier');
  expect(page).toContain('platinum');
});
