import { expect } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import type { Rule } from '../../bridge/rules/rule.ts';
import type { Call, Fault } from './memory-system.ts';
import type { Random } from './random.ts';
import { customerToCrm } from './rules.ts';
import { testSeeds } from './seeds.ts';
import { createWorld, type World } from './world.ts';

// The same customers are entered in two systems, by people who know nothing of each other, in any order, under
// different spellings, while the search of a vendor lags, calls fail, answers get lost and the bridge is killed. In the
// end each is in both systems exactly once. A run is repeated by its seed (`seeds.ts`).

const customers = 6;
const chaosProbability = 0.1;
const lateProbability = 0.4;

const rules: Rule[] = [
  { ...customerToCrm, match: ['vat'], fields: ['name', 'vat'] },
  { ...customerToCrm, id: 'back', from: 'crm', to: 'erp', match: ['vat'], fields: ['email', 'vat'] },
];

testSeeds('rounds of entering the same in two systems make it once', 25, run);

async function run(random: Random): Promise<void> {
  const world = await createWorld({ rules, random: random.next, batch: 1 + random.below(4) });
  const { odoo, hubspot } = world;
  for (const system of [odoo, hubspot]) {
    system.fault = (call) => chaos(random, system, call);
    system.distance = () => random.below(8);
    // What people enter is found by its id at once, by search only late; what the bridge made may never be.
    const lags = random.chance(0.5);
    system.searchable = () => !lags;
  }

  const tellOfAll = async (probability: number) => {
    for (const system of [odoo, hubspot])
      for (const id of Object.keys(system.all('customer')))
        if (random.chance(probability)) await world.tell(system, 'customer', id);
  };

  for (const number of shuffled(random, customers)) {
    const sides = random.pick(['erp', 'crm', 'both', 'both', 'both']);
    // Where only one side enters it, it may have nothing to be found by: then only care keeps its echo from doubling it.
    const vat = sides !== 'both' && random.chance(0.5) ? null : vatOf(number);
    if (sides !== 'crm') odoo.put('customer', `o${number}`, { name: `Customer ${number}`, vat });
    if (sides !== 'erp')
      hubspot.put('customer', `h${number}`, {
        vat: vat === null || random.chance(0.5) ? vat : spelled(vat),
        email: `${number}@x.example`,
      });
    // Both were made before either was told of, and what was told comes in at the same moment.
    const messages = [
      ...(sides !== 'crm' ? [() => world.tell(odoo, 'customer', `o${number}`)] : []),
      ...(sides !== 'erp' ? [() => world.tell(hubspot, 'customer', `h${number}`)] : []),
    ];
    if (random.chance(0.5)) messages.reverse();
    await Promise.all(messages.map((tell) => tell()));
    const next = random.next();
    if (next < 0.3) await world.pass(random.below(3000));
    else if (next < 0.4) await world.crash();
    else
      for (let turn = random.below(30); turn > 0; turn--) {
        await new Promise((resolve) => setImmediate(resolve));
        if (random.chance(0.2)) await tellOfAll(0.5);
      }
  }
  // What the bridge made is told of like everything else, at any time.
  for (let round = 0; round < 3; round++) {
    await world.pass(random.below(5000));
    await tellOfAll(0.7);
  }
  for (const system of [odoo, hubspot]) system.fault = () => undefined;
  await world.pass(3_600_000);
  await tellOfAll(1);
  await world.pass(3_600_000);
  expectOneEach(world);
  await world.close();
}

const spelled = (vat: string): string =>
  `${vat.slice(0, 2).toLowerCase()} ${vat.slice(2, 6)}.${vat.slice(6, 9)}.${vat.slice(9)}`;

function shuffled(random: Random, count: number): number[] {
  const left = Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: count }, () => left.splice(random.below(left.length), 1)[0] as number);
}

/** Trouble that goes by: nothing here makes a delivery wait for a person. Mostly the answer to a write is late or lost. */
function chaos(random: Random, system: World['odoo'], { method }: Call): Fault | undefined {
  if (method === 'write' && random.chance(lateProbability))
    return random.chance(0.5)
      ? { kind: 'hang', done: random.chance(0.8) }
      : { kind: 'lost', repeatable: random.chance(0.5) };
  if (!random.chance(chaosProbability)) return undefined;
  const kind = random.pick(['unavailable', 'limited'] as const);
  return { kind: 'call', error: system.error(kind, `no luck: ${kind}`, { status: 500 }) };
}

const vatOf = (number: number): string => `BE0${400_000_000 + number}`;

/** Which customer it is: by its number, else by the name that the erp gave it, or the address that the CRM did. */
function numberOf({ vat, name, email }: State): string {
  if (typeof vat === 'string') return String(Number(vat.replace(/\D/g, '')) - 400_000_000);
  return String(name ?? email).replace(/\D/g, '');
}

function expectOneEach(world: World): void {
  const there = [world.odoo, world.hubspot].map((system) => system.states('customer').map(numberOf).sort());
  const all = Array.from({ length: customers }, (_, index) => String(index));
  expect(there).toEqual([all, all]);
  const open = world.rows("select * from delivery where state not in ('done', 'superseded')");
  expect(open).toEqual([]);
  expect(world.rows('select object_id from link group by object_id having count(*) <> 2')).toEqual([]);
}
