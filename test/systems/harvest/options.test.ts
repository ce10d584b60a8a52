import { expect, it } from 'vitest';
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
