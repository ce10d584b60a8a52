import { expect } from 'vitest';
import type { Rule } from '../../bridge/rules/rule.ts';
import type { Call, Fault } from './memory-system.ts';
import type { Random } from './random.ts';
import { customerToCrm } from './rules.ts';
import { testSeeds } from './seeds.ts';
import { createWorld, type World } from './world.ts';

// Sales make customers in the CRM, which get their first values in the erp and belong to it from then on. People change
// them on both sides at any time, calls fail, answers get lost and the bridge is killed. In the end each is there once,
// what people entered in the erp stands, and the CRM has the same. A run is repeated by its seed (`seeds.ts`).

const rulesBy = (match: readonly string[]): Rule[] => [
  {
    ...customerToCrm,
    id: 'customer-to-erp',
    from: 'crm',
    to: 'erp',
    fields: [],
    initial: { fields: ['name', 'vat', 'city'], mappings: {} },
    match,
  },
  { ...customerToCrm, fields: ['name', 'vat', 'city'], match },
];
const customers = 5;
const rounds = 25;

testSeeds('rounds of giving customers to the erp leave there what its people enter', 20, run);

async function run(random: Random): Promise<void> {
  // Where nothing finds them but their reference, only care keeps them from being doubled or overwritten.
  const rules = rulesBy(random.chance(0.5) ? ['vat'] : []);
  const world = await createWorld({ rules, random: random.next, batch: 1 + random.below(4) });
  const { odoo, hubspot } = world;
  for (const system of [odoo, hubspot]) {
    system.fault = (call) => trouble(random, system, call);
    system.distance = () => random.below(6);
  }
  /** By VAT number: what people last entered in the erp. */
  const entered = new Map<string, string>();

  for (let number = 0; number < customers; number++) {
    hubspot.put('customer', `h${number}`, { name: `Customer ${number}`, vat: vatOf(number), city: 'Ghent' });
    await world.tell(hubspot, 'customer', `h${number}`);
  }
  for (let round = 0; round < rounds; round++) {
    const next = random.next();
    if (next < 0.35) await changeInErp(world, random, entered);
    else if (next < 0.6) {
      const id = `h${random.below(customers)}`;
      hubspot.patch(
        'customer',
        id,
        random.chance(0.5) ? { name: `Sales ${round}` } : { city: `City ${round}` },
      );
      await world.tell(hubspot, 'customer', id);
    } else if (next < 0.8) await world.pass(random.below(4000));
    else if (next < 0.85) await world.crash();
    else for (let turn = random.below(20); turn > 0; turn--) await new Promise((done) => setImmediate(done));
  }

  for (const system of [odoo, hubspot]) system.fault = () => undefined;
  for (let time = 0; time < 3; time++) {
    await world.pass(3_600_000);
    for (const system of [odoo, hubspot])
      for (const id of Object.keys(system.all('customer'))) await world.tell(system, 'customer', id);
  }
  await world.pass(3_600_000);

  const there = odoo.states('customer');
  expect(there.map(({ vat }) => vat).sort()).toEqual(Array.from({ length: customers }, (_, at) => vatOf(at)));
  for (const { vat, name } of there)
    if (entered.has(vat as string)) expect({ vat, name }).toEqual({ vat, name: entered.get(vat as string) });
  const byVat = (states: typeof there) => Object.fromEntries(states.map((state) => [state.vat, state]));
  expect(byVat(hubspot.states('customer'))).toEqual(byVat(there));
  expect(world.rows("select * from delivery where state not in ('done', 'superseded')")).toEqual([]);
  await world.close();
}

/** Trouble that goes by: nothing here makes a delivery wait for a person. Mostly the answer to a write is late or lost. */
function trouble(random: Random, system: World['odoo'], { method }: Call): Fault | undefined {
  if (method === 'write' && random.chance(0.4))
    return random.chance(0.5)
      ? { kind: 'hang', done: random.chance(0.8) }
      : { kind: 'lost', repeatable: random.chance(0.5) };
  if (!random.chance(0.1)) return undefined;
  const kind = random.pick(['unavailable', 'limited'] as const);
  return { kind: 'call', error: system.error(kind, `no luck: ${kind}`, { status: 500 }) };
}

const vatOf = (number: number): string => `BE040000000${number}`;

async function changeInErp(
  { odoo, tell }: World,
  random: Random,
  entered: Map<string, string>,
): Promise<void> {
  const ids = Object.keys(odoo.all('customer'));
  if (ids.length === 0) return;
  const id = random.pick(ids);
  const name = `Erp ${random.below(1000)}`;
  odoo.patch('customer', id, { name });
  entered.set(odoo.get('customer', id)?.vat as string, name);
  await tell(odoo, 'customer', id);
}
