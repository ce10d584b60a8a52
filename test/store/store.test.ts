import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Route } from '../../bridge/store/apply.ts';
import { openDatabaseForReading } from '../../bridge/store/database.ts';
import type { ClaimedDelivery } from '../../bridge/store/delivery.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import { delivery, event, idAt, reading, settled } from './samples.ts';
import { temporaryPath } from './temporary.ts';

const start = Date.UTC(2026, 0, 5, 8);
let now = start;
let store: Store;
let rows: <Row>(sql: string) => Row[];

beforeEach(async () => {
  now = start;
  const path = temporaryPath();
  store = await openStore(path, () => now);
  const reader = openDatabaseForReading(path);
  rows = (sql) => reader.connection.prepare(sql).all() as never[];
  onTestFinished(async () => {
    reader.connection.close();
    await store.close();
  });
});

const toHubspot: Route = ({ id }) => [delivery(id)];
const nowhere: Route = () => [];
const apply = (route: Route, ...readings: ReturnType<typeof reading>[]) =>
  store.apply({ readings, finished: [], failed: [], route });
const claim = () => store.claim('hubspot', [10, 10, 10], 90_000);

async function claimOne(): Promise<ClaimedDelivery> {
  const [claimed, ...others] = await claim();
  expect(others).toEqual([]);
  return claimed as ClaimedDelivery;
}

describe('events', () => {
  test('are kept once, also within one batch, with everything they say', async () => {
    const full = event('a', { author: '7', company: '1', echo: true });
    expect(await store.appendEvents([full, event('b'), full])).toEqual({ accepted: 2, duplicates: 1 });
    expect(await store.openEvents('odoo', [0, 1, 2], 10)).toEqual([
      { ...full, seq: 1 },
      { ...event('b'), seq: 2 },
    ]);
    expect(await store.openEvents('odoo', [0, 1, 2], 1)).toHaveLength(1);
    expect(await store.openEvents('hubspot', [0, 1, 2], 10)).toEqual([]);
  });

  test('are finished together with what they led to', async () => {
    await store.appendEvents([event('a'), event('b')]);
    const broken: Route = () => {
      throw new Error('no route');
    };
    const work = {
      readings: [reading('7', { name: 'Acme' })],
      finished: [1],
      failed: [{ seq: 2, error: 'gone' }],
    };
    await expect(store.apply({ ...work, route: broken })).rejects.toThrow('no route');
    expect(await store.openEvents('odoo', [0, 1, 2], 10)).toHaveLength(2);
    expect(rows('select * from record')).toEqual([]);
    expect(await store.apply({ ...work, route: toHubspot })).toEqual({ changed: 1, unchanged: 0 });
    expect(await store.openEvents('odoo', [0, 1, 2], 10)).toEqual([]);
    expect(rows('select seq, error from event')).toEqual([
      { seq: 1, error: null },
      { seq: 2, error: 'gone' },
    ]);
  });
});

describe('readings', () => {
  test('become a record and a change with its differences', async () => {
    await apply(nowhere, reading('7', { name: 'Acme', vat: null }));
    await apply(nowhere, reading('7', { name: 'Acme Ltd', vat: null, city: 'Ghent' }));
    expect(await store.record({ system: 'odoo', entity: 'customer', id: '7' })).toMatchObject({
      state: { name: 'Acme Ltd', vat: null, city: 'Ghent' },
      gone: false,
    });
    expect(rows('select before, after from change order by seq')).toEqual([
      { before: null, after: '{"name":"Acme","vat":null}' },
      { before: '{"name":"Acme"}', after: '{"name":"Acme Ltd","city":"Ghent"}' },
    ]);
  });

  test('that say nothing new change nothing, whatever the order of fields and lists', async () => {
    await apply(toHubspot, reading('7', { name: 'Acme', opportunities: ['1', '2'] }));
    const again = reading('7', { opportunities: ['2', '1'], name: 'Acme' });
    expect(await apply(toHubspot, again)).toEqual({ changed: 0, unchanged: 1 });
    expect(rows('select * from change')).toHaveLength(1);
    expect(rows('select * from delivery')).toHaveLength(1);
  });

  test('of objects that are gone keep the last state', async () => {
    expect(await apply(toHubspot, reading('9', null))).toEqual({ changed: 0, unchanged: 1 });
    await apply(nowhere, reading('7', { name: 'Acme' }));
    expect(await apply(nowhere, reading('7', null))).toEqual({ changed: 1, unchanged: 0 });
    expect(await apply(nowhere, reading('7', null))).toEqual({ changed: 0, unchanged: 1 });
    expect(await store.record({ system: 'odoo', entity: 'customer', id: '7' })).toMatchObject({
      state: { name: 'Acme' },
      gone: true,
    });
    expect(await apply(nowhere, reading('7', { name: 'Acme' }))).toEqual({ changed: 1, unchanged: 0 });
    const acme = '{"name":"Acme"}';
    expect(rows('select before, after from change order by seq')).toEqual([
      { before: null, after: acme },
      { before: acme, after: null },
      { before: null, after: acme },
    ]);
  });
});

describe('deliveries', () => {
  test('of one object and target join, and keep the higher lane', async () => {
    const lane =
      (value: number): Route =>
      ({ id, correlation }) => [delivery(id, { lane: value, correlation })];
    await apply(lane(2), reading('7', { name: 'One' }));
    await apply(lane(1), reading('7', { name: 'Two' }, { correlation: 'odoo:2' }));
    await apply(lane(2), reading('7', { name: 'Three' }, { correlation: 'odoo:3' }));
    expect(rows('select lane, correlation, state from delivery')).toEqual([
      { lane: 1, correlation: 'odoo:3', state: 'pending' },
    ]);
  });

  test('are claimed by lane, the oldest first; what a lane leaves goes to the others', async () => {
    for (let index = 0; index < 6; index++) {
      now = start + index;
      await apply(({ id }) => [delivery(id, { lane: index % 2 })], reading(`${index}`, { name: 'x' }));
    }
    const ids = async (shares: number[]) =>
      (await store.claim('hubspot', shares, 90_000)).map(({ sourceId }) => sourceId).sort();
    expect(await ids([1, 1])).toEqual(['0', '1']);
    expect(await ids([0, 3])).toEqual(['2', '3', '5']);
    expect(await ids([5, 0])).toEqual(['4']);
    expect(await ids([5, 5])).toEqual([]);
  });

  test('of an object stand back while one of it is under way', async () => {
    await apply(toHubspot, reading('7', { name: 'One' }));
    const first = await claimOne();
    await apply(toHubspot, reading('7', { name: 'Two' }));
    expect(await claim()).toEqual([]);
    await store.settle([{ ...settled(first), outcome: 'created', externalId: 'h1' }]);
    expect((await claimOne()).sourceId).toBe('7');
  });

  test('are not claimed before their time', async () => {
    await apply(toHubspot, reading('7', { name: 'One' }));
    const first = await claimOne();
    const retry = {
      outcome: 'retry',
      error: 'unavailable',
      cause: 'down',
      uncertain: false,
      countTry: true,
    } as const;
    await store.settle([{ ...settled(first), ...retry, dueMs: now + 1000 }]);
    expect(await store.nextDueMs('hubspot', [0, 1, 2])).toBe(now + 1000);
    now += 999;
    expect(await claim()).toEqual([]);
    now += 1;
    expect(await claimOne()).toMatchObject({ tries: 2, uncertain: false });
  });

  test('that are settled twice, or by a try that lost its lease, stay as they are', async () => {
    await apply(toHubspot, reading('7', { name: 'One' }));
    const first = await claimOne();
    now += 90_000;
    expect(await store.releaseLeases('expired')).toBe(1);
    const second = await claimOne();
    expect(second).toMatchObject({ tries: 2, uncertain: true });
    await store.settle([{ ...settled(first), outcome: 'created', externalId: 'h1' }]);
    expect((await store.queues()).map(({ state, count }) => [state, count])).toEqual([['leased', 1]]);
    await store.settle([{ ...settled(second), outcome: 'created', externalId: 'h1' }]);
    await store.settle([{ ...settled(second), outcome: 'dead', error: 'invalid', cause: 'late' }]);
    expect(rows('select state from delivery')).toEqual([{ state: 'done' }]);
  });

  test('under way keep their lease until its end', async () => {
    await apply(toHubspot, reading('7', { name: 'One' }));
    await claimOne();
    now += 89_999;
    expect(await store.releaseLeases('expired')).toBe(0);
    expect(await store.releaseLeases('all')).toBe(1);
    expect(await store.releaseLeases('all')).toBe(0);
  });
});

describe('a page of a poll', () => {
  const page = (cursor: string, ...events: ReturnType<typeof event>[]) =>
    store.appendPage({ system: 'harvest', stream: 'time', cursor, events });
  const polled = (id: string, objectId: string, state: object | null) =>
    event(id, { system: 'harvest', type: 'timesheet', objectId, state: state as never });

  test('is kept with its cursor, or not at all', async () => {
    expect(await store.cursor('harvest', 'time')).toBeUndefined();
    expect(await page('one', polled('a', '1', { hours: '1' }))).toBe(1);
    expect(await store.cursor('harvest', 'time')).toBe('one');
    const unwritable = polled('b', '2', { hours: '2', toJSON: undefined });
    Object.defineProperty(unwritable, 'objectId', {
      get() {
        throw new Error('broken page');
      },
    });
    await expect(page('two', polled('c', '3', { hours: '3' }), unwritable)).rejects.toThrow('broken page');
    expect(await store.cursor('harvest', 'time')).toBe('one');
    expect(await store.openEvents('harvest', [0, 1, 2], 10)).toHaveLength(1);
  });

  test('that comes again adds nothing, before and after it was worked off', async () => {
    await page('one', polled('a', '1', { hours: '1' }), polled('b', '2', null));
    expect(await page('one', polled('c', '1', { hours: '1' }), polled('d', '2', null))).toBe(0);
    expect(await page('two', polled('e', '1', { hours: '2' }))).toBe(1);
    expect(await page('three', polled('f', '1', { hours: '1' }))).toBe(1);
    const open = await store.openEvents('harvest', [0, 1, 2], 10);
    expect(open.map(({ state }) => state)).toEqual([{ hours: '1' }, { hours: '2' }, { hours: '1' }]);
    await store.apply({
      readings: [{ ...reading('1', { hours: '1' }), system: 'harvest', entity: 'timesheet' }],
      finished: open.map(({ seq }) => seq),
      failed: [],
      route: nowhere,
    });
    expect(await page('four', polled('g', '1', { hours: '1' }))).toBe(0);
    expect(await page('five', polled('h', '1', null))).toBe(1);
    expect(await page('six', polled('i', '1', null))).toBe(0);
  });
});

test('of several values the first that was ever given is pinned', async () => {
  const answers = await Promise.all([
    store.pinMeta('odoo.database', 'a'),
    store.pinMeta('odoo.database', 'b'),
  ]);
  expect(answers).toEqual(['a', 'a']);
  expect(await store.meta('odoo.database')).toBe('a');
});

test('what is settled and old is removed; what is open, dead or known stays', async () => {
  const made: Route = ({ id }) => [delivery(id, { id: idAt(now, id) })];
  await store.appendEvents([event('open'), event('done')]);
  await store.apply({ readings: [reading('7', { name: 'A' })], finished: [2], failed: [], route: made });
  await store.settle([
    {
      ...settled(await claimOne()),
      outcome: 'created',
      externalId: 'h1',
      written: { json: '{}', fingerprint: 'f' },
    },
  ]);
  await apply(made, reading('8', { name: 'B' }));
  await store.settle([{ ...settled(await claimOne()), outcome: 'dead', error: 'invalid', cause: 'no' }]);
  const before = new Date(now + 1).toISOString();
  expect(await store.removeSettled(new Date(now).toISOString())).toBe(0);
  expect(await store.removeSettled(before)).toBe(3);
  expect(await store.removeSettled(before)).toBe(0);
  expect(rows('select id from event')).toEqual([{ id: 'open' }]);
  // The last change stays, so that the number of the next one is behind it.
  expect(rows('select external_id as id from change')).toEqual([{ id: '8' }]);
  expect(rows('select source_id as id, state from delivery')).toEqual([{ id: '8', state: 'dead' }]);
  expect(rows('select outcome from attempt')).toEqual([{ outcome: 'invalid' }]);
  for (const [table, count] of [
    ['record', 2],
    ['link', 2],
  ] as const)
    expect(rows(`select * from ${table}`)).toHaveLength(count);
});

test('what is settled goes also when it stands behind more open rows than one look takes in', async () => {
  const count = 4500;
  await store.appendEvents(Array.from({ length: count }, (_, index) => event(`open-${index}`)));
  await store.appendEvents([event('done')]);
  await store.apply({ readings: [], finished: [count + 1], failed: [], route: nowhere });
  now += 1000;
  await store.appendEvents([event('young')]);
  await store.apply({ readings: [], finished: [count + 2], failed: [], route: nowhere });
  const before = new Date(now).toISOString();
  expect(await store.removeSettled(before)).toBe(1);
  expect(rows('select id from event where done_at is not null')).toEqual([{ id: 'young' }]);
  // The next round starts anew.
  await store.apply({ readings: [], finished: [1], failed: [], route: nowhere });
  now += 1000;
  const later = new Date(now - 1).toISOString();
  expect(await store.removeSettled(later)).toBe(1);
  expect(await store.removeSettled(later)).toBe(1);
  expect(await store.removeSettled(later)).toBe(0);
});
