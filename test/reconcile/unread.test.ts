import { expect, test } from 'vitest';
import { createRandom } from '../engine/random.ts';
import { createDesk, customers, type Desk, timesheets, words } from './desk.ts';
import { createFirm, january, lineOf, tellAll } from './firm.ts';

// The bridge has written these objects, and never read what it wrote.

async function twoCustomers(): Promise<Desk> {
  const desk = await createDesk([customers]);
  const { world } = desk;
  for (const [id, name] of [
    ['c1', 'Acme'],
    ['c2', 'Initech'],
  ] as const) {
    world.odoo.put('customer', id, { name, vat: `BE${id}`, email: null });
    await world.tell(world.odoo, 'customer', id);
  }
  await world.pass(2000);
  return desk;
}

const companies = (desk: Desk) =>
  desk.world.hubspot
    .states('customer')
    .map(({ name }) => name)
    .sort();

test('what was deleted before it was ever read is missing, and is brought again', async () => {
  const desk = await twoCustomers();
  const [company] = Object.keys(desk.world.hubspot.all('customer')) as [string];
  desk.world.hubspot.delete('customer', company);
  const { findings } = await desk.reconcile({ declaration: 'customers' });
  expect(findings.map(words)).toEqual([`missing-there odoo c1 ${company}`]);
  expect(companies(desk)).toEqual(['Acme', 'Initech']);
  expect((await desk.reconcile({ declaration: 'customers' })).findings).toEqual([]);
});

test('an event that says so is believed too', async () => {
  const desk = await twoCustomers();
  const { world } = desk;
  const [company] = Object.keys(world.hubspot.all('customer')) as [string];
  world.hubspot.delete('customer', company);
  await world.tell(world.hubspot, 'customer', company);
  await world.calm();
  expect(await world.store.record({ system: 'hubspot', entity: 'customer', id: company })).toMatchObject({
    gone: true,
  });
  const { findings } = await desk.reconcile({ declaration: 'customers', known: true });
  expect(findings.map(words)).toEqual([`missing-there odoo c1 ${company}`]);
});

test('nobody is told of the end of what is linked to nothing', async () => {
  const desk = await twoCustomers();
  const { world } = desk;
  await world.tell(world.hubspot, 'customer', 'never-seen');
  await world.calm();
  expect(
    await world.store.record({ system: 'hubspot', entity: 'customer', id: 'never-seen' }),
  ).toBeUndefined();
});

test('its hours are not added up', async () => {
  const desk = await createDesk([timesheets]);
  const { world } = desk;
  const firm = await createFirm(world, createRandom(1), { projects: 1, entries: 0 });
  const entry = firm.enter({ hours: '8', approval: 'approved' });
  await tellAll(world, ['timesheet']);
  await world.pass(2000);
  world.odoo.delete('timesheet', lineOf(world, entry) as string);
  const { findings, totals } = await desk.reconcile({
    declaration: 'time',
    ...january,
    policy: 'report',
  });
  expect(findings).toMatchObject([{ kind: 'missing-there', effects: [{ amount: '8' }] }]);
  expect(totals).toMatchObject([{ here: '8', there: '0', wholeHere: '8', wholeThere: '0' }]);
});
