import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSettling } from '../../bridge/engine/settling.ts';
import type { Settlement } from '../../bridge/store/settle.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const ended = (sourceId: string) => [{ delivery: { sourceId } }] as unknown as Settlement[];

function createBench(calls: number, settle: () => Promise<void> = async () => {}) {
  const written: string[][] = [];
  const settling = createSettling(calls, (settlements) => {
    written.push(settlements.map(({ delivery }) => delivery.sourceId));
    return settle();
  });
  return { settling, written };
}

test('the last call to end has everything written down at once', async () => {
  const { settling, written } = createBench(3);
  const adding = [settling.add(ended('1')), settling.add(ended('2'))];
  expect(written).toEqual([]);
  await Promise.all([...adding, settling.add(ended('3'))]);
  expect(written).toEqual([['1', '2', '3']]);
});

test('while a call takes long, what came of the others is written down after a moment', async () => {
  const { settling, written } = createBench(4);
  const adding = [settling.add(ended('1')), settling.add(ended('2'))];
  vi.advanceTimersByTime(25);
  await Promise.all(adding);
  expect(written).toEqual([['1', '2']]);
  const third = settling.add(ended('3'));
  vi.advanceTimersByTime(25);
  await third;
  await settling.add(ended('4'));
  expect(written).toEqual([['1', '2'], ['3'], ['4']]);
});

test('a single call waits for nothing', async () => {
  const { settling, written } = createBench(1);
  await settling.add(ended('1'));
  expect(written).toEqual([['1']]);
});

test('each of the calls learns that nothing could be written down', async () => {
  const { settling } = createBench(2, () => Promise.reject(new Error('disk full')));
  const first = settling.add(ended('1'));
  const second = settling.add(ended('2'));
  await expect(first).rejects.toThrow('disk full');
  await expect(second).rejects.toThrow('disk full');
});
