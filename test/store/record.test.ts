import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Route } from '../../bridge/store/apply.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import { reading } from './samples.ts';
import { temporaryPath } from './temporary.ts';

// Records that were put lately are kept in memory, and must never say anything that is not on disk.

let store: Store;

beforeEach(async () => {
  store = await openStore(temporaryPath());
  onTestFinished(() => store.close());
});

const nowhere: Route = () => [];
const refusing = (id: string): Route => {
  return (change) => {
    if (change.id === id) throw new Error(`no route for ${id}`);
    return [];
  };
};
const apply = (route: Route, ...readings: ReturnType<typeof reading>[]) =>
  store.apply({ readings, finished: [], failed: [], route });
const nameOf = async (id: string) =>
  (await store.record({ system: 'odoo', entity: 'customer', id }))?.state.name;

test('what was put in a transaction that was undone is not there', async () => {
  await apply(nowhere, reading('1', { name: 'Acme' }));
  const broken = apply(refusing('2'), reading('1', { name: 'Acme Ltd' }), reading('2', { name: 'Bolt' }));
  await expect(broken).rejects.toThrow('no route for 2');
  expect(await nameOf('1')).toBe('Acme');
  expect(await nameOf('2')).toBeUndefined();
  // And it is taken for news when it comes again.
  expect(await apply(nowhere, reading('1', { name: 'Acme Ltd' }))).toEqual({ changed: 1, unchanged: 0 });
  expect(await nameOf('1')).toBe('Acme Ltd');
});

test('what others put in the same commit stays when one of them is undone', async () => {
  const ended = await Promise.allSettled([
    apply(nowhere, reading('1', { name: 'Acme' })),
    apply(refusing('2'), reading('2', { name: 'Bolt' })),
    apply(nowhere, reading('3', { name: 'Coq' })),
  ]);
  expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect([await nameOf('1'), await nameOf('2'), await nameOf('3')]).toEqual(['Acme', undefined, 'Coq']);
  const again = await apply(nowhere, reading('1', { name: 'Acme' }), reading('2', { name: 'Bolt' }));
  expect(again).toEqual({ changed: 1, unchanged: 1 });
});
