import { expect, test } from 'vitest';
import type { MemorySystem } from '../engine/memory-system.ts';
import type { World } from '../engine/world.ts';
import { createDesk, customers, type Desk } from './desk.ts';

/** A customer that both have. */
async function firm(): Promise<Desk> {
  const desk = await createDesk([customers]);
  const { world } = desk;
  world.odoo.put('customer', 'c1', { name: 'Acme', vat: 'BE1', email: null });
  await world.tell(world.odoo, 'customer', 'c1');
  await world.pass(2000);
  const [company] = Object.keys(world.hubspot.all('customer'));
  await world.tell(world.hubspot, 'customer', company as string);
  await world.calm();
  return desk;
}

/** Once the system has answered, and before that is taken in, something happens. */
function meanwhile(system: MemorySystem, happen: () => Promise<void>): void {
  const list = system.list.bind(system);
  system.list = async function* (entity, extent, signal) {
    for await (const page of list(entity, extent, signal)) {
      await happen();
      yield page;
    }
  };
}

const companies = (world: World) => world.hubspot.states('customer').map(({ name }) => name);

test('a list that an event has overtaken does not bring back what was before', async () => {
  const desk = await firm();
  const { world } = desk;
  meanwhile(world.odoo, async () => {
    await world.pass(1000);
    world.odoo.patch('customer', 'c1', { name: 'Acme New' });
    await world.tell(world.odoo, 'customer', 'c1');
    await world.calm();
    expect(companies(world)).toEqual(['Acme New']);
  });
  const { run, findings } = await desk.reconcile({ declaration: 'customers' });
  await world.pass(3_600_000);
  expect(run.state).toBe('done');
  expect(findings).toEqual([]);
  expect(companies(world)).toEqual(['Acme New']);
  expect((await world.store.record({ system: 'odoo', entity: 'customer', id: 'c1' }))?.state.name).toBe(
    'Acme New',
  );
});
