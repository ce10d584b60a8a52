import { expect, test } from 'vitest';
import { readSince } from '../../bridge/commands/since.ts';

const now = Date.UTC(2026, 0, 31, 12);

test.each([
  ['7d', '2026-01-24T12:00:00.000Z'],
  ['12h', '2026-01-31T00:00:00.000Z'],
  ['30m', '2026-01-31T11:30:00.000Z'],
  ['2026-01-05', '2026-01-05T00:00:00.000Z'],
  ['2026-01-05T08:00Z', '2026-01-05T08:00:00.000Z'],
  ['2026-01-05T08:00:30.5+01:00', '2026-01-05T07:00:30.500Z'],
])('%s is %s', (text, instant) => {
  expect(readSince(text, now)).toBe(instant);
});

test.each(['', '7', 'd', '7w', '-7d', '1.5d', '2026-02-30', '2026-13-01', '2026-01-05T08:00', 'yesterday'])(
  '"%s" is refused',
  (text) => {
    expect(() => readSince(text, now)).toThrow(`"${text}" is no period: write 7d`);
  },
);

test.each(['2026-02-01', '2026-01-31T12:00:01Z'])('%s is refused while it is still to come', (text) => {
  expect(() => readSince(text, now)).toThrow(`"${text}" is still to come: name a moment in the past.`);
});
