import { describe, expect, test } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import { keysOf, lookedUpAs, neighbourhoods } from '../../bridge/matching/key.ts';
import { likelyFrom, scoreOf } from '../../bridge/matching/score.ts';
import { createRandom } from '../engine/random.ts';

const acme: State = {
  name: 'Acme Consulting GmbH',
  vat: null,
  domain: 'acme.example',
  email: 'info@acme.example',
  phone: '+49 30 555 12 34',
  street: 'Hauptstraße 5',
  postal_code: '10115',
  city: 'Berlin',
  country: 'DE',
};

const likely: readonly (readonly [string, State, State])[] = [
  ['the same name and nothing else', { name: 'Acme' }, { name: 'ACME' }],
  ['a legal form that one side leaves out', { name: 'Acme Consulting GmbH' }, { name: 'Acme Consulting' }],
  ['another legal form', { name: 'Acme GmbH' }, { name: 'Acme AG' }],
  ['an umlaut written out', { name: 'Müller & Söhne' }, { name: 'Mueller und Soehne' }],
  ['a slip', { name: 'Northwind Traders' }, { name: 'Nortwind Trader' }],
  ['one word or two', { name: 'North Wind' }, { name: 'Northwind' }],
  ['words in another order', { name: 'Consulting Acme' }, { name: 'Acme Consulting' }],
  ['an article', { name: 'The Acme Company' }, { name: 'Acme' }],
  [
    'another name at the same address, telephone and domain',
    acme,
    { ...acme, name: 'Acme Consulting & Training', email: null },
  ],
  ['the same name, other telephone', acme, { name: 'Acme Consulting', phone: '+49 40 999 88 77' }],
  [
    'the same name, other address',
    { name: 'Acme', street: 'Hauptstr. 5', city: 'Berlin' },
    { name: 'Acme', street: 'Seeweg 9', city: 'Kiel' },
  ],
  [
    'a VAT number without its prefix',
    { name: 'Acme', vat: 'DE123456789' },
    { name: 'Acme GmbH', vat: '123456789' },
  ],
  [
    'a VAT number that begins with a letter, without its prefix',
    { name: 'Talleres Sol', vat: 'ESB12345674', country: 'ES' },
    { name: 'Talleres Sol SL', vat: 'B12345674' },
  ],
];

const unlikely: readonly (readonly [string, State, State])[] = [
  ['only the first word in common', { name: 'Acme Holding' }, { name: 'Acme Trading' }],
  ['a word more', { name: 'Acme' }, { name: 'Acme Europe Services' }],
  ['two names with words that everybody has', { name: 'Global Services' }, { name: 'Global Solutions' }],
  ['another VAT number', { name: 'Acme', vat: 'DE123456789' }, { name: 'Acme', vat: 'DE987654321' }],
  [
    'the same telephone only',
    { name: 'Acme', phone: '030 5551234' },
    { name: 'Initech', phone: '030 5551234' },
  ],
  [
    'the same address only',
    { name: 'Acme', street: 'Hauptstraße 5', postal_code: '10115' },
    { name: 'Initech', street: 'Hauptstr. 5', postal_code: '10115' },
  ],
  [
    'another VAT number with the same digits',
    { name: 'Acme', vat: 'BE123456789' },
    { name: 'Acme', vat: 'DE123456789' },
  ],
  ['nothing to compare', { name: 'Acme' }, { phone: '030 5551234' }],
  ['two short names', { name: 'AB' }, { name: 'AC' }],
];

describe('scoreOf', () => {
  test.each(likely)('a person is asked: %s', (_, left, right) => {
    expect(scoreOf('customer', left, right).score).toBeGreaterThanOrEqual(likelyFrom);
  });

  test.each(unlikely)('nobody is asked: %s', (_, left, right) => {
    expect(scoreOf('customer', left, right).score).toBeLessThan(likelyFrom);
  });

  test('gives the evidence, the most telling first', () => {
    expect(scoreOf('customer', acme, { ...acme, name: 'ACME', domain: 'acme.test', phone: null })).toEqual({
      score: expect.any(Number),
      evidence: [
        expect.objectContaining({ field: 'name', left: 'Acme Consulting GmbH', right: 'ACME', weight: 0.4 }),
        {
          field: 'email',
          left: 'info@acme.example',
          right: 'info@acme.example',
          similarity: 1,
          weight: 0.15,
        },
        {
          field: 'address',
          left: 'Hauptstraße 5, 10115, Berlin, DE',
          right: 'Hauptstraße 5, 10115, Berlin, DE',
          similarity: 1,
          weight: 0.15,
        },
        { field: 'domain', left: 'acme.example', right: 'acme.test', similarity: 0, weight: 0.08 },
      ],
    });
  });

  test('people are compared without legal forms', () => {
    expect(scoreOf('worker', { name: 'Jane Doe' }, { name: 'Doe, Jane' }).score).toBeGreaterThan(likelyFrom);
    expect(scoreOf('worker', { name: 'Jane Co' }, { name: 'Jane' }).score).toBeLessThan(likelyFrom);
  });

  const seed = Number(process.env.MATCHING_SEED ?? 1);
  test(`is the same from both sides, between 0 and 1, and 1 at most with oneself (seed ${seed})`, () => {
    const random = createRandom(seed);
    const letters = [...'abcdefg éü&.-'];
    const word = () => Array.from({ length: random.below(12) }, () => random.pick(letters)).join('');
    const state = (): State => ({
      name: `${word()} ${word()}`,
      ...(random.chance(0.5) ? { phone: `0${random.below(3)}55512${random.below(90)}` } : {}),
      ...(random.chance(0.5) ? { domain: `${random.pick(letters)}.example` } : {}),
      ...(random.chance(0.5) ? { street: `${word()} ${random.below(9)}`, postal_code: '1000' } : {}),
      ...(random.chance(0.3) ? { vat: `BE${random.below(3)}` } : {}),
    });
    for (let round = 0; round < 2000; round++) {
      const [left, right] = [state(), state()];
      const { score } = scoreOf('customer', left, right);
      expect(scoreOf('customer', right, left).score, JSON.stringify([left, right])).toBe(score);
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1);
    }
  });
});

describe('neighbourhoods', () => {
  test.each(likely)('those that a person is asked about are found among the known: %s', (_, left, right) => {
    const found = new Set(neighbourhoods('customer', right).map(({ field, value }) => `${field} ${value}`));
    const asked = neighbourhoods('customer', left).flatMap(lookedUpAs);
    expect(asked.some(({ field, value }) => found.has(`${field} ${value}`))).toBe(true);
  });

  test('exact keys come beside them, each field once', () => {
    const keys = keysOf({ exact: { customer: ['vat', 'domain'] }, likely: ['customer'] }, 'customer', acme);
    expect(keys).toContainEqual({ field: 'domain', value: 'acme.example' });
    expect(keys).toContainEqual({ field: '~phone', value: '5551234' });
    expect(keys).toContainEqual({ field: '~address', value: '10115 haup' });
    expect(new Set(keys.map(({ field }) => field)).size).toBe(keys.length);
    expect(keysOf({ exact: { customer: ['vat'] }, likely: [] }, 'customer', acme)).toEqual([]);
  });
});
