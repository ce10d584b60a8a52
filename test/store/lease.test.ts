import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { openDatabaseForReading } from '../../bridge/store/database.ts';
import { openOverview } from '../../bridge/store/overview.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import { readTrace } from '../../bridge/store/trace.ts';
import { delivery, settled } from './samples.ts';
import { temporaryPath } from './temporary.ts';

// What is under way stands in one row for each claim; the deliveries themselves are not touched before their tries end.

const leaseMs = 90_000;
let path: string;
let store: Store;
let now: number;

beforeEach(async () => {
  path = temporaryPath();
  now = Date.UTC(2026, 0, 5);
  store = await openStore(path, () => now);
  onTestFinished(() => store.close());
});

const claim = () => store.claim('hubspot', [10, 10, 10], leaseMs);
const done = (claimed: Awaited<ReturnType<typeof claim>>) =>
  store.settle(
    claimed.map((one) => ({ ...settled(one), outcome: 'created', externalId: `h${one.sourceId}` })),
  );

function rows(sql: string): unknown[] {
  const { connection } = openDatabaseForReading(path);
  try {
    return connection.prepare(sql).raw().all();
  } finally {
    connection.close();
  }
}

test('a claim is one row that names what has not ended yet', async () => {
  await store.enqueue([delivery('1'), delivery('2'), delivery('3')]);
  const claimed = await claim();
  expect(rows('select target, until_ms, deliveries from lease')).toEqual([
    ['hubspot', now + leaseMs, '[1,2,3]'],
  ]);
  expect(rows('select state, tries from delivery')).toEqual(Array(3).fill(['pending', 0]));
  await done(claimed.slice(1, 2));
  expect(rows('select deliveries from lease')).toEqual([['[1,3]']]);
  await done([claimed[0], claimed[2]] as typeof claimed);
  expect(rows('select deliveries from lease')).toEqual([]);
  expect(rows('select state, tries from delivery')).toEqual(Array(3).fill(['done', 1]));
});

test('what is under way is not claimed again, and counted as such', async () => {
  await store.enqueue([delivery('1'), delivery('2')]);
  expect(await store.claim('hubspot', [1, 0, 0], leaseMs)).toHaveLength(1);
  expect((await claim()).map(({ sourceId }) => sourceId)).toEqual(['2']);
  expect(await claim()).toEqual([]);
  expect(await store.nextDueMs('hubspot', [0, 1, 2])).toBeUndefined();
  expect(await store.queues()).toMatchObject([{ target: 'hubspot', state: 'leased', count: 2 }]);
});

test('a change of an object that is under way waits for its try, and goes next', async () => {
  await store.enqueue([delivery('1')]);
  const first = await claim();
  await store.enqueue([delivery('1', { correlation: 'odoo:2' })]);
  await store.enqueue([delivery('1', { correlation: 'odoo:3' })]);
  expect(await claim()).toEqual([]);
  expect(await store.queues()).toMatchObject([
    { state: 'pending', count: 1 },
    { state: 'leased', count: 1 },
  ]);
  await done(first);
  expect(await claim()).toMatchObject([{ seq: 2, sourceId: '1', correlation: 'odoo:3', tries: 1 }]);
  expect(rows('select state from delivery')).toEqual([['done'], ['pending']]);
});

test('whoever comes after a crash finds it, and what had ended before is in no doubt', async () => {
  await store.enqueue([delivery('1'), delivery('2')]);
  const [first, second] = (await claim()) as [never, never];
  await store.settle([
    {
      ...settled(second),
      outcome: 'retry',
      dueMs: now,
      error: 'limited',
      cause: 'too many',
      uncertain: false,
      countTry: false,
    },
  ]);
  await store.close();
  store = await openStore(path, () => now);
  expect(await store.releaseLeases('all')).toBe(1);
  expect((await claim()).map(({ sourceId, tries, uncertain }) => [sourceId, tries, uncertain])).toEqual([
    ['1', 2, true],
    ['2', 1, false],
  ]);
  // The process that is gone still comes with an answer.
  await done([first]);
  expect(await store.queues()).toMatchObject([{ state: 'leased', count: 2 }]);
});

test('a claim that was undone together with something else is made anew', async () => {
  await store.enqueue([delivery('1')]);
  const broken = store.apply({
    readings: [{ system: 'odoo', entity: 'customer', id: '9', state: {}, correlation: 'c', echo: false }],
    finished: [],
    failed: [],
    route: () => {
      throw new Error('no route');
    },
  });
  const claimed = claim();
  await expect(broken).rejects.toThrow('no route');
  expect(await claimed).toMatchObject([{ sourceId: '1', tries: 1 }]);
  expect(rows('select deliveries from lease')).toEqual([['[1]']]);
  expect(await claim()).toEqual([]);
});

test('what comes after a try in the same commit is a delivery of its own, however many there are', async () => {
  const ids = Array.from({ length: 40 }, (_, index) => `${index}`);
  await store.enqueue(ids.map((id) => delivery(id)));
  const claimed = await store.claim('hubspot', [40, 0, 0], leaseMs);
  expect(claimed).toHaveLength(40);
  const settling = done(claimed);
  // So many that rows are inserted before the commit, and one that is unlike the others.
  const next = store.enqueue([
    ...ids.map((id) => delivery(id, { correlation: 'odoo:2' })),
    delivery('other', { target: 'harvest' }),
  ]);
  await Promise.all([settling, next]);
  expect(rows("select state, count(*) from delivery where target = 'hubspot' group by state")).toEqual([
    ['done', 40],
    ['pending', 40],
  ]);
});

test('whoever looks in from outside sees that it is under way', async () => {
  await store.enqueue([delivery('1'), delivery('2')]);
  await claim();
  // One that comes after it makes it give up its place.
  await store.enqueue([delivery('2', { correlation: 'odoo:2' })]);
  const overview = openOverview(path);
  for (const id of ['1', '2'])
    expect(overview.openDelivery({ system: 'odoo', entity: 'customer', id }, 'hubspot')).toMatchObject({
      state: 'pending',
      tries: 0,
    });
  overview.close();
  const database = openDatabaseForReading(path);
  const states = async (correlation: string) =>
    (await readTrace(database, correlation)).map(({ text }) => /^to hubspot: (\w+)/.exec(text)?.[1]);
  expect(await states(delivery('1').correlation)).toEqual(['leased', 'leased']);
  expect(await states('odoo:2')).toEqual(['pending']);
  database.connection.close();
});
