import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const bytesPerId = 16;
const pool = new Uint8Array(256 * bytesPerId);
let used = pool.length;
let lastMilliseconds = 0;
let sequence = 0;

/**
 * A new UUIDv7: an id that is made later sorts behind, also within one millisecond and when the clock is set back.
 * Randomness is drawn for many ids at once; asking the operating system for each costs more than anything else that
 * happens to a delivery in memory.
 */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + bytesPerId);
  used += bytesPerId;
  const now = Date.now();
  if (now > lastMilliseconds) {
    lastMilliseconds = now;
    sequence = 0;
  } else sequence++;
  return v7({ random, msecs: lastMilliseconds, seq: sequence });
}

/** When a UUIDv7 was made, in milliseconds since 1970. */
export const madeAtMs = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
