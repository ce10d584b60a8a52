import { describe, expect, test } from 'vitest';
import { newId } from '../../bridge/entities/id.ts';

describe('newId', () => {
  test('makes UUIDs of version 7 that are all different and sort in the order they were made', () => {
    const ids = Array.from({ length: 10_000 }, newId);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });

  test('begins with the time it was made', () => {
    const before = Date.now();
    const id = newId();
    const milliseconds = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
    expect(milliseconds).toBeGreaterThanOrEqual(before);
    expect(milliseconds).toBeLessThanOrEqual(Date.now());
  });
});
