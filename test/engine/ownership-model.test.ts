import { expect } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import type { Rule } from '../../bridge/rules/rule.ts';
import { chaos } from './chaos.ts';
import type { MemorySystem } from './memory-system.ts';
import type { Random } from './random.ts';
import { customerToCrm } from './rules.ts';
import { testSeeds } from './seeds.ts';
import { createWorld, type World } from './world.ts';

// People change the same customers in two systems, each every field, owned or not. Messages come twice, late and in any
// order, calls fail in every way, the bridge is killed. In the end both systems hold the owner's value of every field, each
// customer exists once on each side, no field was ever written by a system that does not own it, and all is quiet.
// A run is repeated by its seed (`seeds.ts`).

const actionsPerRun = 40;

const erpFields = ['name', 'vat'] as const;
const crmFields = ['phone', 'city'] as const;
const match = ['vat'];
const rules: Rule[] = [
  { ...customerToCrm, id: 'to-crm', fields: erpFields, match },
  { ...customerToCrm, id: 'to-erp', from: 'crm', to: 'erp', fields: crmFields, match, create: 'never' },
];
const owners = { phone: 'crm', city: 'crm' } as const;

interface Message {
  readonly system: MemorySystem;
  readonly id: string;
  readonly event: string;
}

testSeeds("weeks of work on both sides end in the owners' values", 60, run);

async function run(random: Random): Promise<void> {
  const world = await createWorld({
    rules,
    policies: { customer: { owner: 'erp', owners, extensions: {}, conflict: 'restore' } },
    random: random.next,
    batch: 1 + random.below(4),
  });
  const { odoo, hubspot } = world;
  const systems = [odoo, hubspot];
  const outbox: Message[] = [];
  const sent: Message[] = [];
  let version = 0;
  for (const system of [odoo, hubspot, world.harvest]) {
    system.fault = (call) => chaos(random, system, call);
    system.distance = () => random.below(8);
  }
  // Whatever is written makes an event of its own: the bridge hears of all it does.
  for (const system of systems) announceWrites(system, (id) => changed(system, id));

  function changed(system: MemorySystem, id: string): void {
    outbox.push({ system, id, event: `model-${++version}` });
  }

  function work(): void {
    const existing = Object.keys(odoo.all('customer'));
    if (existing.length === 0 || (existing.length < 3 && random.chance(0.2))) {
      const id = `${existing.length + 1}`;
      odoo.put('customer', id, { name: `customer ${id}`, vat: `BE${id}`, phone: null, city: null });
      changed(odoo, id);
      // It exists in the CRM already, or somebody adds it there in the same moment.
      if (random.chance(0.5)) {
        hubspot.put('customer', `c${id}`, {
          name: `firm ${id}`,
          vat: `BE${id}`,
          phone: `${version}`,
          city: null,
        });
        changed(hubspot, `c${id}`);
      }
      return;
    }
    const system = random.pick(systems);
    const ids = Object.keys(system.all('customer'));
    if (ids.length === 0) return;
    const id = random.pick(ids);
    // A VAT number is what they are matched by, so it is the one field that nobody touches.
    const field = random.pick(['name', ...crmFields]);
    system.patch('customer', id, { [field]: random.chance(0.1) ? null : `${field} v${++version}` });
    changed(system, id);
  }

  async function deliverMessages(count: number): Promise<void> {
    for (let index = 0; index < count && outbox.length > 0; index++) {
      const [message] = outbox.splice(random.below(outbox.length), 1) as [Message];
      sent.push(message);
      await world.tell(message.system, 'customer', message.id, { id: message.event });
      if (random.chance(0.3)) {
        const old = random.pick(sent);
        await world.tell(old.system, 'customer', old.id, { id: old.event });
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
    else if (next < 0.47) await world.crash();
    else
      for (let turn = random.below(12); turn > 0; turn--)
        await new Promise((resolve) => setImmediate(resolve));
  }

  for (const system of systems) system.fault = () => undefined;
  await settle(world, deliverMessages, outbox);
  await correctDead(world, changed);
  await settle(world, deliverMessages, outbox);
  expectOwnersValues(world);
  expectOnlyOwnFields(world);
  await expectQuiet(world, deliverMessages, outbox);
  await world.close();
}

function announceWrites(system: MemorySystem, changed: (id: string) => void): void {
  const write = system.write.bind(system);
  system.write = async (entity, changes, signal) => {
    const results = await write(entity, changes, signal);
    for (const result of results) if (result.ok) changed(result.id);
    return results;
  };
}

type DeliverMessages = (count: number) => Promise<void>;

/** All messages arrive, and all retries come to their end. */
async function settle(world: World, deliver: DeliverMessages, outbox: readonly Message[]): Promise<void> {
  for (let round = 0; round < 6; round++) {
    await deliver(outbox.length);
    await world.pass(30 * 60_000);
  }
  expect(outbox.map(({ event }) => event)).toEqual([]);
}

/** What a person does about deliveries that gave up: changes the object once more, where it is owned. */
async function correctDead(world: World, changed: (system: MemorySystem, id: string) => void): Promise<void> {
  const dead = world.rows<{ source: string; id: string }>(
    "select distinct source, source_id as id from delivery where state = 'dead'",
  );
  for (const { source, id } of dead) {
    const system = source === 'odoo' ? world.odoo : world.hubspot;
    const field = source === 'odoo' ? 'name' : 'phone';
    const state = system.get('customer', id) as State;
    system.put('customer', id, { ...state, [field]: `${state[field]} corrected` });
    changed(system, id);
  }
}

function expectOwnersValues({ odoo, hubspot }: World): void {
  const inErp = odoo.states('customer');
  const inCrm = hubspot.states('customer');
  const byVat = (states: readonly State[], vat: unknown) => states.filter((state) => state.vat === vat);
  for (const erp of inErp) {
    const [crm, ...others] = byVat(inCrm, erp.vat);
    expect(others, `more than one company with ${erp.vat}`).toEqual([]);
    for (const field of erpFields) expect(crm?.[field], `${field} of ${erp.vat} in the CRM`).toBe(erp[field]);
    // A field that the CRM never had says nothing.
    for (const field of crmFields.filter((name) => crm?.[name] !== undefined))
      expect(erp[field], `${field} of ${erp.vat} in the erp`).toBe(crm?.[field]);
  }
  expect(inCrm).toHaveLength(inErp.length);
}

function expectOnlyOwnFields({ odoo, hubspot }: World): void {
  for (const [system, fields] of [
    [hubspot, erpFields],
    [odoo, crmFields],
  ] as const)
    for (const call of system.calls('write'))
      for (const change of call.changes)
        for (const field of Object.keys(change.fields)) expect(fields).toContain(field);
}

/** Whatever is told once more leads to nothing. */
async function expectQuiet(
  world: World,
  deliver: DeliverMessages,
  outbox: readonly Message[],
): Promise<void> {
  const writes = () => world.odoo.calls('write').length + world.hubspot.calls('write').length;
  const before = writes();
  for (const system of [world.odoo, world.hubspot])
    for (const id of Object.keys(system.all('customer'))) await world.tell(system, 'customer', id);
  await world.calm();
  await settle(world, deliver, outbox);
  expect(writes() - before, 'writes although nothing changed').toBe(0);
}
