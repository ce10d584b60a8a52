import { expect } from 'vitest';
import { businessEvents } from '../../bridge/entities/business-events.ts';
import type { EntityName } from '../../bridge/entities/catalogue.ts';
import type { State } from '../../bridge/entities/field.ts';
import { chaos } from './chaos.ts';
import type { MemorySystem } from './memory-system.ts';
import type { Random } from './random.ts';
import { testSeeds } from './seeds.ts';
import { createWorld, type World } from './world.ts';

// Objects change in every way, everything goes wrong that can go wrong, the bridge is killed now and then. In the end there
// is one event for each transition that was read, and every subscriber has heard of each, in order. A run is repeated by
// its seed (`seeds.ts`).

const actionsPerRun = 40;
const invoices = ['1', '2'];
const timesheets = ['31', '32'];

testSeeds('weeks of changes and trouble are told in full and in order', 25, run);

async function run(random: Random): Promise<void> {
  const subscribers = {
    finance: ['invoice.posted', 'invoice.disputed', 'invoice.paid', 'time.approved'],
    planning: ['time.approved', 'time.withdrawn', 'invoice.posted'],
  } as const;
  const world = await createWorld({ rules: [], subscribers, random: random.next });
  world.onFailure = () => {};
  const systems = [world.odoo, world.harvest, ...Object.values(world.subscribers)];
  for (const system of systems) system.fault = (call) => chaos(random, system, call);

  async function tell(system: MemorySystem, entity: EntityName, id: string, isThere: boolean): Promise<void> {
    const operation = isThere ? 'write' : 'create';
    const event = {
      id: `model ${system.system} ${entity} ${id} ${random.below(1_000_000)}`,
      operation,
    } as const;
    await world.tell(system, entity, id, event);
    if (random.chance(0.3)) await world.tell(system, entity, id, event);
  }

  const openInvoices = [...invoices];
  const openTimesheets = [...timesheets];

  async function change(): Promise<void> {
    const isInvoice = random.chance(0.6);
    const system = isInvoice ? world.odoo : world.harvest;
    const entity = isInvoice ? 'invoice' : 'timesheet';
    const ids = isInvoice ? openInvoices : openTimesheets;
    const place = random.below(ids.length);
    const id = ids[place] as string;
    const isThere = system.get(entity, id) !== undefined;
    if (isThere && random.chance(0.1)) {
      system.delete(entity, id);
      // No system gives the id of what was deleted to something new.
      ids[place] = `${id}+`;
    } else system.put(entity, id, isInvoice ? someInvoice(random) : someTime(random));
    await tell(system, entity, id, isThere);
  }

  for (let action = 0; action < actionsPerRun; action++) {
    const choice = random.below(10);
    if (choice < 6) await change();
    else if (choice < 8) await world.calm();
    else if (choice < 9) await world.pass(random.below(120_000));
    else await world.crash();
  }
  for (const system of systems) system.fault = () => undefined;
  await world.pass(3 * 3_600_000);

  expect(world.rows('select 1 from event where done_at is null')).toEqual([]);
  expect(eventsIn(world)).toEqual(transitionsIn(world));
  for (const [name, names] of Object.entries(subscribers)) expectTold(world, name, names);
  await world.close();
}

const someInvoice = (random: Random): State => ({
  kind: 'invoice',
  status: random.pick(['draft', 'posted', 'cancelled']),
  payment: random.pick(['not_paid', 'partial', 'paid', 'blocked']),
  disputed: random.chance(0.3),
  total: `${random.below(3)}.00`,
});

const someTime = (random: Random): State => ({
  worker: '8',
  hours: `${random.below(3)}.50`,
  approval: random.pick(['unsubmitted', 'submitted', 'approved']),
});

interface EventRow {
  readonly id: string;
  readonly name: string;
  readonly external_id: string;
  readonly data: string;
}

const rowsOfEvents = (world: World) =>
  world.rows<EventRow>('select id, name, external_id, data from business_event order by seq');

/** Every event that was kept, by object, in order. */
const eventsIn = (world: World) =>
  Object.groupBy(
    rowsOfEvents(world).map(({ name, external_id: id, data }) => ({ id, name, data: JSON.parse(data) })),
    ({ id }) => id,
  );

interface ChangeRow {
  readonly entity: EntityName;
  readonly external_id: string;
  readonly after: string | null;
}

/** What the changes that were kept amount to: the states are put together anew, and each step is looked at by itself. */
function transitionsIn(world: World) {
  const last = new Map<string, State>();
  const gone = new Set<string>();
  const found: { id: string; name: string; data: unknown }[] = [];
  for (const row of world.rows<ChangeRow>('select entity, external_id, after from change order by seq')) {
    const { entity, external_id: id } = row;
    const before = last.get(id) ?? null;
    const known = gone.has(id) ? null : before;
    const after: State | null = row.after === null ? null : { ...known, ...JSON.parse(row.after) };
    for (const { name, entity: of, endsWithObject, derive } of Object.values(businessEvents)) {
      if (of !== entity) continue;
      const data = derive(gone.has(id) && endsWithObject ? null : before, after);
      if (data !== undefined) found.push({ id, name, data });
    }
    if (after === null) gone.add(id);
    else {
      gone.delete(id);
      last.set(id, after);
    }
  }
  return Object.groupBy(found, ({ id }) => id);
}

/** All that was asked for has come, besides what was refused, for each object in the order in which it happened. */
function expectTold(world: World, name: string, asked: readonly string[]): void {
  const subscriber = world.subscribers[name] as MemorySystem;
  const received = subscriber.states('business_event' as EntityName).map(({ id }) => String(id));
  const firsts = [...new Set(received)];
  const refused = world.rows<{ id: string }>(
    "select source_id as id from delivery where target = ? and state = 'dead'",
    name,
  );
  const dead = new Set(refused.map(({ id }) => id));
  const open = world.rows(
    "select state from delivery where target = ? and state not in ('done', 'dead')",
    name,
  );
  expect(open).toEqual([]);
  for (const [id, rows] of Object.entries(Object.groupBy(rowsOfEvents(world), (row) => row.external_id))) {
    const happened = (rows ?? []).filter((row) => asked.includes(row.name)).map((row) => row.id);
    const told = firsts.filter((event) => happened.includes(event));
    expect(told, `order of ${id} to ${name}`).toEqual(happened.filter((event) => told.includes(event)));
    const missing = happened.filter((event) => !told.includes(event) && !dead.has(event));
    expect(missing, `of ${id} to ${name}`).toEqual([]);
  }
}
