import { describe, expect, test } from 'vitest';
import type { State, Value } from '../../bridge/entities/field.ts';
import { mapFields } from '../../bridge/rules/mapping.ts';
import type { Conditions } from '../../bridge/rules/part.ts';
import { holds, referencesOf, rulesFrom } from '../../bridge/rules/routes.ts';
import type { Rule, RuleSet } from '../../bridge/rules/rule.ts';

const baseRule: Rule = {
  id: 'a',
  entity: 'project',
  from: 'erp',
  to: 'psa',
  fields: ['name', 'customer', 'status'],
  when: {},
  otherwise: 'keep',
  mappings: {},
  deleted: 'keep',
  propose: false,
  timing: { kind: 'real-time' },
  shadow: false,
  overrides: [],
  match: [],
  create: 'always',
  lane: 'operations',
};
const rule = (change: Partial<Rule>): Rule => ({ ...baseRule, ...change });

describe('rulesFrom', () => {
  const toPsa = rule({ id: 'to-psa' });
  const toCrm = rule({ id: 'to-crm', to: 'crm' });
  const back = rule({ id: 'back', from: 'psa', to: 'erp' });
  const task = rule({ id: 'task', entity: 'task' });
  const ruleSet: RuleSet = {
    version: '1',
    systems: [],
    rules: [toPsa, back, task, toCrm],
    entities: {},
    tables: {},
    subscribers: [],
    flows: [],
    reconciliations: [],
  };

  test('gives the rules of a role and an entity, in the order they are written in', () => {
    expect(rulesFrom(ruleSet, 'erp', 'project')).toEqual([toPsa, toCrm]);
    expect(rulesFrom(ruleSet, 'psa', 'project')).toEqual([back]);
    expect(rulesFrom(ruleSet, 'crm', 'project')).toEqual([]);
  });

  test('does not mix up rule sets', () => {
    const other: RuleSet = { ...ruleSet, rules: [toCrm] };
    expect(rulesFrom(other, 'erp', 'project')).toEqual([toCrm]);
    expect(rulesFrom(ruleSet, 'erp', 'project')).toEqual([toPsa, toCrm]);
  });
});

describe('holds', () => {
  test.each<[string, Conditions, State, boolean]>([
    ['no condition', {}, {}, true],
    ['the value', { status: 'active' }, { status: 'active' }, true],
    ['another value', { status: 'active' }, { status: 'closed' }, false],
    ['one of the values', { status: ['active', 'closed'] }, { status: 'closed' }, true],
    ['none of the values', { status: ['active', 'closed'] }, { status: 'paused' }, false],
    ['all conditions', { status: 'active', billable: true }, { status: 'active', billable: true }, true],
    [
      'only one condition',
      { status: 'active', billable: true },
      { status: 'active', billable: false },
      false,
    ],
    ['false where false is wanted', { billable: false }, { billable: false }, true],
    ['empty where empty is wanted', { customer: null }, { customer: null }, true],
    ['a value where empty is wanted', { customer: null }, { customer: '7' }, false],
    ['empty among the values', { customer: [null, '7'] }, { customer: null }, true],
    ['unknown where a value is wanted', { status: 'active' }, {}, false],
    ['unknown where empty is wanted', { customer: null }, {}, false],
    ['text that looks like a flag', { billable: true }, { billable: 'true' }, false],
  ])('%s', (_, conditions, state, expected) => {
    expect(holds(conditions, state)).toBe(expected);
  });
});

describe('mapFields', () => {
  test('carries listed fields that are known, empty ones included', () => {
    const state = { name: 'Rollout', customer: null, currency: 'EUR' };
    expect(mapFields(baseRule, state)).toEqual({ name: 'Rollout', customer: null });
  });
});

describe('referencesOf', () => {
  test('names the fields that are ids, and of what', () => {
    expect(referencesOf(rule({ entity: 'timesheet', fields: ['worker', 'hours', 'task'] }))).toEqual([
      { field: 'worker', entity: 'worker', many: false },
      { field: 'task', entity: 'task', many: false },
    ]);
    expect(referencesOf(rule({ entity: 'invoice', fields: ['opportunities'] }))).toEqual([
      { field: 'opportunities', entity: 'opportunity', many: true },
    ]);
  });

  test('is worked out once', () => expect(referencesOf(baseRule)).toBe(referencesOf(baseRule)));
});

describe('for any conditions and states', () => {
  const names = ['a', 'b', 'c', 'd'];
  const values: readonly Value[] = ['x', 'y', '', true, false, null, ['x', 'y']];
  const rounds = 5_000;

  /** Runs `check` on random input; a failure names the seed that brings it back. */
  function property(check: (random: Random) => void): void {
    const first = Math.floor(Math.random() * 1e9);
    for (let seed = first; seed < first + rounds; seed++) {
      try {
        check(createRandom(seed));
      } catch (error) {
        throw new Error(`failed with seed ${seed}`, { cause: error });
      }
    }
  }

  const anyState = (random: Random): State =>
    Object.fromEntries(names.filter(() => random.chance(0.7)).map((name) => [name, random.pick(values)]));

  test('conditions made of a state hold for it, and for it with more fields', () => {
    property((random) => {
      const state = anyState(random);
      const conditions: Conditions = Object.fromEntries(
        Object.entries(state)
          .filter(([, value]) => !Array.isArray(value) && random.chance(0.6))
          .map(([name, value]) => [name, random.chance(0.5) ? value : [random.pick(['x', null]), value]]),
      );
      expect(holds(conditions, state)).toBe(true);
      expect(holds(conditions, { ...state, more: 'z' })).toBe(true);
    });
  });

  test('one condition that fails is enough, wherever it stands', () => {
    property((random) => {
      const state = anyState(random);
      const name = random.pick(names);
      const conditions: Conditions = { ...(random.chance(0.5) ? { more: 'z' } : {}), [name]: 'never' };
      expect(holds(conditions, { ...state, more: 'z' })).toBe(false);
    });
  });

  test('a list holds exactly when one of its values does', () => {
    property((random) => {
      const state = anyState(random);
      const choices = values.filter((value) => !Array.isArray(value) && random.chance(0.4));
      const each = choices.map((choice) => holds({ a: choice }, state));
      expect(holds({ a: choices }, state)).toBe(each.includes(true));
    });
  });

  test('mapping takes only listed fields, changes no value, and mapping again changes nothing', () => {
    property((random) => {
      const state = anyState(random);
      const before = structuredClone(state);
      const carrier = rule({ fields: names.filter(() => random.chance(0.5)) });
      const mapped = mapFields(carrier, state);
      const expected = Object.keys(state).filter((name) => carrier.fields.includes(name));
      expect(Object.keys(mapped).sort()).toEqual(expected.sort());
      for (const name of expected) expect(mapped[name]).toBe(state[name]);
      expect(mapFields(carrier, mapped)).toEqual(mapped);
      expect(state).toEqual(before);
    });
  });
});

interface Random {
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
}

/** A reproducible source of chance (mulberry32). */
function createRandom(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    chance: (probability) => next() < probability,
    pick: <T>(items: readonly T[]) => items[Math.floor(next() * items.length)] as T,
  };
}
