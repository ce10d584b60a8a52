import { describe, expect, test } from 'vitest';
import { ownerOf, trespasses } from '../../bridge/rules/ownership.ts';
import { load, systems } from './folder.ts';

const rules = load({
  'systems.yaml': systems,
  'customer.yaml': `entity: customer
owner: erp
owners: {phone: crm}
rules:
  - {id: a, from: erp, to: crm, fields: [name]}
  - {id: b, from: crm, to: erp, fields: [phone]}
`,
  'worker.yaml': `entity: worker
rules:
  - {id: w, from: psa, to: erp, fields: [name], overrides: [{when: {active: true}, fields: [email]}]}
`,
});

describe('ownerOf', () => {
  test.each([
    ['customer', 'phone', 'crm', 'its own owner'],
    ['customer', 'city', 'erp', 'the owner of the entity'],
    ['customer', 'billing_open', 'erp', 'the erp, for an accounting outcome'],
    ['worker', 'name', 'psa', 'the role that it comes from'],
    ['worker', 'email', 'psa', 'the role that an override brings it from'],
    ['worker', 'active', undefined, 'nobody, where no rule brings it'],
    ['project', 'name', undefined, 'nobody, where there is no rule'],
  ] as const)('of %s.%s is %s: %s', (entity, field, owner, _) => {
    expect(ownerOf(rules, entity, field)).toBe(owner);
  });
});

describe('trespasses', () => {
  test('names the fields that belong to somebody else', () => {
    const fields = ['name', 'phone', 'city'];
    expect(trespasses(rules, { entity: 'customer', from: 'erp', to: 'crm', fields })).toEqual([
      { field: 'phone', owner: 'crm' },
    ]);
    expect(trespasses(rules, { entity: 'customer', from: 'crm', to: 'erp', fields })).toEqual([
      { field: 'name', owner: 'erp' },
      { field: 'city', owner: 'erp' },
    ]);
  });

  test('lets nobody write accounting outcomes to the erp, and only the erp bring them elsewhere', () => {
    const fields = ['billing_open'];
    const trespass = [{ field: 'billing_open', owner: 'erp' }];
    expect(trespasses(rules, { entity: 'customer', from: 'crm', to: 'erp', fields })).toEqual(trespass);
    expect(trespasses(rules, { entity: 'customer', from: 'psa', to: 'crm', fields })).toEqual(trespass);
    expect(trespasses(rules, { entity: 'customer', from: 'erp', to: 'crm', fields })).toEqual([]);
  });

  test('goes by the rules where no owner is named', () => {
    const way = { entity: 'worker', from: 'psa', to: 'erp' } as const;
    expect(trespasses(rules, { ...way, fields: ['name', 'email'] })).toEqual([]);
    expect(trespasses(rules, { ...way, fields: ['active'] })).toEqual([
      { field: 'active', owner: undefined },
    ]);
    expect(trespasses(rules, { ...way, from: 'crm', fields: ['name'] })).toEqual([
      { field: 'name', owner: 'psa' },
    ]);
  });
});
