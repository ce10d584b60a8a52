import { expect, it } from 'vitest';
import { createHarvest } from '../../../bridge/systems/harvest/connector.ts';
import { declaredOptions, settingsOf } from '../../../bridge/systems/harvest/options.ts';

const credentials = { token: () => 'secret', accountId: '1' };

it('takes the options of the rules, and the usual ones for the rest', () => {
  const settings = settingsOf({
    ...credentials,
    ...declaredOptions({ bill_by: 'Tasks', window_days: '62' }),
  });
  expect(settings).toMatchObject({ billBy: 'Tasks', budgetBy: 'none', windowDays: 62 });
});

it.each([
  [{ windowDays: '62' }, 'windowDays'],
  [{ window_days: '0' }, 'window_days'],
  [{ bill_by: 'tasks' }, 'bill_by'],
])('refuses %o by its name', (declared, name) => {
  expect(() => declaredOptions(declared)).toThrow(name);
});

it.each([
  [undefined, 33],
  [{ requests: 30, milliseconds: 1000 }, 10],
  [{ requests: 2, milliseconds: 1000 }, 1],
])('takes up as many deliveries at once as the limit %o lets through', async (limit, expected) => {
  const connector = createHarvest({ ...credentials, ...(limit === undefined ? {} : { limit }) });
  expect(connector.claimLimit).toBe(expected);
  await connector.close();
});
