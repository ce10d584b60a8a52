import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Store } from '../../bridge/store/store.ts';
import { customerToCrm } from '../engine/rules.ts';
import { createDesk, customers, type Desk, words } from './desk.ts';

const acme = { name: 'Acme', vat: 'BE1', email: 'info@acme.example' };

/** The CRM has had a company for long that nothing of the erp belongs to. */
async function firm(strangers: 'ignore' | 'raise'): Promise<Desk> {
  const rules = [{ ...customerToCrm, match: ['vat'] }];
  const desk = await createDesk([{ ...customers, strangers }], { rules });
  const { world } = desk;
  world.odoo.put('customer', 'c0', { name: 'Other', vat: 'BE0', email: null });
  await world.tell(world.odoo, 'customer', 'c0');
  world.hubspot.put('customer', 'h1', acme);
  await world.tell(world.hubspot, 'customer', 'h1');
  await world.pass(2000);
  for (const id of Object.keys(world.hubspot.all('customer')))
    await world.tell(world.hubspot, 'customer', id);
  await world.calm();
  return desk;
}

/** Before the store is asked this for the first time, somebody enters the customer in the erp, and it is matched. */
function enterBefore(asked: 'pairs' | 'sameKeys', { world }: Desk): void {
  const before = world.broken[asked] as (...parameters: unknown[]) => Promise<unknown>;
  let first = true;
  const meanwhile = async (...parameters: unknown[]) => {
    if (first) {
      first = false;
      world.odoo.put('customer', 'c1', acme);
      await world.tell(world.odoo, 'customer', 'c1');
      for (let turns = 0; turns < 400; turns++) await turn();
      expect(await world.store.idsIn('odoo', [{ system: 'hubspot', entity: 'customer', id: 'h1' }])).toEqual([
        'c1',
      ]);
    }
    return before(...parameters);
  };
  Object.assign(world.broken, { [asked]: meanwhile } as Partial<Store>);
}

const raised = async ({ world }: Desk) =>
  (await world.store.raisedAfter('customers ', '', 10)).map(({ key }) => key);

test('what is linked while a run compares is not its own double', async () => {
  const desk = await firm('ignore');
  enterBefore('pairs', desk);
  const { findings } = await desk.reconcile({ declaration: 'customers' });
  expect(findings.map(words)).toEqual([]);
  expect(await raised(desk)).toEqual([]);
});

test('what was told to be alone is looked at once more before a person is', async () => {
  const desk = await firm('raise');
  enterBefore('sameKeys', desk);
  const { findings } = await desk.reconcile({ declaration: 'customers' });
  expect(findings.map(words)).toEqual(['missing-here hubspot h1 -']);
  expect(findings).toMatchObject([{ action: 'solved' }]);
  expect(await raised(desk)).toEqual([]);
});

test('what stays alone is told', async () => {
  const desk = await firm('raise');
  const { findings } = await desk.reconcile({ declaration: 'customers' });
  expect(findings).toMatchObject([{ kind: 'missing-here', action: 'raised' }]);
  expect(await raised(desk)).toEqual(['customers missing-here hubspot:customer:h1']);
});
