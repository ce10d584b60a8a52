import { expect, test } from 'vitest';
import { createRate } from '../../bridge/intake/rate.ts';

test('lets a burst of one second through, then as many as come free', () => {
  let now = 0;
  const rate = createRate(10, () => now);
  for (let request = 0; request < 10; request++) expect(rate.take()).toBe(0);
  expect(rate.take()).toBe(100);
  now += 99;
  expect(rate.take()).toBeGreaterThan(0);
  now += 1;
  expect(rate.take()).toBe(0);
  expect(rate.take()).toBe(100);
});

test('does not save up more than one second', () => {
  let now = 0;
  const rate = createRate(5, () => now);
  now += 3_600_000;
  const waits = Array.from({ length: 7 }, () => rate.take());
  expect(waits).toEqual([0, 0, 0, 0, 0, 200, 200]);
});

test('a clock that is set back stops nobody', () => {
  let now = 3_600_000;
  const rate = createRate(5, () => now);
  rate.take();
  now = 0;
  expect(rate.take()).toBe(0);
  now += 1000;
  expect(Array.from({ length: 6 }, () => rate.take())).toEqual([0, 0, 0, 0, 0, 200]);
});
