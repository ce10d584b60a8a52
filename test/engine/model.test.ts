import { expect } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import { chaos } from './chaos.ts';
import type { MemorySystem } from './memory-system.ts';
import type { Random } from './random.ts';
import { testSeeds } from './seeds.ts';
import { createWorld, type World } from './world.ts';

// People work in two systems, everything goes wrong that can go wrong, the bridge is killed now and then. In the end
// every system holds what the rules say, each object exactly once. A run is repeated by its seed (`seeds.ts`).

const actionsPerRun = 40;
const customers = ['1', '2'];
const projects = ['11', '12'];
const workers = ['21', '22'];
const timesheets = ['31', '32', '33'];

interface Message {
  readonly system: MemorySystem;
  readonly entity: 'customer' | 'project' | 'worker' | 'timesheet';
  readonly id: string;
  readonly event: string;
}

testSeeds('weeks of work and trouble end in agreement', 200, run);

async function run(random: Random): Promise<void> {
  const world = await createWorld({ random: random.next, batch: 1 + random.below(4) });
  const { odoo, hubspot, harvest } = world;
  const systems = [odoo, hubspot, harvest];
  const outbox: Message[] = [];
  const sent: Message[] = [];
  const order = watchOrder(systems);
  let version = 0;

  for (const id of workers) odoo.put('worker', `e${id}`, { email: `${id}@firm.example` });
  for (const system of systems) {
    system.fault = (call) => chaos(random, system, call);
    system.distance = () => random.below(8);
  }

  function changed(system: MemorySystem, entity: Message['entity'], id: string): void {
    outbox.push({ system, entity, id, event: `model-${++version}` });
  }

  function work(): void {
    version++;
    switch (random.below(7)) {
      case 0: {
        const id = random.pick(customers);
        if (random.chance(0.1)) odoo.delete('customer', id);
        else odoo.put('customer', id, { name: `customer ${id} v${version}`, vat: `BE${id}`, email: null });
        changed(odoo, 'customer', id);
        break;
      }
      case 1:
      case 2: {
        const id = random.pick(projects);
        const customer = random.chance(0.8) ? random.pick(customers) : null;
        const billable = random.chance(0.8);
        odoo.put('project', id, {
          name: `project ${id} v${version}`,
          customer,
          status: random.pick(['active', 'closed']),
          billable,
        });
        changed(odoo, 'project', id);
        break;
      }
      case 3: {
        const id = random.pick(workers);
        harvest.put('worker', id, { name: `worker ${id} v${version}`, email: `${id}@firm.example` });
        changed(harvest, 'worker', id);
        break;
      }
      default: {
        const id = random.pick(timesheets);
        const booked = Object.keys(harvest.all('project'));
        if (random.chance(0.15)) harvest.delete('timesheet', id);
        else if (booked.length > 0) {
          const worker = random.pick(workers);
          if (harvest.get('worker', worker) === undefined) {
            harvest.put('worker', worker, { name: `worker ${worker}`, email: `${worker}@firm.example` });
            if (random.chance(0.5)) changed(harvest, 'worker', worker);
          }
          harvest.put('timesheet', id, {
            worker,
            project: random.pick(booked),
            hours: `${1 + random.below(8)}`,
            notes: `time ${id} v${version}`,
            approval: random.pick(['approved', 'approved', 'submitted']),
          });
        }
        changed(harvest, 'timesheet', id);
      }
    }
  }

  async function deliverMessages(count: number): Promise<void> {
    for (let index = 0; index < count && outbox.length > 0; index++) {
      const [message] = outbox.splice(random.below(outbox.length), 1) as [Message];
      sent.push(message);
      await world.tell(message.system, message.entity, message.id, { id: message.event });
      if (random.chance(0.3)) {
        const old = random.pick(sent);
        await world.tell(old.system, old.entity, old.id, { id: old.event });
      }
    }
  }

  for (let action = 0; action < actionsPerRun; action++) {
    work();
    if (random.chance(0.7)) await deliverMessages(1 + random.below(3));
    const next = random.next();
    if (next < 0.1) await world.calm();
    else if (next < 0.35) await world.pass(random.below(5_000));
    else if (next < 0.4) await world.pass(random.below(3_600_000));
    else if (next < 0.47) {
      await world.crash();
      order.forget();
    } else
      for (let turn = random.below(12); turn > 0; turn--)
        await new Promise((resolve) => setImmediate(resolve));
  }

  for (const system of systems) system.fault = () => undefined;
  await deliverMessages(outbox.length);
  await world.pass(30 * 60_000);
  await correctDead(world);
  await world.pass(30 * 60_000);
  expect(order.broken).toEqual([]);
  expectAgreement(world);
  await world.close();
}

/** What a person does about deliveries that gave up: changes the object once more. */
async function correctDead(world: World): Promise<void> {
  const dead = world.rows<{ source: string; entity: Message['entity']; id: string }>(
    "select distinct source, entity, source_id as id from delivery where state = 'dead'",
  );
  for (const { source, entity, id } of dead) {
    const system = source === 'odoo' ? world.odoo : world.harvest;
    const field = entity === 'timesheet' ? 'notes' : 'name';
    const state = system.get(entity, id);
    if (state !== undefined) system.put(entity, id, { ...state, [field]: `${state[field]} corrected` });
    else {
      // It is gone in the source: it comes back for a moment, and the removal is tried again.
      const [record] = world.rows<{ state: string }>(
        'select state from record where system = ? and entity = ? and external_id = ?',
        source,
        entity,
        id,
      );
      system.put(entity, id, { ...JSON.parse(record?.state ?? '{}'), [field]: 'back' });
      await world.tell(system, entity, id);
      await world.calm();
      system.delete(entity, id);
    }
    await world.tell(system, entity, id);
    await world.calm();
  }
}

function expectAgreement(world: World): void {
  const { odoo, hubspot, harvest } = world;
  const links = world.rows<{ system: string; entity: string; id: string; object: string }>(
    'select system, entity, external_id as id, object_id as object from link',
  );
  const idIn = (system: string, entity: string, from: string, id: string) => {
    const object = links.find(
      (link) => link.system === from && link.entity === entity && link.id === id,
    )?.object;
    return links.find((link) => link.system === system && link.object === object)?.id;
  };

  // Customers: all in the CRM; one that was deleted in the erp stays there.
  for (const [id, state] of Object.entries(odoo.all('customer'))) {
    const there = hubspot.states('customer').filter(({ vat }) => vat === state.vat);
    expect(there, `customer ${id} in the CRM`).toEqual([state]);
  }
  expectUnique(hubspot.states('customer').map(({ vat }) => vat as string));

  // Projects: the billable ones are in the PSA. One whose customer is gone or not linkable waits.
  for (const [id, state] of Object.entries(odoo.all('project'))) {
    if (state.billable !== true) continue;
    const customer =
      state.customer === null ? null : idIn('harvest', 'customer', 'odoo', state.customer as string);
    if (customer === undefined) {
      expect(odoo.get('customer', state.customer as string), `customer of project ${id}`).toBeUndefined();
      continue;
    }
    const there = harvest.states('project').filter(({ name }) => numberOf(name) === id);
    expect(there, `project ${id} in the PSA`).toEqual([{ name: state.name, customer, status: state.status }]);
  }
  expectUnique(harvest.states('project').map(({ name }) => numberOf(name)));
  expectUnique(harvest.states('customer').map(({ name }) => numberOf(name)));

  // Time: the approved part is in the erp, and nothing else. When the answer to the creation of a project was lost and the
  // project is not to be brought any more, its time waits.
  const isLinked = (project: string) => {
    if (idIn('odoo', 'project', 'harvest', project) !== undefined) return true;
    const id = numberOf(harvest.get('project', project)?.name);
    const { billable, customer } = odoo.get('project', id) ?? {};
    const customerGone = typeof customer === 'string' && odoo.get('customer', customer) === undefined;
    expect(billable === true && !customerGone, `project ${id} should be linked`).toBe(false);
    return false;
  };
  const approved = Object.entries(harvest.all('timesheet')).filter(
    ([, { approval }]) => approval === 'approved',
  );
  const waiting = approved.filter(([, { project }]) => !isLinked(project as string));
  const wanted: State[] = approved
    .filter((entry) => !waiting.includes(entry))
    .map(([, timesheet]) => timesheet)
    .map(({ worker, project, hours, notes }) => ({
      worker: `e${worker}`,
      project: idIn('odoo', 'project', 'harvest', project as string) as string,
      hours: hours ?? null,
      notes: notes ?? null,
    }));
  const byNotes = (left: State, right: State) => String(left.notes).localeCompare(String(right.notes));
  // What waits stays as it was brought before.
  const asBefore = new Set(waiting.map(([id]) => idIn('odoo', 'timesheet', 'harvest', id)));
  const found = Object.entries(odoo.all('timesheet')).flatMap(([id, state]) =>
    asBefore.has(id) ? [] : [state],
  );
  expect(found.sort(byNotes)).toEqual(wanted.sort(byNotes));
}

const numberOf = (name: unknown): string => String(name).split(' ')[1] ?? '';

function expectUnique(values: readonly string[]): void {
  expect([...values].sort()).toEqual([...new Set(values)].sort());
}

/** Notes down when two calls for one object are under way at once, or an older state follows a newer one. */
function watchOrder(systems: readonly MemorySystem[]) {
  const broken: string[] = [];
  let newest = new Map<string, number>();
  for (const system of systems) {
    const underWay = new Set<string>();
    const write = system.write.bind(system);
    system.write = async (entity, changes, signal) => {
      for (const { reference, fields } of changes) {
        const name = `${system.system} ${reference}`;
        if (underWay.has(reference)) broken.push(`${name} is written twice at once`);
        underWay.add(reference);
        const version = Number(/ v(\d+)/.exec(String(fields.name ?? fields.notes))?.[1] ?? 0);
        if (version !== 0 && version < (newest.get(name) ?? 0))
          broken.push(`${name} goes back to version ${version}`);
        newest.set(name, Math.max(version, newest.get(name) ?? 0));
      }
      try {
        return await write(entity, changes, signal);
      } finally {
        for (const { reference } of changes) underWay.delete(reference);
      }
    };
  }
  return {
    broken,
    forget() {
      newest = new Map();
    },
  };
}
