import { describe, expect, test } from 'vitest';
import type { FieldKind, State, Value } from '../../bridge/entities/field.ts';
import { evaluate } from '../../bridge/rules/expression.ts';
import { checkExpression } from '../../bridge/rules/expression-check.ts';
import type { Expression } from '../../bridge/rules/part.ts';

const fields: Readonly<Record<string, FieldKind>> = {
  name: 'text',
  status: 'code',
  day: 'day',
  billable: 'flag',
  hours: 'decimal',
  rate: 'decimal',
  customer: 'reference',
  opportunities: 'references',
};

const state: State = {
  name: 'Alpha',
  status: 'active',
  day: '2026-01-31',
  billable: true,
  hours: '7.50',
  rate: '0.1',
  customer: '7',
  opportunities: ['1', '2'],
};

function expression(text: string): Expression {
  const result = checkExpression(text, fields, 'timesheet');
  if ('problem' in result) throw new Error(`${text}: ${result.problem.message}`);
  return result.expression;
}

const value = (text: string, change: State = {}) => evaluate(expression(text), { ...state, ...change });

describe('an expression', () => {
  test.each<[string, Value]>([
    ['name + " (" + status + ")"', 'Alpha (active)'],
    ['name.lowerAscii()', 'alpha'],
    ['name.startsWith("Al") && !name.contains("z")', true],
    ['status in ["active", "closed"]', true],
    ['day >= "2026-01-01" && day < "2026-02-01"', true],
    ['billable ? "yes" : "no"', 'yes'],
    ['name.split("p").join("b")', 'Albha'],
    ['name.substring(0, 2)', 'Al'],
    ['size(name)', '5'],
    ['opportunities.exists(id, id == "2")', true],
    ['customer == "7"', true],
    ['hours * 2', '15'],
    ['2 * hours', '15'],
    ['1.5 * hours', '11.25'],
    ['-hours', '-7.5'],
    ['hours / 3', '2.5'],
    ['round(hours / 7, 2)', '1.07'],
    ['hours > 7 && 7 < hours && hours >= 7.5 && hours <= rate * 75', true],
    ['hours == 7.5 && hours != 8 && 8 != hours', true],
    ['string(hours) + " h"', '7.5 h'],
    ['decimal("1.10") + rate', '1.2'],
    ['int(name.size()) + 1', '6'],
    ['hours * (decimal("21") / 100)', '1.575'],
    ['hours * (100 + 21) / 100', '9.075'],
    ['hours * 1.1 * 1.1', '9.075'],
    ['name + " // " + r"\\//" + \'it // \\\' //\'', "Alpha // \\//it // ' //"],
    ['status == "" || day == "" || opportunities.exists(day, day == "2")', true],
  ])('%s', (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  test('computes amounts exactly', () => {
    expect(value('rate + rate + rate')).toBe('0.3');
    expect(value('rate * 3 == decimal("0.3")')).toBe(true);
    expect(value('hours + rate', { hours: '12345678901234567890.01' })).toBe('12345678901234567890.11');
    expect(value('round(hours, 0)', { hours: '2.5' })).toBe('3');
    expect(value('round(hours, 0)', { hours: '-2.5' })).toBe('-3');
  });

  test('takes an empty text as "", an empty flag as false, an empty list as one without items', () => {
    const empty = { name: null, status: null, billable: null, opportunities: null };
    expect(value('name + status', empty)).toBe(null);
    expect(value('name == "" && name.isEmpty() && opportunities.isEmpty()', empty)).toBe(true);
    expect(value('billable', empty)).toBe(false);
  });

  test('leaves what is computed with an empty decimal empty, and compares it with nothing', () => {
    const empty = { hours: null };
    for (const text of ['hours', 'hours + 1', '1 - hours', 'hours * rate', '-hours', 'round(hours, 1)'])
      expect(value(text, empty)).toBe(null);
    for (const text of ['hours > 0', 'hours < 0', 'hours >= hours', 'hours == 0'])
      expect(value(text, empty)).toBe(false);
    expect(value('hours == hours && hours.isEmpty() && hours != 0', empty)).toBe(true);
    expect(value('string(hours)', empty)).toBe(null);
  });

  test('is unknown as long as a field is that it reads', () => {
    const { name: _, ...unknown } = state;
    expect(evaluate(expression('name + status'), unknown)).toBeUndefined();
    expect(evaluate(expression('billable || name == ""'), unknown)).toBeUndefined();
    expect(evaluate(expression('status'), unknown)).toBe('active');
  });

  test('knows the fields that it reads', () => {
    expect(expression('name + status').fields).toEqual({ name: 'text', status: 'code' });
    expect(expression('opportunities.all(name, name != "")').fields).toHaveProperty('opportunities');
    expect(expression('"name"').fields).toEqual({});
  });

  test.each([
    ['hours / 0', 'division by zero'],
    ['hours / (rate - rate)', 'division by zero'],
    ['decimal(name)', '"Alpha" is no decimal such as "1250.50"'],
    ['name.substring(9)', /substring/],
    ['1 % 0', 'modulo by zero'],
  ])('%s says in one line why it cannot be computed', (text, reason) => {
    expect(() => value(text)).toThrow(reason);
    expect(() => value(text)).not.toThrow('\n');
  });

  test('reaches nothing but the fields', () => {
    for (const text of [
      'constructor',
      '__proto__',
      'name.constructor',
      'process.env',
      'name["length"]',
      'this',
    ])
      expect('problem' in checkExpression(text, fields, 'timesheet'), text).toBe(true);
  });

  test('has an end', () => {
    const long = Array.from({ length: 600 }, () => 'name').join(' + ');
    const deep = `${'('.repeat(200)}name${')'.repeat(200)}`;
    for (const text of [long, deep])
      expect('problem' in checkExpression(text, fields, 'timesheet')).toBe(true);
  });
});
