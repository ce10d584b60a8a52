import { describe, expect, it } from 'vitest';
import { createKnown } from '../../../bridge/systems/harvest/known.ts';

const dayOf = (index: number): string => `2026-02-${String((index % 28) + 1).padStart(2, '0')}`;
const idOf = (index: number): number => 2_600_000_000 + index * 37;

function knownOf(count: number) {
  const known = createKnown();
  for (let index = 0; index < count; index++)
    known.list(idOf(index), dayOf(index), { hours: String(index % 1000) });
  return known;
}

describe('what is known of objects', () => {
  it('takes 120 kB for 8,000 of them, and comes back as it was', () => {
    const text = JSON.stringify(knownOf(8000).encode());
    expect(text.length).toBeLessThan(120_000);
    const known = createKnown(JSON.parse(text));
    expect(known.unlisted()).toHaveLength(8000);
    expect(JSON.stringify(known.encode())).toBe(text);
  });

  it('says which of them are listed in another state', () => {
    const known = createKnown(knownOf(3000).encode());
    const changed: number[] = [];
    for (let index = 0; index < 3000; index++) {
      const hours = index % 500 === 0 ? 'changed' : String(index % 1000);
      if (known.list(idOf(index), dayOf(index), { hours })) changed.push(index);
    }
    expect(changed).toEqual([0, 500, 1000, 1500, 2000, 2500]);
    expect(known.unlisted()).toEqual([]);
  });

  it('knows which were not listed, and forgets them one by one or by their days', () => {
    const known = createKnown(knownOf(56).encode());
    for (let index = 0; index < 54; index++) known.list(idOf(index), dayOf(index), { hours: String(index) });
    expect(known.unlisted().sort()).toEqual([idOf(54), idOf(55)]);
    known.forget(idOf(54));
    expect(known.unlisted()).toEqual([idOf(55)]);
    known.forget(4711);
    known.forgetWhere((day, listed) => day < '2026-02-03' && listed);
    expect(Object.keys(known.encode()).sort()[0]).toBe('2026-02-03');
    expect(known.unlisted()).toEqual([idOf(55)]);
    // What was forgotten is new when it comes again.
    expect(known.list(idOf(54), dayOf(54), { hours: '54' })).toBe(true);
    expect(known.list(idOf(54), dayOf(54), { hours: '54' })).toBe(false);
  });

  it('holds ids of any size and order apart', () => {
    const ids = Array.from({ length: 5000 }, (_, index) => ((index * 7919) % 5000) * 2 ** 20 + 1);
    const known = createKnown();
    for (const id of ids) expect(known.list(id, '2026-02-01', { id: String(id) })).toBe(true);
    const again = createKnown(known.encode());
    for (const id of ids) expect(again.list(id, '2026-02-01', { id: String(id) })).toBe(false);
    expect(again.unlisted()).toEqual([]);
  });
});
