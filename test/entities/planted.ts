import { defineEntity } from '../../bridge/entities/entity.ts';
import { code, decimal, flag, text } from '../../bridge/entities/field.ts';

const name = text('Name.');

/**
 * An entity that was changed twice: version 2 calls `title` by another name, version 3 has a code with three values in the
 * place of a flag.
 */
export const customerOfVersion3 = defineEntity({
  name: 'customer',
  version: 3,
  meaning: 'For tests.',
  owner: 'erp',
  fields: {
    name,
    standing: code('How it stands.', ['good', 'poor', 'unknown']),
    limit: decimal('Credit limit.', { unit: 'euros', owner: 'crm' }),
  },
  earlier: {
    1: {
      fields: { title: name, sound: flag('Whether it pays.') },
      upgrade: ({ title, ...state }) => ({ ...state, ...(title === undefined ? {} : { name: title }) }),
    },
    2: {
      fields: { name, sound: flag('Whether it pays.') },
      upgrade: ({ sound, ...state }) => ({
        ...state,
        ...(sound === undefined ? {} : { standing: sound === null ? 'unknown' : sound ? 'good' : 'poor' }),
      }),
    },
  },
});
