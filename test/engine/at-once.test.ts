import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { eachAtOnce } from '../../bridge/engine/at-once.ts';

const items = Array.from({ length: 50 }, (_, index) => index);

test('works on every item, on as many at once as it may', async () => {
  const done: number[] = [];
  let atOnce = 0;
  let most = 0;
  await eachAtOnce(items, 8, async (item) => {
    most = Math.max(most, ++atOnce);
    await setImmediate();
    atOnce--;
    done.push(item);
  });
  expect(done).toEqual(items);
  expect(most).toBe(8);
});

test('sees the others to their end when one fails', async () => {
  const done: number[] = [];
  const ended = eachAtOnce(items, 2, async (item) => {
    await setImmediate();
    if (item === 3 || item === 4) throw new Error(`no ${item}`);
    done.push(item);
  });
  await expect(ended).rejects.toThrow('no 3');
  expect(done).toEqual(items.filter((item) => item !== 3 && item !== 4));
});

test('has nothing to do where there is nothing', async () => {
  await eachAtOnce([], 4, () => Promise.reject(new Error('nobody asked')));
});
