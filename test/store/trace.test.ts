import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type OpenDatabase, openDatabaseForReading } from '../../bridge/store/database.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import { readTrace } from '../../bridge/store/trace.ts';
import { event, reading } from './samples.ts';
import { temporaryPath } from './temporary.ts';

let store: Store;
let reader: OpenDatabase;

beforeEach(async () => {
  const path = temporaryPath();
  store = await openStore(path);
  reader = openDatabaseForReading(path);
  onTestFinished(async () => {
    reader.connection.close();
    await store.close();
  });
});

const apply = (...readings: ReturnType<typeof reading>[]) =>
  store.apply({ readings, finished: [], failed: [], route: () => [] });

async function eventsOf(id: string): Promise<string[]> {
  const entries = await readTrace(reader, id);
  return entries.flatMap(({ kind, object }) => (kind === 'event' ? [object] : [])).sort();
}

test('an object that changed because of another one shows the event that was read', async () => {
  await store.appendEvents([
    event('invoice', { type: 'account.move', objectId: '90' }),
    event('other', { type: 'account.move', objectId: '7', correlation: 'odoo:2' }),
  ]);
  await apply(reading('7', { billing_open: '10.00' }, { entity: 'opportunity' }));
  expect(await eventsOf('odoo:opportunity:7')).toEqual(['odoo:account.move:90']);
});

test('of what a poll brought only the states of the object itself are shown', async () => {
  const polled = { system: 'harvest', correlation: 'harvest:poll', state: { name: 'x' } };
  await store.appendEvents([
    event('one', { ...polled, type: 'project', objectId: '7' }),
    event('two', { ...polled, type: 'task', objectId: '7' }),
    event('three', { ...polled, type: 'project', objectId: '8' }),
  ]);
  for (const [entity, id] of [
    ['project', '7'],
    ['task', '7'],
    ['project', '8'],
  ] as const)
    await apply({ ...reading(id, { name: 'x' }), system: 'harvest', entity, correlation: 'harvest:poll' });
  expect(await eventsOf('harvest:project:7')).toEqual(['harvest:project:7']);
  expect(await eventsOf('harvest:poll')).toEqual([
    'harvest:project:7',
    'harvest:project:8',
    'harvest:task:7',
  ]);
});

test('of an import of many only the event of the object itself is shown, and how many there were', async () => {
  const ids = Array.from({ length: 30 }, (_, index) => String(index + 1));
  await store.appendEvents(ids.map((id) => event(`partner-${id}`, { type: 'res.partner', objectId: id })));
  await apply(...ids.map((id) => reading(id, { name: 'x' })));
  const entries = await readTrace(reader, 'odoo:customer:7');
  expect(entries.filter(({ kind }) => kind === 'event')).toMatchObject([
    { object: 'odoo:res.partner:7' },
    { object: 'odoo', text: '29 events of other objects came with it: bridge trace odoo:1 shows them' },
  ]);
  expect(await eventsOf('odoo:1')).toHaveLength(30);
});
