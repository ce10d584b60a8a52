import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLimiter, pause } from '../../bridge/systems/limiter.ts';
import { urgently } from '../../bridge/systems/urgency.ts';

const never = new AbortController().signal;

/** Start times of `calls` calls that are asked for at once, in milliseconds from the first. */
async function startTimes(calls: number, limiter: ReturnType<typeof createLimiter>): Promise<number[]> {
  const begin = performance.now();
  return Promise.all(
    Array.from({ length: calls }, async () => {
      await limiter.acquire(never);
      return performance.now() - begin;
    }),
  );
}

describe('the limiter', () => {
  it('never lets more calls start in a window than it may', async () => {
    const limit = { requests: 5, milliseconds: 100 };
    const times = await startTimes(17, createLimiter(limit));
    for (const [index, time] of times.entries()) {
      const earlier = times[index - limit.requests];
      // Timers may fire a millisecond early.
      if (earlier !== undefined) expect(time - earlier).toBeGreaterThanOrEqual(limit.milliseconds - 2);
    }
    expect(times[4]).toBeLessThan(50);
  });

  it('lets calls start in the order in which they asked, also while others wait', async () => {
    const limiter = createLimiter({ requests: 2, milliseconds: 30 });
    const order: number[] = [];
    const calls = [0, 1, 2, 3, 4, 5].map(async (number) => {
      if (number > 3) await pause(5, never);
      await limiter.acquire(never);
      order.push(number);
    });
    await Promise.all(calls);
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('starts nothing before the end of a pause, and is fast again after it', async () => {
    const limiter = createLimiter({ requests: 100, milliseconds: 1000 });
    limiter.pauseUntil(Date.now() + 60);
    const [first] = await startTimes(1, limiter);
    expect(first).toBeGreaterThanOrEqual(55);
    const [second] = await startTimes(1, limiter);
    expect(second).toBeLessThan(20);
  });

  it('stops waiting when it is told to, without using up a place', async () => {
    let now = 0;
    const limiter = createLimiter({ requests: 1, milliseconds: 1000 }, () => now);
    await limiter.acquire(never);
    const controller = new AbortController();
    const waiting = limiter.acquire(controller.signal);
    controller.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    now = 1000;
    await limiter.acquire(never);
    await expect(limiter.acquire(AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });
});

describe('a pause', () => {
  it.each([2 ** 31, 1e300, Number.POSITIVE_INFINITY])(
    'of %d milliseconds does not end at once',
    async (long) => {
      vi.useFakeTimers();
      onTestFinished(() => {
        vi.useRealTimers();
      });
      let ended = false;
      const controller = new AbortController();
      const waiting = pause(long, controller.signal).then(() => {
        ended = true;
      });
      await vi.advanceTimersByTimeAsync(60_000);
      expect(ended).toBe(false);
      controller.abort(new Error('stopped'));
      await expect(waiting).rejects.toThrow('stopped');
    },
  );
});

describe('what is urgent', () => {
  it('has a tenth of the calls for itself, and does not wait behind others', async () => {
    let time = 0;
    const limiter = createLimiter({ requests: 10, milliseconds: 50 }, () => time);
    const started: string[] = [];
    const call = (name: string) => limiter.acquire(never).then(() => started.push(name));
    const usual = Array.from({ length: 12 }, (_, index) => call(`usual ${index}`));
    const urgent = urgently(() => call('urgent'));
    await urgent;
    expect(started).toHaveLength(10);
    expect(started).toContain('urgent');
    time = 1000;
    await Promise.all(usual);
    expect(started).toHaveLength(13);
  });
});
