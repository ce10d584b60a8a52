import { describe, expect, test } from 'vitest';
import { simulationText } from '../../bridge/commands/simulate-text.ts';
import { simulate } from '../../bridge/engine/simulate.ts';
import type { ObjectDifference } from '../../bridge/engine/simulate-compare.ts';
import type { EntityName } from '../../bridge/entities/catalogue.ts';
import type { State } from '../../bridge/entities/field.ts';
import type { Flow } from '../../bridge/rules/flow.ts';
import type { ValueTable } from '../../bridge/rules/part.ts';
import type { Rule, RuleSet } from '../../bridge/rules/rule.ts';
import { openPast } from '../../bridge/store/simulation.ts';
import { createRandom } from './random.ts';
import { customerToCrm, customerToPsa, projectToPsa, shippedLikeRules } from './rules.ts';
import { createWorld, declarations, type World } from './world.ts';

const start = '2026-01-05T08:00:00.000Z';

const ruleSet = (rules: readonly Rule[], version: string, shadow: readonly string[] = []): RuleSet => ({
  version,
  systems: declarations(shadow),
  rules,
  entities: {},
  tables: {},
  subscribers: [],
  flows: [],
  reconciliations: [],
});

interface Run {
  readonly present: readonly Rule[];
  readonly changed: readonly Rule[];
  readonly since?: string;
  readonly shadow?: readonly string[];
}

function run(world: World, { present, changed, since = start, shadow }: Run) {
  const past = openPast(world.path);
  const differences: ObjectDifference[] = [];
  try {
    const rules = { present: ruleSet(present, 'before'), changed: ruleSet(changed, 'after', shadow) };
    const onDifference = (difference: ObjectDifference) => differences.push(difference);
    const summary = simulate({ past, since, rules, onDifference });
    return { summary, differences };
  } finally {
    past.close();
  }
}

/** Somebody changes an object in Odoo, and the bridge does what follows. */
async function change(world: World, entity: EntityName, id: string, fields: State): Promise<void> {
  world.odoo.patch(entity, id, fields);
  await world.tell(world.odoo, entity, id);
  await world.calm();
}

async function remove(world: World, entity: EntityName, id: string): Promise<void> {
  world.odoo.delete(entity, id);
  await world.tell(world.odoo, entity, id, { operation: 'unlink' });
  await world.calm();
}

/** The time now, with everything before it in the past. */
async function moment(world: World): Promise<string> {
  await world.pass(1000);
  const now = new Date().toISOString();
  await world.pass(1000);
  return now;
}

const present = [customerToCrm];
const acme = { object: { system: 'odoo', entity: 'customer', id: '1' }, target: 'hubspot' };

test('what is not played, and different, is said', async () => {
  const world = await createWorld({ rules: present });
  await change(world, 'customer', '1', { name: 'Acme' });
  const policy = (conflict: 'keep' | 'restore') => ({
    customer: { owner: 'erp' as const, owners: {}, extensions: {}, conflict },
  });
  const flow = (id: string, title: string): Flow => ({
    id,
    title,
    entity: 'customer',
    from: 'erp',
    condition: { when: {} },
    again: [],
    objects: [],
    steps: [],
  });
  const past = openPast(world.path);
  const summary = simulate({
    past,
    since: start,
    rules: {
      present: {
        ...ruleSet(present, 'before'),
        entities: policy('keep'),
        flows: [flow('gone', 'A'), flow('other', 'A'), flow('same', 'A')],
      },
      changed: {
        ...ruleSet(present, 'after'),
        entities: policy('restore'),
        flows: [flow('other', 'B'), flow('same', 'A'), flow('young', 'A')],
      },
    },
    onDifference: () => undefined,
  });
  past.close();
  const said = simulationText(summary, [], 0)
    .split('\n')
    .filter((line) => line.startsWith('Not simulated'));
  expect(said).toEqual(
    [
      'the conflict policy of customer is restore instead of keep',
      'the flow gone is gone',
      'the flow other is different',
      'the flow young is new',
    ].map((what) => `Not simulated: ${what}. What follows from it is not shown here.`),
  );
  expect(run(world, { present, changed: present }).summary.notPlayed).toEqual([]);
});

describe('fields', () => {
  test('the same rules make no difference, and the summary says what was looked at', async () => {
    const world = await createWorld({ rules: present });
    await change(world, 'customer', '1', { name: 'Acme', vat: 'BE1' });
    await change(world, 'customer', '1', { vat: 'BE2' });
    await change(world, 'customer', '1', { phone: '1' });
    await change(world, 'customer', '2', { name: 'Beta' });
    const { summary, differences } = run(world, { present, changed: present });
    expect(differences).toEqual([]);
    expect(summary).toMatchObject({
      since: start,
      versions: { present: 'before', changed: 'after' },
      changes: 4,
      objects: 2,
      deliveries: { present: 3, changed: 3 },
      writes: { present: 3, changed: 3 },
      different: 0,
      rules: [{ rule: 'customer-to-crm', present: 3, changed: 3, objects: 0 }],
    });
  });

  test('what an object gets when it is created shows there, and only there', async () => {
    const world = await createWorld({ rules: [] });
    await change(world, 'customer', '1', { name: 'Acme', vat: 'BE1', phone: '1' });
    const created = (fields: readonly string[]): Rule => ({
      ...customerToCrm,
      fields: ['name'],
      initial: { fields, mappings: {} },
    });
    const { differences } = run(world, { present: [created(['vat'])], changed: [created(['vat', 'phone'])] });
    expect(differences).toMatchObject([{ ...acme, actions: [], fields: [{ field: 'phone', changed: '1' }] }]);

    await change(world, 'customer', '1', { name: 'Acme Ltd', vat: 'BE2', phone: '2' });
    const later = run(world, { present: [customerToCrm], changed: [created(['vat'])] });
    expect(later.differences).toMatchObject([
      { ...acme, changes: 1, actions: [], fields: [{ field: 'vat', present: 'BE2' }] },
    ]);
    expect(later.summary.writes).toEqual({ present: 2, changed: 2 });
  });

  test('only in the changed rules, no longer, and with another value', async () => {
    const table: ValueTable = { name: 'names', values: { Acme: 'ACME' }, otherwise: 'other' };
    const changed: Rule = {
      ...customerToCrm,
      fields: ['name', 'phone', 'email'],
      mappings: { name: { kind: 'field', field: 'name', table } },
    };
    const world = await createWorld({ rules: present });
    await change(world, 'customer', '1', { name: 'Acme', vat: 'BE1', email: 'a@acme.example', phone: '1' });
    const { summary, differences } = run(world, { present, changed: [changed] });
    expect(differences).toMatchObject([
      {
        ...acme,
        changes: 1,
        actions: [],
        fields: [
          { field: 'name', present: 'Acme', changed: 'ACME' },
          { field: 'phone', changed: '1' },
          { field: 'vat', present: 'BE1' },
        ],
        rules: ['customer-to-crm'],
      },
    ]);
    expect(Object.keys(differences[0]?.fields[1] ?? {})).toEqual(['field', 'changed']);
    expect(Object.keys(differences[0]?.fields[2] ?? {})).toEqual(['field', 'present']);
    expect(summary).toMatchObject({ different: 1, rules: [{ objects: 1 }] });
  });

  test('a change that only one of them carries is one, with the value of that time', async () => {
    const world = await createWorld({ rules: present });
    await change(world, 'customer', '1', { name: 'Acme', vat: 'BE1', phone: '1' });
    const since = await moment(world);
    await change(world, 'customer', '1', { phone: '2' });
    const at = new Date().toISOString();
    await change(world, 'customer', '1', { city: 'Ghent' });
    const changed = [{ ...customerToCrm, fields: ['name', 'vat', 'phone'] }];
    const { summary, differences } = run(world, { present, changed, since });
    expect(summary).toMatchObject({ changes: 2, deliveries: { present: 0, changed: 1 } });
    expect(differences).toMatchObject([{ at, changes: 1, fields: [{ field: 'phone', changed: '2' }] }]);
    const back = run(world, { present: changed, changed: present, since });
    expect(back.differences).toMatchObject([{ fields: [{ field: 'phone', present: '2' }] }]);
  });

  test('states of the past are rebuilt from today and the differences, also over a deletion', async () => {
    const world = await createWorld({ rules: present });
    await change(world, 'customer', '1', { name: 'Acme', vat: 'BE1', phone: null });
    await change(world, 'customer', '1', { name: 'Acme Ltd' });
    await remove(world, 'customer', '1');
    await change(world, 'customer', '1', { name: 'Acme again', vat: null });
    const changed = [{ ...customerToCrm, fields: ['name', 'vat', 'phone'] }];
    const seen = run(world, { present: [], changed }).differences;
    expect(seen).toMatchObject([
      {
        changes: 3,
        fields: [
          { field: 'name', changed: 'Acme again' },
          { field: 'phone', changed: null },
          { field: 'vat', changed: null },
        ],
      },
    ]);
  });

  test('what rules in shadow would write is shown as such', async () => {
    const world = await createWorld({ rules: present });
    await change(world, 'customer', '1', { name: 'Acme', phone: '1' });
    const more: Rule = { ...customerToCrm, id: 'more', fields: ['phone'], shadow: true };
    const { differences } = run(world, { present, changed: [...present, more] });
    expect(differences).toMatchObject([
      { fields: [{ field: 'phone', changed: '1', shadow: true }], rules: ['customer-to-crm', 'more'] },
    ]);
    const silent = run(world, { present, changed: present, shadow: ['hubspot'] });
    expect(silent.differences).toMatchObject([{ fields: [], shadow: { present: false, changed: true } }]);
  });
});

describe('what is done', () => {
  test('objects that the changed rules bring as well, or no longer', async () => {
    const world = await createWorld({ rules: present });
    await change(world, 'customer', '1', { name: 'Acme', is_company: true });
    await change(world, 'customer', '2', { name: 'Bob', is_company: false });
    const changed = [{ ...customerToCrm, when: { is_company: true } }];
    const less = run(world, { present, changed });
    expect(less.summary).toMatchObject({ deliveries: { present: 2, changed: 1 }, different: 1 });
    expect(less.differences).toMatchObject([
      {
        object: { id: '2' },
        actions: [{ present: 'create', changed: 'nothing' }],
        fields: [{ field: 'name', present: 'Bob' }],
      },
    ]);
    const more = run(world, { present: changed, changed: present });
    expect(more.differences).toMatchObject([
      { object: { id: '2' }, actions: [{ present: 'nothing', changed: 'create' }] },
    ]);
  });

  test('objects that would be taken out', async () => {
    const world = await createWorld({ rules: present });
    await change(world, 'customer', '1', { name: 'Acme' });
    const since = await moment(world);
    await remove(world, 'customer', '1');
    const changed: Rule[] = [{ ...customerToCrm, deleted: 'remove' }];
    const { differences } = run(world, { present, changed, since });
    expect(differences).toMatchObject([
      { ...acme, actions: [{ present: 'nothing', changed: 'remove' }], fields: [] },
    ]);
  });

  test('values that a person would have to see to', async () => {
    const table: ValueTable = { name: 'names', values: { Acme: 'A' } };
    const mappings = { name: { kind: 'field', field: 'name', table } } as const;
    const world = await createWorld({ rules: present });
    await change(world, 'customer', '1', { name: 'Acme' });
    const since = await moment(world);
    await change(world, 'customer', '1', { name: 'Beta' });
    const { differences } = run(world, { present, changed: [{ ...customerToCrm, mappings }], since });
    const cause = expect.stringContaining('"names" does not say what "Beta" becomes');
    expect(differences).toMatchObject([{ actions: [{ present: 'update', changed: 'raise', cause }] }]);
  });

  test('another lane, another timing', async () => {
    const world = await createWorld({ rules: present });
    await change(world, 'customer', '1', { name: 'Acme' });
    const changed: Rule[] = [
      { ...customerToCrm, lane: 'bulk', timing: { kind: 'window', cron: '0 2 * * *', minutes: 60 } },
    ];
    const { differences } = run(world, { present, changed });
    expect(differences).toMatchObject([
      {
        actions: [],
        fields: [],
        lane: { present: 'operations', changed: 'bulk' },
        timing: { present: 'real time', changed: 'window 0 2 * * * of 60 minutes' },
      },
    ]);
  });
});

describe('what only goes where it is needed', () => {
  const needed = [customerToPsa, projectToPsa];
  const customers = { object: { entity: 'customer', id: '1' }, target: 'harvest' };
  const projects = { object: { entity: 'project', id: '5' }, target: 'harvest' };

  test('comes with what the changed rules bring, also where it did not change itself', async () => {
    const world = await createWorld({ rules: needed });
    await change(world, 'customer', '1', { name: 'Acme' });
    const since = await moment(world);
    await change(world, 'project', '5', { name: 'P', customer: '1', status: 'active', billable: false });
    const changed = [customerToPsa, { ...projectToPsa, when: {} }];
    const { differences } = run(world, { present: needed, changed, since });
    expect(differences).toMatchObject([
      { ...projects, actions: [{ present: 'nothing', changed: 'create' }] },
      {
        ...customers,
        changes: 0,
        actions: [{ present: 'nothing', changed: 'create', cause: 'odoo:project:5 refers to it' }],
        fields: [{ field: 'name', changed: 'Acme' }],
        rules: ['customer-to-psa'],
      },
    ]);
    expect(run(world, { present: changed, changed: needed, since }).differences).toMatchObject([
      { ...projects },
      { ...customers, actions: [{ present: 'create', changed: 'nothing' }] },
    ]);
  });

  test('makes no difference where both need it', async () => {
    const world = await createWorld({ rules: needed });
    await change(world, 'customer', '1', { name: 'Acme' });
    await change(world, 'project', '5', { name: 'P', customer: '1', status: 'active', billable: true });
    await change(world, 'customer', '1', { name: 'Acme Ltd' });
    expect(world.harvest.states('customer')).toEqual([{ name: 'Acme Ltd' }]);
    expect(run(world, { present: needed, changed: needed }).differences).toEqual([]);
  });

  test('is no longer created for itself', async () => {
    const always: Rule[] = [{ ...customerToPsa, create: 'always' }, projectToPsa];
    const world = await createWorld({ rules: always });
    await change(world, 'customer', '1', { name: 'Acme' });
    await change(world, 'customer', '2', { name: 'Beta' });
    await change(world, 'project', '5', { name: 'P', customer: '2', status: 'active', billable: true });
    const { differences } = run(world, { present: always, changed: needed });
    expect(differences).toMatchObject([
      { ...customers, actions: [{ present: 'create', changed: 'nothing' }] },
    ]);
    expect(differences).toHaveLength(1);
  });
});

const seed = Number(process.env.MODEL_SEED ?? 1);

test(`the same rules make no difference, whatever has happened (seed ${seed})`, async () => {
  const random = createRandom(seed);
  const world = await createWorld({ rules: shippedLikeRules });
  const since: string[] = [start];
  for (let step = 0; step < 150; step++) {
    const id = String(random.below(5));
    const choice = random.below(10);
    if (choice < 4) await change(world, 'customer', id, { name: `C${id} ${random.below(3)}` });
    else if (choice < 8)
      await change(world, 'project', id, {
        name: `P${random.below(3)}`,
        customer: String(random.below(5)),
        status: 'active',
        billable: random.below(3) > 0,
      });
    else if (choice < 9) await remove(world, random.below(2) > 0 ? 'customer' : 'project', id);
    else since.push(await moment(world));
  }
  for (const from of since) {
    const { differences } = run(world, { present: shippedLikeRules, changed: shippedLikeRules, since: from });
    expect(differences, `seed ${seed}, since ${from}`).toEqual([]);
  }
});

test('nobody is called, and nothing in the store changes', async () => {
  const world = await createWorld({ rules: present });
  await change(world, 'customer', '1', { name: 'Acme' });
  const journals = [world.odoo, world.hubspot, world.harvest].map((system) => system.journal.length);
  const tables = ['delivery', 'link', 'change', 'record', 'attempt', 'event'];
  const rows = () => tables.map((table) => world.rows(`select * from ${table}`));
  const before = rows();
  run(world, { present, changed: [{ ...customerToCrm, fields: ['phone'] }, customerToPsa, projectToPsa] });
  expect([world.odoo, world.hubspot, world.harvest].map((system) => system.journal.length)).toEqual(journals);
  expect(rows()).toEqual(before);
});

test('the bridge goes on writing while a simulation reads', async () => {
  const world = await createWorld({ rules: present });
  await change(world, 'customer', '1', { name: 'Acme' });
  const past = openPast(world.path);
  const histories = past.histories(start)[Symbol.iterator]();
  expect(histories.next().value).toMatchObject({ id: '1' });
  await change(world, 'customer', '1', { name: 'Acme Ltd' });
  expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme Ltd' }]);
  // It sees what was there when it began.
  expect(past.record({ system: 'odoo', entity: 'customer', id: '1' })?.state).toEqual({ name: 'Acme' });
  expect(histories.next().done).toBe(true);
  past.close();
});
