import { expect, test } from 'vitest';
import { checkState, defineEntity } from '../../bridge/entities/entity.ts';
import { text } from '../../bridge/entities/field.ts';
import { upgradeState } from '../../bridge/entities/version.ts';
import { customerOfVersion3 } from './planted.ts';

test('a state goes through every version up to the present one', () => {
  const upgraded = upgradeState(customerOfVersion3, 1, { title: 'Acme', sound: true });
  expect(upgraded).toEqual({ name: 'Acme', standing: 'good' });
  expect(checkState(customerOfVersion3, upgraded)).toEqual([]);
  expect(upgradeState(customerOfVersion3, 2, { name: 'Acme', sound: null })).toEqual({
    name: 'Acme',
    standing: 'unknown',
  });
});

test('what was not known stays unknown, and fields of the firm stay as they are', () => {
  expect(upgradeState(customerOfVersion3, 1, { x_segment: 'gold' })).toEqual({ x_segment: 'gold' });
});

test('a state of the present version is not touched', () => {
  const state = { name: 'Acme', standing: 'poor' };
  expect(upgradeState(customerOfVersion3, 3, state)).toBe(state);
});

test.each([0, 4])('version %i is refused with what to do', (version) => {
  expect(() => upgradeState(customerOfVersion3, version, {})).toThrow(
    `A customer is stored in version ${version}, and this bridge knows versions 1 to 3: run the newer bridge again`,
  );
});

test('an entity cannot rise without saying how to read what is stored', () => {
  const definition = { name: 'thing', version: 2, meaning: 'A thing.', owner: 'erp', fields: {} } as const;
  expect(() => defineEntity(definition)).toThrow('thing has version 2, but none of its version 1');
});

test('fields that do not say whose they are belong to the owner of the entity, in every version', () => {
  expect(customerOfVersion3.fields.name?.owner).toBe('erp');
  expect(customerOfVersion3.fields.limit?.owner).toBe('crm');
  expect(customerOfVersion3.earlier[1]?.fields.title?.owner).toBe('erp');
  const books = defineEntity({
    name: 'entry',
    version: 1,
    meaning: 'An entry.',
    owner: 'erp',
    accounting: true,
    fields: { number: text('Its number.') },
  });
  expect(books.fields.number?.accounting).toBe(true);
});
