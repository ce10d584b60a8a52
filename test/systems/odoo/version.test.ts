import { expect, onTestFinished, test } from 'vitest';
import { createOdoo } from '../../../bridge/systems/odoo/connector.ts';
import { majorOf } from '../../../bridge/systems/odoo/version.ts';
import { json, startFakeOdoo, xml } from './fake-odoo.ts';

const { signal } = new AbortController();

function connect(url: string) {
  const odoo = createOdoo({ system: 'odoo', url, database: 'firm', login: 'bridge', apiKey: 'key' });
  onTestFinished(() => odoo.close());
  return odoo;
}

test.each([
  ['17.0', 17],
  ['19.0', 19],
  ['saas~19.1', 19],
  ['19.0+e', 19],
  ['master', undefined],
])('%s', (series, major) => {
  expect(majorOf(series)).toBe(major);
});

test.each([
  ['18.0', 'xmlrpc'],
  ['saas~18.4', 'xmlrpc'],
  ['19.0', 'json2'],
  ['20.0', 'json2'],
])('speaks to Odoo %s by %s, and asks only once', async (series, name) => {
  const fake = await startFakeOdoo((request, response) => {
    if (request.path !== '/web/webclient/version_info') xml(response, '<int>1</int>');
    else json(response, 200, { jsonrpc: '2.0', result: { server_version: series, server_serie: series } });
  });
  const odoo = connect(fake.url);
  expect((await odoo.client.transport(signal)).name).toBe(name);
  await odoo.client.transport(signal);
  expect(fake.requests).toHaveLength(1);
});

test('asks again after Odoo was not there', async () => {
  let up = false;
  const fake = await startFakeOdoo((_request, response) => {
    if (up) json(response, 200, { result: { server_version: '19.0', server_serie: '19.0' } });
    else json(response, 503, {});
  });
  const odoo = connect(fake.url);
  await expect(odoo.client.transport(signal)).rejects.toMatchObject({ kind: 'unavailable' });
  up = true;
  expect((await odoo.client.transport(signal)).name).toBe('json2');
});

test.each([400, 404, 405, 410])('a page with status %i is no Odoo', async (status) => {
  const fake = await startFakeOdoo((_request, response) => response.writeHead(status).end('<html>'));
  await expect(connect(fake.url).client.transport(signal)).rejects.toMatchObject({
    kind: 'unavailable',
    status,
  });
});

test('tells another server from Odoo', async () => {
  const fake = await startFakeOdoo((_request, response) => json(response, 200, { hello: 'world' }));
  const odoo = connect(fake.url);
  await expect(odoo.client.transport(signal)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await odoo.check(signal)).toMatchObject([
    { level: 'error', message: expect.stringContaining('not as an Odoo does'), remedy: expect.any(String) },
  ]);
});
