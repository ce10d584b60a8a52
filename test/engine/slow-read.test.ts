import Database from 'better-sqlite3';
import { describe, expect, test, vi } from 'vitest';
import type { Connector } from '../../bridge/systems/system.ts';
import type { MemorySystem } from './memory-system.ts';
import { customerToCrm } from './rules.ts';
import { createWorld, type World } from './world.ts';

const minute = 60_000;
const rules = [customerToCrm];

/** From now on each call to read takes so long, or until it is interrupted. */
function slowDown(system: MemorySystem, milliseconds: number): void {
  const read: Connector['read'] = system.read.bind(system);
  system.read = async (entity, ids, signal) => {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    });
    return read(entity, ids, signal) as Promise<never>;
  };
}

/** Lets time pass in steps that are shorter than a slow call. */
async function passEvenly(world: World, milliseconds: number): Promise<void> {
  for (let elapsed = 0; elapsed < milliseconds; elapsed += 1_000) await world.pass(1_000);
}

const range = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

async function customers(world: World, ids: readonly string[]): Promise<void> {
  for (const id of ids) world.odoo.put('customer', id, { name: `customer ${id}`, vat: `BE${id}` });
  await Promise.all(ids.map((id) => world.tell(world.odoo, 'customer', id)));
}

const openEvents = (world: World) =>
  world
    .rows<{ id: string }>('select object_id as id from event where done_at is null order by seq')
    .map(({ id }) => id);
const records = (world: World) =>
  world.rows<{ id: string }>('select external_id as id from record where system = ? order by id', 'odoo');
const reads = (world: World) => world.odoo.calls('read').map(({ keys }) => keys);
const pauses = (world: World) => world.observed.filter(({ kind }) => kind === 'paused');

/** The first call that reads one of these objects fails as a whole. */
function failOnce(world: World, ids: readonly string[]): void {
  let failed = false;
  world.odoo.fault = ({ method, keys }) => {
    if (failed || method !== 'read' || !keys.some((key) => ids.includes(key))) return undefined;
    failed = true;
    return { kind: 'call', error: world.odoo.error('unavailable', 'blip', { status: 503 }) };
  };
}

describe('a system is slow', () => {
  test('more than can be read in the time of a step: it is read in several, each object once', async () => {
    const world = await createWorld({ rules, batch: 25 });
    slowDown(world.odoo, 7_000);
    await customers(world, range(500));
    await passEvenly(world, 3 * minute);
    expect(openEvents(world).length).toBeLessThan(250);
    await passEvenly(world, minute);
    expect(openEvents(world)).toEqual([]);
    expect(world.hubspot.states('customer')).toHaveLength(500);
    expect(reads(world).flat().sort()).toEqual(range(500).sort());
    expect(pauses(world)).toEqual([]);
    expect(world.engine.problems()).toEqual([]);
  });

  test('one event that touches more than can be read in a step is finished with the last of it', async () => {
    const world = await createWorld({ rules, batch: 10 });
    const touched = range(400).map((id) => ({ entity: 'project', id: `p${id}` }) as const);
    world.odoo.touches = ({ id }) => (id === '1' ? touched : []);
    slowDown(world.odoo, 5_000);
    await customers(world, ['1']);
    await passEvenly(world, 3 * minute);
    expect(openEvents(world)).toEqual(['1']);
    await passEvenly(world, minute);
    expect(openEvents(world)).toEqual([]);
    expect(reads(world).flat().sort()).toEqual(['1', ...touched.map(({ id }) => id)].sort());
    expect(pauses(world)).toEqual([]);
  });

  test('nothing at all is answered in time: it does not answer, and the events stay', async () => {
    const world = await createWorld({ rules });
    slowDown(world.odoo, 10 * minute);
    await customers(world, ['1']);
    await world.pass(20 * minute);
    expect(openEvents(world)).toEqual(['1']);
    expect(pauses(world).length).toBeGreaterThan(3);
    expect(world.engine.problems()).toEqual([expect.stringContaining('odoo: does not answer since')]);
  });

  test('each call of a refused batch is kept, also when time is up before the last', async () => {
    const world = await createWorld({ rules, batch: 100 });
    world.odoo.fault = ({ method, keys }) =>
      method === 'read' && keys.includes('0')
        ? { kind: 'call', error: world.odoo.error('invalid', 'broken record', { status: 400 }) }
        : undefined;
    slowDown(world.odoo, 5_000);
    await customers(world, range(40));
    await passEvenly(world, 130_000);
    expect(openEvents(world).length).toBeLessThan(20);
    await passEvenly(world, minute);
    expect(openEvents(world)).toEqual([]);
    expect(world.hubspot.states('customer')).toHaveLength(39);
    expect(world.rows('select object_id, error from event where error is not null')).toEqual([
      { object_id: '0', error: 'broken record' },
    ]);
  });

  test('the bridge stops meanwhile: it ends at once, and all is there after the next start', async () => {
    const world = await createWorld({ rules, batch: 25 });
    slowDown(world.odoo, 7_000);
    await customers(world, range(500));
    await passEvenly(world, minute);
    const stopped = world.engine.stop(0);
    vi.advanceTimersByTime(1);
    await stopped;
    expect(pauses(world)).toEqual([]);
    await world.restart();
    await passEvenly(world, 4 * minute);
    expect(openEvents(world)).toEqual([]);
    expect(world.hubspot.states('customer')).toHaveLength(500);
  });
});

describe('a system fails in the middle', () => {
  test('what was read before is kept, and only the rest is read again', async () => {
    const world = await createWorld({ rules, batch: 2 });
    failOnce(world, ['4']);
    await customers(world, ['0', '1', '2', '3', '4']);
    await world.calm();
    expect(openEvents(world)).toEqual(['4']);
    expect(world.hubspot.states('customer')).toHaveLength(4);
    expect(pauses(world)).toMatchObject([{ system: 'odoo', error: 'unavailable', message: 'blip' }]);
    await world.pass(5_000);
    expect(openEvents(world)).toEqual([]);
    expect(reads(world)).toEqual([['0', '1'], ['2', '3'], ['4'], ['4']]);
  });

  test('again and again, but it always answers something: it is not said to be silent', async () => {
    const world = await createWorld({ rules, batch: 1 });
    let calls = 0;
    world.odoo.fault = ({ method }) =>
      method === 'read' && ++calls % 2 === 0
        ? { kind: 'call', error: world.odoo.error('unavailable', 'blip', { status: 503 }) }
        : undefined;
    await customers(world, range(8));
    await world.pass(minute);
    expect(openEvents(world)).toEqual([]);
    expect(world.hubspot.states('customer')).toHaveLength(8);
    expect(world.observed).not.toContainEqual(expect.objectContaining({ kind: 'unreadable' }));
    const last = pauses(world).at(-1) as { untilMs: number };
    expect(pauses(world)).toHaveLength(7);
    expect(last.untilMs).toBeLessThan(Date.now() - minute / 2);
  });

  test('what a poll brought along is taken in although nothing can be read', async () => {
    const world = await createWorld({ rules });
    world.odoo.fault = ({ method }) =>
      method === 'read' ? { kind: 'call', error: world.odoo.error('unavailable', 'down') } : undefined;
    await customers(world, ['1']);
    await world.tell(world.odoo, 'customer', '2', {
      type: 'customer',
      state: { name: 'polled', vat: 'BE2' },
    });
    await world.pass(10_000);
    expect(openEvents(world)).toEqual(['1']);
    expect(world.hubspot.states('customer')).toEqual([{ name: 'polled', vat: 'BE2' }]);
  });

  test('an event that leads to several entities is finished when all of them are read', async () => {
    const world = await createWorld({ rules });
    world.odoo.entitiesOf = () => ['customer', 'worker'];
    world.odoo.put('worker', '1', { name: 'A' });
    let failed = false;
    world.odoo.fault = ({ method, entity }) => {
      if (failed || method !== 'read' || entity !== 'worker') return undefined;
      failed = true;
      return { kind: 'call', error: world.odoo.error('unavailable', 'blip') };
    };
    await customers(world, ['1']);
    await world.calm();
    expect(world.hubspot.states('customer')).toHaveLength(1);
    expect(openEvents(world)).toEqual(['1']);
    await world.pass(5_000);
    expect(openEvents(world)).toEqual([]);
    expect(world.odoo.calls('read').map(({ entity }) => entity)).toEqual(['customer', 'worker', 'worker']);
    expect(records(world)).toHaveLength(2);
  });

  test('an event is not finished before what it touches is read, by whomever that was asked for', async () => {
    const world = await createWorld({ rules, batch: 1 });
    world.odoo.put('project', '9', { name: 'P' });
    world.odoo.touches = ({ id }) => {
      if (id === '1') return [{ entity: 'project', id: '9' }];
      return id === '2' ? [{ entity: 'customer', id: '3' }] : [];
    };
    failOnce(world, ['3']);
    await customers(world, ['0', '1', '2', '3']);
    await world.calm();
    expect(openEvents(world)).toEqual(['1', '2', '3']);
    await world.pass(5_000);
    expect(openEvents(world)).toEqual([]);
    expect(reads(world)).toEqual([['0'], ['1'], ['2'], ['3'], ['9'], ['3']]);
  });

  test.each(['reading', 'taking in'] as const)(
    'an event of which one object was refused (%s) is failed when the others are read too',
    async (where) => {
      const world = await createWorld({ rules, batch: 1 });
      const { odoo } = world;
      odoo.put('project', '8', { name: 'refused' });
      odoo.put('project', '9', { name: 'P' });
      odoo.touches = ({ id }) => (id === '1' ? ['8', '9'].map((id) => ({ entity: 'project', id })) : []);
      let failed = false;
      odoo.fault = ({ method, keys }) => {
        if (method !== 'read') return undefined;
        if (where === 'reading' && keys.includes('8'))
          return { kind: 'call', error: odoo.error('invalid', 'broken record') };
        if (failed || !keys.includes('9')) return undefined;
        failed = true;
        return { kind: 'call', error: odoo.error('unavailable', 'blip') };
      };
      const apply = world.broken.apply;
      world.broken.apply = (work) =>
        where === 'taking in' && work.readings.some(({ id }) => id === '8')
          ? Promise.reject(new TypeError('no id'))
          : apply(work);
      await customers(world, ['1']);
      await world.calm();
      expect(openEvents(world)).toEqual(['1']);
      await world.pass(5_000);
      expect(openEvents(world)).toEqual([]);
      expect(world.rows('select object_id, error from event')).toEqual([
        { object_id: '1', error: expect.stringMatching(/^project 8: .*(broken record|no id)/) },
      ]);
      expect(records(world).map(({ id }) => id)).toEqual(['1', '9']);
      expect(reads(world)).toEqual([['1'], ['8'], ['9'], ['9']]);
      expect(world.observed.filter(({ kind }) => kind === 'unreadable')).toHaveLength(1);
    },
  );

  test('what was read cannot be kept, because the disk is full: it is read again', async () => {
    const world = await createWorld({ rules, batch: 1 });
    failOnce(world, ['2']);
    const apply = world.broken.apply;
    world.broken.apply = () => Promise.reject(new Database.SqliteError('disk is full', 'SQLITE_FULL'));
    world.onFailure = () => {};
    await customers(world, ['1', '2']);
    await world.calm();
    world.broken.apply = apply;
    await world.pass(5_000);
    expect(openEvents(world)).toEqual([]);
    expect(records(world).map(({ id }) => id)).toEqual(['1', '2']);
  });
});
