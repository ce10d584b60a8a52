import Database from 'better-sqlite3';
import { describe, expect, test, vi } from 'vitest';
import type { ErrorKind } from '../../bridge/systems/error.ts';
import type { MemorySystem } from './memory-system.ts';
import { customerToCrm } from './rules.ts';
import { createWorld, type World } from './world.ts';

const hours = 3_600_000;

async function customers(world: World, ...ids: string[]): Promise<void> {
  for (const id of ids) world.odoo.put('customer', id, { name: `customer ${id}`, vat: `BE${id}` });
  await Promise.all(ids.map((id) => world.tell(world.odoo, 'customer', id)));
}

const names = (system: MemorySystem) =>
  system
    .states('customer')
    .map(({ name }) => name)
    .sort();

describe('one item fails in a batch', () => {
  const needsPerson: readonly ErrorKind[] = ['invalid', 'missing', 'conflict', 'denied'];

  test.each(needsPerson)('%s: a person has to look at it, the others are done', async (kind) => {
    const world = await createWorld();
    world.hubspot.failNext('write', { kind: 'items', errors: { 'odoo:customer:2': kind } });
    await customers(world, '1', '2', '3');
    await world.calm();
    expect(world.delivery('2')).toMatchObject({
      state: 'dead',
      error: kind,
      cause: `odoo:customer:2 is ${kind}`,
    });
    expect(names(world.hubspot)).toEqual(['customer 1', 'customer 3']);
    await world.pass(24 * hours);
    expect(world.hubspot.calls('write')).toHaveLength(1);
  });

  test.each<ErrorKind>(['limited', 'unavailable', 'ambiguous'])('%s: it is tried again', async (kind) => {
    const world = await createWorld();
    world.hubspot.failNext('write', { kind: 'items', errors: { 'odoo:customer:2': kind } });
    await customers(world, '1', '2');
    await world.calm();
    // Being asked to go slower is no try.
    const counted = kind === 'limited' ? 0 : 1;
    expect(world.delivery('2')).toMatchObject({ state: 'pending', tries: counted, error: kind });
    await world.pass(1500);
    expect(world.delivery('2')).toMatchObject({
      state: 'done',
      tries: counted + 1,
      error: null,
      cause: null,
    });
    expect(names(world.hubspot)).toEqual(['customer 1', 'customer 2']);
    expect(world.hubspot.calls('write')[1]?.changes[0]?.uncertain).toBe(kind === 'ambiguous');
  });

  test('one that never works is given to a person after many tries, later each time', async () => {
    const world = await createWorld();
    world.hubspot.fault = () => ({ kind: 'items', errors: { 'odoo:customer:2': 'unavailable' } });
    await customers(world, '1', '2');
    await world.pass(10 * hours);
    expect(world.delivery('2')).toMatchObject({ state: 'dead', tries: 32, error: 'unavailable' });
    expect(world.delivery('1').state).toBe('done');
    const attempts = world.rows<{ at: string }>(
      'select started_at as at from attempt where message is not null',
    );
    const times = attempts.map(({ at }) => Date.parse(at)).sort((left, right) => left - right);
    const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
    expect(gaps[0]).toBeGreaterThanOrEqual(500);
    expect(gaps[0]).toBeLessThan(2_000);
    // The test's own clock goes in steps of up to ten minutes by then.
    expect(Math.max(...gaps)).toBeLessThanOrEqual(25 * 60_000);
    expect(gaps.at(-1)).toBeGreaterThan(7 * 60_000);
  });
});

test('an item that is limited for days is not given up', async () => {
  const world = await createWorld();
  world.hubspot.write = async (_, changes) => {
    world.hubspot.activity++;
    return changes.map(() => ({
      ok: false,
      error: 'limited',
      message: 'slow down',
      retryAfterMilliseconds: 30 * 60_000,
    }));
  };
  await customers(world, '1');
  await world.pass(48 * hours);
  expect(world.outcomes().length).toBeGreaterThan(40);
  expect(world.delivery('1')).toMatchObject({ state: 'pending', tries: 0, error: 'limited' });
});

describe('a whole call is refused for its content', () => {
  test.each<ErrorKind>(['invalid', 'missing', 'conflict'])(
    '%s: each goes alone, and only the bad one is dead',
    async (kind) => {
      const world = await createWorld();
      world.hubspot.fault = ({ method, keys }) =>
        method === 'write' && keys.includes('odoo:customer:2')
          ? { kind: 'call', error: world.hubspot.error(kind, 'no', { status: 400 }) }
          : undefined;
      await customers(world, '1', '2', '3');
      await world.calm();
      expect(world.hubspot.calls('write').map(({ keys }) => keys.length)).toEqual([3, 1, 1, 1]);
      expect(world.delivery('2')).toMatchObject({ state: 'dead', error: kind, cause: 'no' });
      expect(names(world.hubspot)).toEqual(['customer 1', 'customer 3']);
      expect(world.observed.filter(({ kind }) => kind === 'paused')).toEqual([]);
    },
  );

  test('a search that refuses one value finds the others', async () => {
    const world = await createWorld({ rules: [{ ...customerToCrm, match: ['vat'] }] });
    world.hubspot.put('customer', 'h1', { name: 'One', vat: 'BE1' });
    world.hubspot.fault = ({ method, keys }) =>
      method === 'find' && keys.includes('BE2')
        ? { kind: 'call', error: world.hubspot.error('invalid', 'strange VAT', { status: 400 }) }
        : undefined;
    await customers(world, '1', '2', '3');
    await world.calm();
    expect(world.delivery('2')).toMatchObject({ state: 'dead', error: 'invalid', cause: 'strange VAT' });
    expect(world.hubspot.get('customer', 'h1')?.name).toBe('customer 1');
    expect(names(world.hubspot)).toEqual(['customer 1', 'customer 3']);
  });
});

describe('a system is in trouble', () => {
  test.each<ErrorKind>(['denied', 'limited', 'unavailable', 'ambiguous'])(
    '%s for days kills no delivery, and all arrive afterwards',
    async (kind) => {
      const world = await createWorld();
      world.hubspot.fault = ({ method }) =>
        method === 'write'
          ? { kind: 'call', error: world.hubspot.error(kind, 'not now', { status: 503 }) }
          : undefined;
      for (let day = 1; day <= 2; day++) {
        await customers(world, `${day}1`, `${day}2`);
        await world.pass(24 * hours);
      }
      expect(world.rows('select id from delivery where state <> ?', 'pending')).toEqual([]);
      expect(world.engine.problems()).toEqual([
        expect.stringContaining('hubspot: does not answer since 2026-01-05'),
      ]);
      const before = world.hubspot.calls('write').length;
      expect(before).toBeGreaterThan(2 * 24);
      world.hubspot.fault = () => undefined;
      await world.pass(16 * 60_000);
      expect(names(world.hubspot)).toEqual(['11', '12', '21', '22'].map((id) => `customer ${id}`));
      expect(world.engine.problems()).toEqual([]);
    },
  );

  test('writing does not work while reading does: nothing dies', async () => {
    const world = await createWorld();
    world.odoo.fault = ({ method }) =>
      method === 'write' || method === 'remove'
        ? { kind: 'call', error: world.odoo.error('unavailable', 'maintenance', { status: 503 }) }
        : undefined;
    world.odoo.put('project', '5', { name: 'P', customer: null, status: 'active', billable: true });
    await world.tell(world.odoo, 'project', '5');
    await world.calm();
    const [project] = Object.keys(world.harvest.all('project'));
    world.odoo.put('worker', 'e1', { email: 'a@firm.example' });
    world.harvest.put('worker', 'w1', { name: 'A', email: 'a@firm.example' });
    world.harvest.put('timesheet', 't1', {
      worker: 'w1',
      project: project as string,
      hours: '1',
      notes: 'x',
      approval: 'approved',
    });
    await world.tell(world.harvest, 'timesheet', 't1');
    for (let hour = 0; hour < 10; hour++) {
      world.odoo.put('customer', `${hour}`, { name: `customer ${hour}`, vat: null });
      await world.tell(world.odoo, 'customer', `${hour}`);
      await world.pass(hours);
    }
    expect(world.delivery('t1').state).toBe('pending');
    expect(world.engine.problems()).toEqual([expect.stringContaining('odoo: does not answer since')]);
  });

  test('the breaker lets one delivery at a time find out, and closes at the first success', async () => {
    const world = await createWorld({ batch: 10 });
    world.hubspot.fault = ({ method }) =>
      method === 'write' ? { kind: 'call', error: world.hubspot.error('unavailable', 'down') } : undefined;
    await customers(world, '1', '2', '3', '4', '5');
    await world.pass(60_000);
    const sizes = world.hubspot.calls('write').map(({ keys }) => keys.length);
    expect(sizes.slice(0, 4)).toEqual([5, 5, 5, 5]);
    expect(new Set(sizes.slice(4))).toEqual(new Set([1]));
    world.hubspot.fault = () => undefined;
    const before = world.hubspot.calls('write').length;
    await world.pass(120_000);
    expect(
      world.hubspot
        .calls('write')
        .slice(before)
        .map(({ keys }) => keys.length),
    ).toEqual([1, 4]);
    expect(names(world.hubspot)).toHaveLength(5);
    expect(world.rows('select id from delivery where tries > 1')).toEqual([]);
  });

  test('calls that fail together count as one failure', async () => {
    const world = await createWorld({ batch: 1 });
    world.hubspot.failNext(
      'write',
      ...Array.from(
        { length: 8 },
        () => ({ kind: 'call', error: world.hubspot.error('unavailable', 'blip') }) as const,
      ),
    );
    await customers(world, '1', '2', '3', '4', '5', '6', '7', '8');
    await world.pass(1_000);
    expect(names(world.hubspot)).toHaveLength(8);
  });

  test('Retry-After is waited for, also when a call beside it succeeds', async () => {
    const world = await createWorld({ batch: 1 });
    const error = world.hubspot.error('limited', 'too fast', { status: 429, retryAfterMilliseconds: 30_000 });
    world.hubspot.failNext('write', { kind: 'call', error });
    await customers(world, '1', '2');
    await world.pass(29_000);
    expect(world.hubspot.calls('write')).toHaveLength(2);
    await customers(world, '3');
    await world.pass(500);
    expect(world.hubspot.calls('write')).toHaveLength(2);
    await world.pass(1_500);
    expect(names(world.hubspot)).toEqual(['customer 1', 'customer 2', 'customer 3']);
    expect(world.rows('select id from delivery where tries > 1')).toEqual([]);
  });

  test('an item that is limited waits as long as it was told', async () => {
    const world = await createWorld();
    const write = world.hubspot.write.bind(world.hubspot);
    let calls = 0;
    world.hubspot.write = async (entity, changes, signal) => {
      if (calls++ > 0) return write(entity, changes, signal);
      return changes.map(() => ({
        ok: false,
        error: 'limited',
        message: 'slow down',
        retryAfterMilliseconds: 60_000,
      }));
    };
    await customers(world, '1');
    await world.pass(59_000);
    expect(calls).toBe(1);
    await world.pass(2_000);
    expect(calls).toBe(2);
  });

  test('reading does not work: the events stay, and are worked off later', async () => {
    const world = await createWorld();
    world.odoo.fault = ({ method }) =>
      method === 'read' ? { kind: 'call', error: world.odoo.error('unavailable', 'down') } : undefined;
    await customers(world, '1');
    await world.pass(24 * hours);
    expect(world.rows('select seq from event where done_at is null')).toHaveLength(1);
    world.odoo.fault = () => undefined;
    await world.pass(61_000);
    expect(names(world.hubspot)).toEqual(['customer 1']);
  });

  test('reading hangs: it is given up after two minutes and repeated', async () => {
    const world = await createWorld();
    world.odoo.failNext('read', { kind: 'hang', done: false });
    await customers(world, '1');
    await world.pass(119_000);
    expect(names(world.hubspot)).toEqual([]);
    await world.pass(5_000);
    expect(names(world.hubspot)).toEqual(['customer 1']);
    expect(world.observed).toContainEqual(expect.objectContaining({ kind: 'paused', error: 'unavailable' }));
  });

  test('an object that cannot be read holds up no other', async () => {
    const world = await createWorld();
    world.odoo.fault = ({ method, keys }) =>
      method === 'read' && keys.includes('2')
        ? { kind: 'call', error: world.odoo.error('invalid', 'broken record', { status: 400 }) }
        : undefined;
    await customers(world, '1', '2', '3');
    await world.calm();
    expect(names(world.hubspot)).toEqual(['customer 1', 'customer 3']);
    expect(world.rows('select error from event where object_id = ?', '2')).toEqual([
      { error: 'broken record' },
    ]);
    expect(world.observed).toContainEqual(expect.objectContaining({ kind: 'unreadable', id: '2' }));
  });
});

describe('an object is hidden from the bridge', () => {
  test('one that it read before stays as it was, and its event says why', async () => {
    const world = await createWorld();
    await customers(world, '1', '2');
    await world.calm();
    world.odoo.hides = ({ id }) => id === '2';
    await customers(world, '1', '2');
    await world.calm();
    expect(names(world.hubspot)).toEqual(['customer 1', 'customer 2']);
    expect(world.rows('select external_id as id, gone from record where system = ?', 'odoo')).toEqual([
      { id: '1', gone: 0 },
      { id: '2', gone: 0 },
    ]);
    expect(world.rows('select object_id, error from event where error is not null')).toEqual([
      { object_id: '2', error: expect.stringContaining("the bridge's user may not read it any more") },
    ]);
    expect(world.observed).toContainEqual(expect.objectContaining({ kind: 'unreadable', id: '2' }));
    expect(world.observed).not.toContainEqual(expect.objectContaining({ kind: 'paused' }));
  });

  test('one that it never saw is none of its business', async () => {
    const world = await createWorld();
    world.odoo.hides = ({ id }) => id === '2';
    await customers(world, '1', '2');
    await world.calm();
    expect(names(world.hubspot)).toEqual(['customer 1']);
    expect(world.rows('select * from event where done_at is null or error is not null')).toEqual([]);
    expect(world.observed).not.toContainEqual(expect.objectContaining({ kind: 'unreadable' }));
  });

  test('one that can be seen again is taken in as usual', async () => {
    const world = await createWorld();
    await customers(world, '1');
    await world.calm();
    world.odoo.hides = () => true;
    await customers(world, '1');
    await world.calm();
    world.odoo.hides = () => false;
    world.odoo.patch('customer', '1', { name: 'renamed' });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    expect(names(world.hubspot)).toEqual(['renamed']);
  });
});

describe('the bridge has a bug that one object meets', () => {
  test('reading it: the others are read, the event is failed, and the bug is reported', async () => {
    const world = await createWorld();
    world.odoo.fault = ({ method, keys }) =>
      method === 'read' && keys.includes('2') ? { kind: 'bug' } : undefined;
    await customers(world, '1', '2', '3');
    await world.calm();
    expect(names(world.hubspot)).toEqual(['customer 1', 'customer 3']);
    expect(
      world.rows('select object_id, error from event where done_at is null or error is not null'),
    ).toEqual([{ object_id: '2', error: expect.stringContaining('undefined is not a function') }]);
    expect(world.observed).toContainEqual(
      expect.objectContaining({ kind: 'failed', where: 'reading customer 2 of odoo' }),
    );
    expect(world.observed).toContainEqual(expect.objectContaining({ kind: 'unreadable', id: '2' }));
  });

  test('taking it in: the others are kept, the event is failed, and the bug is reported', async () => {
    const world = await createWorld();
    const apply = world.broken.apply;
    world.broken.apply = (work) =>
      work.readings.some(({ id }) => id === '2') ? Promise.reject(new TypeError('no id')) : apply(work);
    await customers(world, '1', '2', '3');
    await world.calm();
    expect(names(world.hubspot)).toEqual(['customer 1', 'customer 3']);
    expect(
      world.rows('select object_id, error from event where done_at is null or error is not null'),
    ).toEqual([{ object_id: '2', error: 'customer 2: The bridge failed at this: TypeError: no id' }]);
    expect(world.observed).toContainEqual(
      expect.objectContaining({ kind: 'failed', where: 'taking in customer 2 of odoo' }),
    );
  });

  test('a full disk fails no event: all are worked off when there is room', async () => {
    const world = await createWorld();
    const apply = world.broken.apply;
    world.onFailure = () => {};
    world.broken.apply = () => Promise.reject(new Database.SqliteError('disk is full', 'SQLITE_FULL'));
    await customers(world, '1', '2');
    await world.pass(5_000);
    world.broken.apply = apply;
    await world.pass(5_000);
    expect(names(world.hubspot)).toEqual(['customer 1', 'customer 2']);
    expect(world.rows('select seq from event where error is not null')).toEqual([]);
  });

  test.each(['refused', 'bug'] as const)(
    'an object that is only touched and cannot be read (%s) fails the event that touched it',
    async (kind) => {
      const world = await createWorld();
      const { odoo } = world;
      odoo.touches = ({ id }) => (id === '1' ? [{ entity: 'project', id: '9' }] : []);
      odoo.fault = ({ method, entity }) => {
        if (method !== 'read' || entity !== 'project') return undefined;
        return kind === 'bug' ? { kind } : { kind: 'call', error: odoo.error('invalid', 'broken record') };
      };
      await customers(world, '1', '2');
      await world.calm();
      expect(names(world.hubspot)).toEqual(['customer 1', 'customer 2']);
      expect(world.rows('select object_id, error from event where error is not null')).toEqual([
        { object_id: '1', error: expect.stringMatching(/^project 9: /) },
      ]);
    },
  );
});

describe('an answer is lost', () => {
  test('the object is looked up and made once', async () => {
    const world = await createWorld();
    world.hubspot.failNext('write', { kind: 'lost' }, { kind: 'lost' });
    await customers(world, '1', '2');
    await world.pass(10_000);
    expect(names(world.hubspot)).toEqual(['customer 1', 'customer 2']);
    expect(world.delivery('1').state).toBe('done');
  });

  test('a call that hangs is given up after a minute, and its effect found', async () => {
    const world = await createWorld();
    world.hubspot.failNext('write', { kind: 'hang', done: true });
    await customers(world, '1');
    await world.pass(59_000);
    expect(world.delivery('1').state).toBe('leased');
    await world.pass(5_000);
    expect(world.delivery('1')).toMatchObject({ state: 'done', tries: 2 });
    expect(names(world.hubspot)).toEqual(['customer 1']);
  });

  test('a state that goes back to what was written before is written all the same', async () => {
    const world = await createWorld();
    await customers(world, '1');
    await world.calm();
    world.hubspot.failNext('write', { kind: 'lost' });
    world.odoo.patch('customer', '1', { name: 'Other' });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    expect(names(world.hubspot)).toEqual(['Other']);
    await customers(world, '1');
    await world.pass(10_000);
    expect(names(world.hubspot)).toEqual(['customer 1']);
  });

  test('doubt outlives a dead delivery: what comes after it looks first', async () => {
    const world = await createWorld();
    world.hubspot.failNext(
      'write',
      { kind: 'lost' },
      { kind: 'items', errors: { 'odoo:customer:1': 'invalid' } },
    );
    await customers(world, '1');
    await world.pass(10_000);
    expect(world.delivery('1').state).toBe('dead');
    world.odoo.patch('customer', '1', { name: 'Corrected' });
    await world.tell(world.odoo, 'customer', '1');
    await world.pass(10_000);
    expect(names(world.hubspot)).toEqual(['Corrected']);
  });
});

test('doubt outlives a delivery that found nothing to do while a newer one was made', async () => {
  const world = await createWorld({
    rules: [{ ...customerToCrm, when: { is_company: true }, match: ['vat'] }],
  });
  const { odoo, hubspot } = world;
  const put = (id: string, is_company: boolean, vat: string | null) =>
    odoo.put('customer', id, { name: `customer ${id}`, vat, is_company });
  hubspot.failNext('write', { kind: 'lost' });
  put('1', true, null);
  await world.tell(odoo, 'customer', '1');
  await world.calm();
  put('1', false, null);
  await world.tell(odoo, 'customer', '1');
  await world.calm();
  // The first delivery is looked at together with one whose counterpart is being searched for.
  const searching = hubspot.gate('find');
  vi.setSystemTime(Date.now() + 2_000);
  put('2', true, 'BE2');
  await world.tell(odoo, 'customer', '2');
  await world.pass(2_000);
  await searching.reached;
  expect(world.delivery('1').state).toBe('leased');
  put('1', true, null);
  await world.tell(odoo, 'customer', '1');
  await world.calm();
  expect(world.rows('select id from delivery where source_id = ?', '1')).toHaveLength(2);
  searching.open();
  await world.pass(5_000);
  expect(names(hubspot)).toEqual(['customer 1', 'customer 2']);
});

describe('the connector has a bug', () => {
  test('what it fails at is found after some tries, and given to a person; nothing else suffers', async () => {
    const world = await createWorld();
    world.hubspot.fault = ({ method, keys }) =>
      method === 'write' && keys.includes('odoo:customer:2') ? { kind: 'bug' } : undefined;
    await customers(world, '1', '2', '3');
    await world.pass(60_000);
    expect(names(world.hubspot)).toEqual(['customer 1', 'customer 3']);
    await world.pass(12 * hours);
    expect(world.delivery('2')).toMatchObject({ state: 'dead', error: 'ambiguous' });
    expect(world.delivery('2').cause).toContain('undefined is not a function');
    expect(world.observed).toContainEqual(expect.objectContaining({ kind: 'failed' }));
  });

  test('an answer of the wrong length settles nothing as done', async () => {
    const world = await createWorld();
    const write = world.hubspot.write.bind(world.hubspot);
    let calls = 0;
    world.hubspot.write = async (entity, changes, signal) => {
      const results = await write(entity, changes, signal);
      return calls++ === 0 ? results.slice(1) : results;
    };
    const failures: unknown[] = [];
    world.onFailure = (error) => failures.push(error);
    await customers(world, '1', '2');
    await world.pass(10_000);
    expect(failures).toEqual([new Error('hubspot gave 1 results for 2 changes')]);
    expect(names(world.hubspot)).toEqual(['customer 1', 'customer 2']);
  });
});

describe('what became of a try cannot be written down', () => {
  test('because of a bug: the others are, also those of other calls; it is tried again in doubt', async () => {
    const world = await createWorld({ batch: 2 });
    const { settle } = world.broken;
    world.broken.settle = (settlements, bring) =>
      settlements.some(({ delivery }) => delivery.sourceId === '2')
        ? Promise.reject(new TypeError('no id'))
        : settle(settlements, bring);
    await customers(world, '1', '2', '3', '4', '5');
    await world.calm();
    for (const id of ['1', '3', '4', '5'])
      expect(world.delivery(id)).toMatchObject({ state: 'done', tries: 1 });
    expect(world.delivery('2').state).toBe('leased');
    expect(world.observed).toContainEqual(
      expect.objectContaining({
        kind: 'failed',
        where: 'writing down what became of customer 2 for hubspot',
      }),
    );
    world.broken.settle = settle;
    await world.pass(150_000);
    expect(world.delivery('2')).toMatchObject({ state: 'done', tries: 2 });
    expect(names(world.hubspot)).toEqual([1, 2, 3, 4, 5].map((id) => `customer ${id}`));
  });

  test('because the disk is full: nothing more is asked of it, and all go again in doubt', async () => {
    const world = await createWorld({ batch: 2 });
    const { settle } = world.broken;
    world.onFailure = () => {};
    let asked = 0;
    world.broken.settle = () => {
      asked++;
      return Promise.reject(new Database.SqliteError('disk is full', 'SQLITE_FULL'));
    };
    await customers(world, '1', '2', '3');
    await world.calm();
    expect(asked).toBe(1);
    world.broken.settle = settle;
    await world.pass(150_000);
    expect(names(world.hubspot)).toEqual(['customer 1', 'customer 2', 'customer 3']);
    for (const id of ['1', '2', '3']) expect(world.delivery(id)).toMatchObject({ state: 'done', tries: 2 });
  });
});

test('a dead delivery is closed by a later one that succeeds', async () => {
  const world = await createWorld();
  world.hubspot.failNext('write', { kind: 'items', errors: { 'odoo:customer:1': 'invalid' } });
  await customers(world, '1');
  await world.calm();
  expect(world.delivery('1').state).toBe('dead');
  world.odoo.patch('customer', '1', { name: 'Corrected' });
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  expect(world.rows('select state from delivery order by created_at, id')).toEqual([
    { state: 'superseded' },
    { state: 'done' },
  ]);
});

test('a system that is not set up is neither read nor written, and used as soon as it is', async () => {
  const world = await createWorld();
  world.hubspot.findings = [
    { level: 'error', message: 'The property is missing', remedy: 'Give the token the right to create it.' },
  ];
  await customers(world, '1');
  await world.pass(10_000);
  expect(world.hubspot.calls('write')).toEqual([]);
  expect(world.engine.problems()).toContain(
    'hubspot: The property is missing. Give the token the right to create it.',
  );
  world.hubspot.findings = [];
  await world.pass(10 * 60_000);
  expect(names(world.hubspot)).toEqual(['customer 1']);
  expect(world.engine.problems()).toEqual([]);
});
