import { expect, test } from 'vitest';
import { closest, editDistance, suggest } from '../../bridge/rules/suggest.ts';

test.each([
  ['', '', 0],
  ['name', 'name', 0],
  ['', 'name', 4],
  ['nam', 'name', 1],
  ['names', 'name', 1],
  ['nome', 'name', 1],
  ['feilds', 'fields', 1],
  ['kitten', 'sitting', 3],
  ['ca', 'abc', 3],
])('from "%s" to "%s" it is %d', (left, right, distance) => {
  expect(editDistance(left, right)).toBe(distance);
  expect(editDistance(right, left)).toBe(distance);
});

test('the closest word wins', () => {
  expect(closest('billing_opn', ['billing_status', 'billing_open', 'open'])).toBe('billing_open');
});

test('capitals do not count', () => expect(closest('VAT', ['name', 'vat'])).toBe('vat'));

test('a word that is near nothing is not guessed', () =>
  expect(closest('xyz', ['name', 'vat'])).toBeUndefined());

test('without a guess, what is known is listed', () => {
  expect(suggest('xyz', ['name', 'vat'])).toBe('known: name, vat');
  expect(suggest('xyz', [])).toBeUndefined();
});
