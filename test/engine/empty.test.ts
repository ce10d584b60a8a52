import { expect, test } from 'vitest';
import { customerToCrm } from './rules.ts';
import { createWorld } from './world.ts';

test.each([
  ['a rule all of whose fields are unknown', { ...customerToCrm, fields: ['phone'] }],
  [
    'an override without fields',
    { ...customerToCrm, overrides: [{ when: { country: 'DE' }, skip: false, fields: [], mappings: {} }] },
  ],
])('nothing is created by %s, and a person is told', async (_, rule) => {
  const world = await createWorld({ rules: [rule] });
  world.odoo.put('customer', '1', { name: 'Acme', country: 'DE' });
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  expect(world.hubspot.states('customer')).toEqual([]);
  expect(world.delivery('1')).toMatchObject({
    state: 'dead',
    error: 'invalid',
    cause: expect.stringContaining('so it would be empty in hubspot'),
  });
});

test('what becomes known is brought', async () => {
  const world = await createWorld({ rules: [{ ...customerToCrm, fields: ['phone'] }] });
  world.odoo.put('customer', '1', { name: 'Acme' });
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  world.odoo.patch('customer', '1', { phone: '1' });
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  expect(world.hubspot.states('customer')).toEqual([{ phone: '1' }]);
});

test('in shadow it is recorded why nothing would be created', async () => {
  const world = await createWorld({ rules: [{ ...customerToCrm, fields: ['phone'], shadow: true }] });
  world.odoo.put('customer', '1', { name: 'Acme' });
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
  expect(world.delivery('1')).toMatchObject({
    state: 'shadowed',
    cause: expect.stringContaining('so it would be empty in hubspot'),
  });
});
