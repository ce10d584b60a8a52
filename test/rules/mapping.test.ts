import { describe, expect, test } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import { MappingError, mapFields } from '../../bridge/rules/mapping.ts';
import { activeRule, applies, effective, readsOf } from '../../bridge/rules/routes.ts';
import type { Rule } from '../../bridge/rules/rule.ts';
import { load, systems } from './folder.ts';

/** A rule for projects as people write it: what stands behind `fields`, and more keys. */
function ruleOf(fields: string, more = ''): Rule {
  const text = `entity: project
extensions:
  x_grade: {kind: code, values: [a, b], meaning: How big it is., erp: grade, psa: grade}
  x_size: {kind: code, values: [small, large], meaning: The same elsewhere., erp: size, psa: size}
tables:
  sizes: {a: small, otherwise: large, null: small}
  strict: {Alpha: first}
  flags: {true: "yes", false: "no"}
rules:
  - {id: projects, from: erp, to: psa, fields: [${fields}]${more}}
`;
  return load({ 'systems.yaml': systems, 'project.yaml': text }).rules[0] as Rule;
}

const mapped = (fields: string, state: State) => mapFields(ruleOf(fields), state);

describe('mapFields', () => {
  test('takes a value from another field', () => {
    expect(mapped('{code: {field: name}}', { name: 'Alpha', code: 'A1' })).toEqual({ code: 'Alpha' });
    expect(mapped('{code: {field: name}}', { code: 'A1' })).toEqual({});
  });

  test('looks values up in a table', () => {
    const fields = '{x_size: {field: x_grade, table: sizes}}';
    expect(mapped(fields, { x_grade: 'a' })).toEqual({ x_size: 'small' });
    expect(mapped(fields, { x_grade: 'b' })).toEqual({ x_size: 'large' });
    expect(mapped(fields, { x_grade: null })).toEqual({ x_size: 'small' });
    expect(mapped(fields, {})).toEqual({});
    expect(mapped('{code: {field: billable, table: flags}}', { billable: false })).toEqual({ code: 'no' });
  });

  test('leaves an empty value empty where the table does not name it', () => {
    expect(mapped('{code: {field: name, table: strict}}', { name: null })).toEqual({ code: null });
  });

  test('refuses a value that a table does not have, in plain words', () => {
    const fields = '{code: {field: name, table: strict}}';
    const message =
      'The value table "strict" does not say what "constructor" becomes, which the rule projects needs for the field "code". Add it to the table, or correct the value.';
    expect(() => mapped(fields, { name: 'constructor' })).toThrow(new MappingError(message, 'projects'));
  });

  test('sets constants, and computes', () => {
    const fields = '{billable: {constant: true}}, {name: {expression: \'name + " " + code\'}}';
    expect(mapped(fields, { name: 'Alpha', code: 'A1' })).toEqual({ billable: true, name: 'Alpha A1' });
    expect(mapped(fields, { name: 'Alpha' })).toEqual({ billable: true });
  });

  test.each([
    [
      "{status: {expression: 'name'}}",
      'The rule projects makes "Alpha" for the field "status", which must be one of active, ',
    ],
    [
      "{starts_on: {expression: 'name'}}",
      'The rule projects makes "Alpha" for the field "starts_on", which must be a day. Correct what it is made from, or the expression name',
    ],
    [
      "{name: {expression: 'name.substring(9)'}}",
      'The rule projects cannot compute the field "name" by name.substring(9): ',
    ],
  ])('%s is refused where its result cannot be', (fields, message) => {
    expect(() => mapped(fields, { name: 'Alpha' })).toThrow(MappingError);
    expect(() => mapped(fields, { name: 'Alpha' })).toThrow(message);
  });

  test('an expression may leave a field empty', () => {
    expect(mapped("{status: {expression: 'code'}}", { code: null })).toEqual({ status: null });
  });
});

describe('what a rule is for an object', () => {
  const rule = ruleOf(
    'name, status',
    `, when: {billable: true}, where: 'name != "secret"', overrides: [
      {when: {legal_entity: FR}, skip: true},
      {where: 'code.startsWith("X")', fields: [name, {code: {constant: moved}}], lane: bulk},
      {when: {status: closed}, lane: finance}]`,
  );
  const project: State = { name: 'Alpha', status: 'active', billable: true, legal_entity: 'DE', code: 'A1' };

  test('its conditions and its expression decide whether it applies', () => {
    expect(applies(rule, project)).toBe(true);
    expect(applies(rule, { ...project, billable: false })).toBe(false);
    expect(applies(rule, { ...project, name: 'secret' })).toBe(false);
    const { name: _, ...unknown } = project;
    expect(applies(rule, unknown)).toBe(false);
  });

  test('the rule itself, where no override holds', () => {
    expect(effective(rule, project)).toBe(rule);
    expect(activeRule(rule, project)).toBe(rule);
  });

  test('nothing, where an override leaves such objects out', () => {
    expect(effective(rule, { ...project, legal_entity: 'FR' })).toBeUndefined();
    expect(activeRule(rule, { ...project, legal_entity: 'FR' })).toBeUndefined();
  });

  test('what the first override says that holds, and no other', () => {
    const moved = effective(rule, { ...project, code: 'X1', status: 'closed' });
    expect(moved).toMatchObject({ id: 'projects', fields: ['name', 'code'], lane: 'bulk' });
    expect(mapFields(moved as Rule, project)).toEqual({ name: 'Alpha', code: 'moved' });
    expect(effective(rule, { ...project, status: 'closed' })).toMatchObject({
      fields: ['name', 'status'],
      lane: 'finance',
    });
  });

  test('is worked out once', () => {
    expect(effective(rule, { ...project, code: 'X1' })).toBe(effective(rule, { ...project, code: 'X2' }));
  });

  test('tells which fields of the source it is made of', () => {
    const made = ruleOf(
      "name, {code: {field: status, table: strict}}, {starts_on: {expression: 'ends_on'}}, {billable: {constant: true}}".replace(
        ', table: strict',
        '',
      ),
    );
    expect(readsOf(made)).toEqual(['name', 'status', 'ends_on']);
  });
});
