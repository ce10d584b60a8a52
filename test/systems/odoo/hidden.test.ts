import { expect, onTestFinished, test } from 'vitest';
import { createOdoo } from '../../../bridge/systems/odoo/connector.ts';
import { json, startFakeOdoo } from './fake-odoo.ts';

const { signal } = new AbortController();

/** An Odoo that has the tasks 1 and 2, lets the bridge read the first, and says of the second that it is hidden. */
async function connect() {
  const odoo = await startFakeOdoo(({ path, body }, response) => {
    const { domain, record_ids: asked = [] } = JSON.parse(body);
    if (path.endsWith('/hidden')) {
      const hidden = asked.filter((id: number) => id === 2);
      return json(response, 200, hidden);
    }
    const [, , ids] = domain[0] as [string, string, number[]];
    json(response, 200, ids.includes(1) ? [{ id: 1, name: 'Design', project_id: [3, 'P'] }] : []);
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
  return { odoo, connector };
}

test('tells what was deleted from what the user may not see', async () => {
  const { odoo, connector } = await connect();
  const snapshots = await connector.read('task', ['1', '2', '3', 'x', '9999999999'], signal);
  expect(snapshots).toEqual([
    { entity: 'task', id: '1', state: expect.objectContaining({ name: 'Design' }) },
    { entity: 'task', id: '2', state: null, hidden: true },
    { entity: 'task', id: '3', state: null },
    { entity: 'task', id: 'x', state: null },
    { entity: 'task', id: '9999999999', state: null },
  ]);
  expect(odoo.requests.at(-1)?.path).toBe('/json/2/services.bridge.facade/hidden');
  expect(JSON.parse(odoo.requests.at(-1)?.body ?? '')).toMatchObject({
    model: 'project.task',
    record_ids: [2, 3],
  });
});

test('asks nothing more where everything was found', async () => {
  const { odoo, connector } = await connect();
  await connector.read('task', ['1'], signal);
  expect(odoo.requests).toHaveLength(1);
});
