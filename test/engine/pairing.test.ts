import { beforeEach, describe, expect, test } from 'vitest';
import { createPairing, type Pairing } from '../../bridge/engine/pairing.ts';
import type { ClaimedDelivery } from '../../bridge/store/delivery.ts';
import { delivery, idAt } from '../store/samples.ts';

const leaseMs = 90_000;
let nowMs: number;
let pairing: Pairing;
let number = 0;

beforeEach(() => {
  nowMs = Date.UTC(2026, 0, 5);
  pairing = createPairing(() => nowMs);
});

/** A delivery that was made and claimed now. */
function claimed(from: 'odoo' | 'hubspot', sourceId: string): ClaimedDelivery {
  const to = from === 'odoo' ? 'hubspot' : 'odoo';
  return {
    ...delivery(sourceId, { id: idAt(nowMs, `${++number}`), source: from, target: to }),
    seq: number,
    leasedUntilMs: nowMs + leaseMs,
    tries: 1,
    uncertain: false,
  };
}

test('what is being linked is linked by one delivery only, from either side', () => {
  const there = claimed('odoo', '1');
  expect(pairing.reserve(there, 'c1')).toBe(true);
  expect(pairing.reserve(there, 'c1')).toBe(true);
  expect(pairing.reserve(claimed('hubspot', 'c1'), '1')).toBe(false);
  expect(pairing.reserve(claimed('hubspot', 'c2'), '1')).toBe(false);
  expect(pairing.reserve(claimed('odoo', '2'), 'c1')).toBe(false);
  expect(pairing.reserve(claimed('odoo', '2'), 'c2')).toBe(true);
  pairing.release(there.id);
  expect(pairing.reserve(claimed('hubspot', 'c1'), '1')).toBe(true);
});

test('what was refused holds nothing', () => {
  pairing.reserve(claimed('odoo', '1'), 'c1');
  expect(pairing.reserve(claimed('hubspot', 'c9'), '1')).toBe(false);
  expect(pairing.reserve(claimed('odoo', '9'), 'c9')).toBe(true);
});

test('what was seen after a creation began may be what it made; what was seen before is not', () => {
  const before = claimed('hubspot', 'c1');
  nowMs += 1;
  const creating = claimed('odoo', '1');
  pairing.reserve(creating, undefined);
  nowMs += 1;
  const after = claimed('hubspot', 'c2');
  expect([before, after].map(pairing.mayBeEchoed)).toEqual([false, true]);
  expect(pairing.mayBeEchoed({ ...after, entity: 'project' })).toBe(false);
  expect(pairing.mayBeEchoed(claimed('odoo', '2'))).toBe(false);
  pairing.release(creating.id);
  expect(pairing.mayBeEchoed(after)).toBe(false);
});

test('what is only linked makes nothing', () => {
  pairing.reserve(claimed('odoo', '1'), 'c1');
  expect(pairing.mayBeEchoed(claimed('hubspot', 'c2'))).toBe(false);
});

test('one whose lease has ended holds nobody up', () => {
  pairing.reserve(claimed('odoo', '1'), undefined);
  nowMs += leaseMs;
  expect(pairing.mayBeEchoed(claimed('hubspot', 'c1'))).toBe(false);
  expect(pairing.reserve(claimed('hubspot', 'c1'), '1')).toBe(true);
});

describe('a delivery that has to wait', () => {
  const vain = { fingerprint: 'f', match: { kind: 'none', dismissed: new Set<string>() } } as const;

  /** How often it is looked at in a time, when it comes back whenever it was told to. */
  function looksIn(milliseconds: number): number {
    const endMs = nowMs + milliseconds;
    let looks = 0;
    for (; nowMs < endMs; looks++) nowMs += pairing.wait('1', undefined);
    return looks;
  }

  test('is looked at often at first, then ever less, at the least twice a minute', () => {
    expect(looksIn(1000)).toBe(4);
    expect(looksIn(60_000)).toBeLessThan(25);
    expect(looksIn(600_000)).toBeLessThan(30);
    expect(pairing.wait('1', undefined)).toBe(30_000);
    expect(pairing.wait('2', undefined)).toBe(250);
  });

  test('begins anew when it went on meanwhile', () => {
    looksIn(60_000);
    pairing.goOn('1');
    expect(pairing.wait('1', undefined)).toBe(250);
  });

  test('keeps what was found when it was looked for last', () => {
    pairing.wait('1', vain);
    expect(pairing.soughtInVain('1')).toBe(vain);
    expect(pairing.soughtInVain('2')).toBeUndefined();
    pairing.wait('1', undefined);
    expect(pairing.soughtInVain('1')).toBeUndefined();
    pairing.wait('1', vain);
    pairing.goOn('1');
    expect(pairing.soughtInVain('1')).toBeUndefined();
  });

  test('keeps it also when the try is settled, and is forgotten when nobody looks any more', () => {
    pairing.wait('1', vain);
    pairing.release('1');
    nowMs += 299_999;
    pairing.wait('2', undefined);
    expect(pairing.soughtInVain('1')).toBe(vain);
    nowMs += 1;
    pairing.wait('2', undefined);
    expect(pairing.soughtInVain('1')).toBeUndefined();
  });
});
