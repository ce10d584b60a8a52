import { describe, expect, it } from 'vitest';
import { countryCode, countryName } from '../../../bridge/systems/hubspot/country.ts';
import { dayIn, noonOf } from '../../../bridge/systems/hubspot/day.ts';
import { readable } from '../../../bridge/systems/hubspot/explain.ts';
import { fromProperty } from '../../../bridge/systems/hubspot/mapping.ts';

describe('countries', () => {
  it.each(['DE', 'US', 'GB', 'CZ', 'MK'])('brings %s there and back', (code) => {
    expect(countryName(code)).not.toBe(code);
    expect(countryCode(countryName(code))).toBe(code);
  });

  it.each([
    ['germany ', 'DE'],
    ['USA', 'US'],
    ['uk', 'GB'],
    ['de', 'DE'],
    ['Atlantis', undefined],
    ['XX', undefined],
  ])('reads "%s" as %s', (text, code) => {
    expect(countryCode(text)).toBe(code);
  });
});

describe('days', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Asia/Tokyo'])('keeps a day in %s', (zone) => {
    expect(dayIn(zone, noonOf('2026-12-31'))).toBe('2026-12-31');
  });

  it('reads milliseconds too', () => {
    expect(dayIn('UTC', String(Date.UTC(2026, 0, 31)))).toBe('2026-01-31');
  });
});

it('gives amounts as plain decimals', () => {
  expect(fromProperty('decimal', '1E+3', 'UTC')).toBe('1000');
  expect(fromProperty('decimal', '0.10', 'UTC')).toBe('0.1');
  expect(fromProperty('decimal', '', 'UTC')).toBe(null);
});

it.each([
  ['decimal', 'many'],
  ['flag', 'perhaps'],
  ['text', undefined],
] as const)('does not take for empty what it cannot read as %s', (kind, value) => {
  expect(fromProperty(kind, value, 'UTC')).toBeUndefined();
});

it("takes the JSON out of HubSpot's sentences", () => {
  const message = `Property values were not valid: [{"isValid":false,"message":"x was not a valid number.","name":"amount"}]`;
  expect(readable(message)).toBe('amount: x was not a valid number.');
  expect(readable('Something [{ else')).toBe('Something [{ else');
});
