import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { EngineEvent } from '../../bridge/engine/observer.ts';
import { pollStream } from '../../bridge/intake/poll.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import type { PollPage, Snapshot } from '../../bridge/systems/system.ts';
import { MemorySystem } from '../engine/memory-system.ts';
import { temporaryPath } from '../store/temporary.ts';

const now = Date.UTC(2026, 0, 5, 8);
const never = new AbortController().signal;
let path: string;
let store: Store;
let harvest: MemorySystem;
let observed: EngineEvent[];
let woken: number;

beforeEach(async () => {
  path = temporaryPath();
  store = await openStore(path, () => now);
  harvest = new MemorySystem({ name: 'harvest', entities: { timesheet: {}, project: {} } });
  observed = [];
  woken = 0;
  onTestFinished(() => store.close());
});

const entry = (id: string, state: Snapshot['state']): Snapshot => ({ entity: 'timesheet', id, state });
const page = (cursor: string, ...snapshots: Snapshot[]): PollPage => ({ cursor, snapshots });

function poll(...pages: PollPage[]): Promise<number> {
  harvest.pages.set('all', pages);
  return pollStream(
    'all',
    {
      store,
      connector: harvest,
      observe: (event) => observed.push(event),
      now: () => now,
      onEvents: () => woken++,
    },
    never,
  );
}

/** What the engine would do with open events: their states become records. */
async function workOff(): Promise<void> {
  const open = await store.openEvents('harvest', [0, 1, 2], 1000);
  const readings = open.flatMap(({ objectId: id, state, correlation, echo }) =>
    state === undefined
      ? []
      : [{ system: 'harvest', entity: 'timesheet' as const, id, state, correlation, echo }],
  );
  await store.apply({ readings, finished: open.map(({ seq }) => seq), failed: [], route: () => [] });
}

describe('a poll', () => {
  test('keeps what it reads, page by page, and goes on from there', async () => {
    expect(await poll(page('c1', entry('1', { hours: '1' })), page('c2', entry('2', { hours: '2' })))).toBe(
      2,
    );
    expect(await store.cursor('harvest', 'all')).toBe('c2');
    expect(woken).toBe(2);
    expect(observed).toEqual([
      { kind: 'polled', system: 'harvest', stream: 'all', pages: 2, accepted: 2, durationMs: 0 },
    ]);
    await poll();
    expect(harvest.cursors).toEqual([undefined, 'c2']);
    const events = await store.openEvents('harvest', [0, 1, 2], 10);
    expect(new Set(events.map(({ correlation }) => correlation)).size).toBe(1);
    expect(events[0]?.correlation).toMatch(/^poll:harvest:all:/);
  });

  test('that breaks between two pages keeps the first with its cursor; repeating it doubles nothing', async () => {
    harvest.failNext(
      'poll',
      { kind: 'items', errors: {} },
      { kind: 'call', error: harvest.error('unavailable', 'down') },
    );
    const pages = () => [page('c1', entry('1', { hours: '1' })), page('c2', entry('2', { hours: '2' }))];
    await expect(poll(...pages())).rejects.toThrow('down');
    expect(await store.cursor('harvest', 'all')).toBe('c1');
    expect(await store.openEvents('harvest', [0, 1, 2], 10)).toHaveLength(1);
    expect(await poll(...pages())).toBe(1);
    await workOff();
    expect(await poll(...pages())).toBe(0);
    expect(await store.openEvents('harvest', [0, 1, 2], 10)).toEqual([]);
  });

  test('keeps a page without a cursor, and starts again where it was when it is interrupted', async () => {
    harvest.failNext(
      'poll',
      { kind: 'items', errors: {} },
      { kind: 'call', error: harvest.error('unavailable', 'down') },
    );
    const pages = (): PollPage[] => [
      { snapshots: [entry('1', { hours: '1' })] },
      page('c1', entry('2', { hours: '2' })),
    ];
    await expect(poll(...pages())).rejects.toThrow('down');
    expect(await store.cursor('harvest', 'all')).toBeUndefined();
    expect(await store.openEvents('harvest', [0, 1, 2], 10)).toHaveLength(1);
    expect(await poll(...pages())).toBe(1);
    expect(await store.cursor('harvest', 'all')).toBe('c1');
  });

  test('whose page cannot be kept does not move the cursor', async () => {
    await poll(page('c1'));
    const appendPage = store.appendPage;
    store = { ...store, appendPage: () => Promise.reject(new Error('disk full')) };
    await expect(poll(page('c2', entry('1', { hours: '1' })))).rejects.toThrow('disk full');
    store = { ...store, appendPage };
    expect(await store.cursor('harvest', 'all')).toBe('c1');
  });

  test('takes what it finds at first for old, and what nobody knew later for created', async () => {
    harvest.failNext(
      'poll',
      { kind: 'items', errors: {} },
      { kind: 'call', error: harvest.error('unavailable', 'down') },
    );
    const pages = () => [page('c1', entry('1', { hours: '1' })), page('c2', entry('2', { hours: '2' }))];
    await expect(poll(...pages())).rejects.toThrow('down');
    await poll(...pages());
    const stock = await store.openEvents('harvest', [0, 1, 2], 10);
    expect(stock.map(({ objectId, operation }) => `${objectId} ${operation}`)).toEqual([
      '1 write',
      '2 write',
    ]);
    await workOff();
    await poll(page('c3', entry('1', { hours: '9' }), entry('3', { hours: '3' })));
    const open = await store.openEvents('harvest', [0, 1, 2], 10);
    expect(open.map(({ objectId, operation }) => `${objectId} ${operation}`)).toEqual([
      '1 write',
      '3 create',
    ]);
  });

  test('notices deletes, once, and only of what is known', async () => {
    await poll(page('c1', entry('1', { hours: '1' })));
    await workOff();
    expect(await poll(page('c2', entry('1', null), entry('9', null)))).toBe(1);
    expect(
      (await store.openEvents('harvest', [0, 1, 2], 10)).map(({ operation, state }) => [operation, state]),
    ).toEqual([['unlink', null]]);
    await workOff();
    expect(await poll(page('c3', entry('1', null)))).toBe(0);
    expect(await poll(page('c4', entry('1', { hours: '1' })))).toBe(1);
  });

  test('takes hints with their own ids, so that one that came before is a duplicate', async () => {
    const hint = {
      id: 'hint-1',
      type: 'harvest.project',
      objectId: '5',
      operation: 'write',
      fields: ['name'],
      transaction: '77',
      occurredAt: '2026-01-05T07:00:00.000Z',
      echo: false,
    } as const;
    expect(await poll({ cursor: 'c1', hints: [hint] })).toBe(1);
    expect(await poll({ cursor: 'c2', hints: [hint, { ...hint, id: 'hint-2' }] })).toBe(1);
    const events = await store.openEvents('harvest', [0, 1, 2], 10);
    expect(events.map(({ id, state, correlation }) => [id, state, correlation])).toEqual([
      ['hint-1', undefined, 'harvest:77'],
      ['hint-2', undefined, 'harvest:77'],
    ]);
  });

  test('has objects read whose state follows from a polled one', async () => {
    const touches = [{ entity: 'project', id: '5' }] as const;
    await poll({ cursor: 'c1', snapshots: [{ ...entry('1', { hours: '1' }), touches }] });
    expect(
      (await store.openEvents('harvest', [0, 1, 2], 10)).map(({ type, objectId, state }) => [
        type,
        objectId,
        state,
      ]),
    ).toEqual([
      ['timesheet', '1', { hours: '1' }],
      ['project', '5', undefined],
    ]);
  });
});
