import { describe, expect, test } from 'vitest';
import { sameFieldValue } from '../../bridge/entities/comparison.ts';
import { decimal, flag, references, text, type Value } from '../../bridge/entities/field.ts';

const hours = decimal('Hours.', { unit: 'hours' });
const notes = text('Notes.');
const sales = references('opportunity', 'Sales.');

describe('two systems say the same', () => {
  test.each<[string, typeof hours, Value | undefined, Value | undefined]>([
    ['decimals with other places', hours, '1250.50', '1250.5'],
    ['decimals with leading zeros', hours, '007.0', '7'],
    ['zero with a sign', hours, '-0.00', '0'],
    ['more digits than a float holds', hours, '9007199254740993.10', '9007199254740993.1'],
    ['lists in another order', sales, ['2', '1'], ['1', '2']],
    ['lists with repetitions', sales, ['1', '1', '2'], ['2', '1']],
    ['an empty list and none', sales, [], null],
    ['equal texts', notes, 'a', 'a'],
    ['both empty', hours, null, null],
    ['both not known', hours, undefined, undefined],
  ])('%s', (_what, field, left, right) => {
    expect(sameFieldValue(field, left, right)).toBe(true);
    expect(sameFieldValue(field, right, left)).toBe(true);
  });
});

describe('two systems differ', () => {
  test.each<[string, typeof hours, Value | undefined, Value | undefined]>([
    ['by the least amount', hours, '1250.50', '1250.51'],
    ['beyond what a float holds', hours, '9007199254740993', '9007199254740992'],
    ['in the sign', hours, '1', '-1'],
    ['zero and empty', hours, '0', null],
    ['empty and not known', hours, null, undefined],
    ['an empty list and one not known', sales, [], undefined],
    ['lists of equal length', sales, ['1', '2'], ['1', '3']],
    ['a part of a list', sales, ['1'], ['1', '2']],
    ['texts that are the same number', notes, '1.0', '1'],
    ['what only looks like a number', hours, '1e3', '1000'],
    ['flags', flag('A flag.'), true, false],
  ])('%s', (_what, field, left, right) => {
    expect(sameFieldValue(field, left, right)).toBe(false);
    expect(sameFieldValue(field, right, left)).toBe(false);
  });
});
