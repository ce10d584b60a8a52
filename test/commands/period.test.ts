import { expect, test } from 'vitest';
import { readPeriod } from '../../bridge/commands/period.ts';

test.each([
  [{ month: '2026-02' }, { from: '2026-02-01', to: '2026-02-28' }],
  [{ month: '2028-02' }, { from: '2028-02-01', to: '2028-02-29' }],
  [{ month: '2026-12' }, { from: '2026-12-01', to: '2026-12-31' }],
  [{ from: '2026-10-05' }, { from: '2026-10-05' }],
  [{}, {}],
])('%j is %j', (given, period) => {
  expect(readPeriod(given)).toEqual(period);
});

test.each([
  [{ month: '2026-13' }, '--month looks like 2026-10, not "2026-13".'],
  [{ month: '2026-10', from: '2026-10-01' }, 'Give --month, or --from and --to.'],
  [{ from: '2026-02-30' }, '--from is a day such as 2026-10-31, not "2026-02-30".'],
  [{ from: '2026-10-02', to: '2026-10-01' }, '--from 2026-10-02 is after --to 2026-10-01.'],
])('%j is refused', (given, message) => {
  expect(() => readPeriod(given)).toThrow(message);
});
