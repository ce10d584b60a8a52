import { expect, it } from 'vitest';
import { declaredOptions, settingsOf } from '../../../bridge/systems/hubspot/options.ts';

const token = () => 'secret';

it('takes the options of the rules, and the usual ones for the rest', () => {
  const settings = settingsOf({
    token,
    ...declaredOptions({ stage_won: 'signed', time_zone: 'Europe/Berlin' }),
  });
  expect(settings).toMatchObject({
    pipeline: 'default',
    stages: { open: 'appointmentscheduled', won: 'signed', lost: 'closedlost' },
    timeZone: 'Europe/Berlin',
  });
});

it('knows UTC', () => {
  expect(declaredOptions({ time_zone: 'UTC' })).toMatchObject({ timeZone: 'UTC' });
});

it.each([
  [{ stages: 'x' }, 'stages'],
  [{ time_zone: 'Berlin' }, 'time_zone'],
])('refuses %o by its name', (declared, name) => {
  expect(() => declaredOptions(declared)).toThrow(name);
});

it('refuses a page of search results that HubSpot would refuse', () => {
  expect(() => settingsOf({ token, searchPage: 201 })).toThrow('201');
});
