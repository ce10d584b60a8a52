import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSettling } from '../../bridge/engine/settling.ts';
import type { Settlement } from '../../bridge/store/settlement.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const ended = (sourceId: string) => [{ delivery: { sourceId } }] as unknown as Settlement[];

function createBench(settle: () => Promise<void> = async () => {}) {
  const written: string[][] = [];
  const settling = createSettling((settlements) => {
    written.push(settlements.map(({ delivery }) => delivery.sourceId));
    return settle();
  });
  return { settling, written };
}

test('what came of calls that end soon after each other is written down together', () => {
  const { settling, written } = createBench();
  settling.add(ended('1'));
  settling.add(ended('2'));
  expect(written).toEqual([]);
  vi.advanceTimersByTime(25);
  expect(written).toEqual([['1', '2']]);
  settling.add(ended('3'));
  vi.advanceTimersByTime(25);
  expect(written).toEqual([['1', '2'], ['3']]);
});

test('when all have ended nothing waits any more', async () => {
  const { settling, written } = createBench();
  settling.add(ended('1'));
  await settling.end();
  expect(written).toEqual([['1']]);
  expect(vi.getTimerCount()).toBe(0);
});

test('the end comes when all is written down', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { settling } = createBench(() => promise);
  settling.add(ended('1'));
  vi.advanceTimersByTime(25);
  let over = false;
  const end = settling.end().then(() => {
    over = true;
  });
  await vi.advanceTimersByTimeAsync(1000);
  expect(over).toBe(false);
  resolve();
  await end;
});

test('a failure is told when the others are written down too', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const answers = [() => Promise.reject(new Error('disk full')), () => promise];
  const { settling } = createBench(() => answers.shift()?.() as Promise<void>);
  settling.add(ended('1'));
  await vi.advanceTimersByTimeAsync(25);
  settling.add(ended('2'));
  let over = false;
  const end = settling.end().catch((error) => {
    over = true;
    return error as Error;
  });
  await vi.advanceTimersByTimeAsync(1000);
  expect(over).toBe(false);
  resolve();
  expect(await end).toMatchObject({ message: 'disk full' });
});

test('who ends it learns that something could not be written down', async () => {
  const { settling } = createBench(() => Promise.reject(new Error('disk full')));
  settling.add(ended('1'));
  await vi.advanceTimersByTimeAsync(25);
  await expect(settling.end()).rejects.toThrow('disk full');
});
