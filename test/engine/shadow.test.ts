import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { createLandscape } from '../../bridge/engine/landscape.ts';
import { createShadowPass } from '../../bridge/engine/shadow.ts';
import type { ValueTable } from '../../bridge/rules/part.ts';
import type { Rule, RuleSet } from '../../bridge/rules/rule.ts';
import { openDatabaseForReading } from '../../bridge/store/database.ts';
import { readStatus } from '../../bridge/store/status.ts';
import { readTrace } from '../../bridge/store/trace.ts';
import type { MemorySystem } from './memory-system.ts';
import { customerToCrm, customerToPsa, projectToPsa, shippedLikeRules } from './rules.ts';
import { createWorld, declarations, type World } from './world.ts';

const shadowed = (rule: Rule): Rule => ({ ...rule, shadow: true });
const silentCustomer = [shadowed(customerToCrm)];

interface Recorded {
  outcome: string;
  external_id: string | null;
  shadow: { action: string; fields: Record<string, unknown>; cause?: string };
}

/** What the attempts at deliveries of an object recorded, the oldest first. */
function recorded(world: World, sourceId: string): Recorded[] {
  return world
    .rows<{ outcome: string; external_id: string | null; shadow: string | null }>(
      `select outcome, external_id, shadow from attempt join delivery on delivery.seq = attempt.delivery
        where delivery.source_id = ? order by delivery.seq`,
      sourceId,
    )
    .flatMap((row) => (row.shadow === null ? [] : [{ ...row, shadow: JSON.parse(row.shadow) }]));
}

/** Everything that the bridge did with a system besides reading what it is told of. */
const calls = (system: MemorySystem): string[] =>
  system.journal.map((call) => call.method).filter((method) => method !== 'read' && method !== 'poll');

async function stop(world: World): Promise<void> {
  await world.engine.stop(0);
}

async function customer(world: World, fields: Record<string, string> = { name: 'Acme' }): Promise<void> {
  world.odoo.put('customer', '1', fields);
  await world.tell(world.odoo, 'customer', '1');
  await world.calm();
}

async function project(world: World): Promise<void> {
  world.odoo.put('project', '5', { name: 'P', customer: '1', status: 'active', billable: true });
  await world.tell(world.odoo, 'project', '5');
  await world.calm();
}

describe('a system in shadow', () => {
  test('is not called; what it would get is recorded, shown and counted', async () => {
    const world = await createWorld({ rules: [customerToCrm], shadow: ['hubspot'] });
    await customer(world);
    expect(world.hubspot.journal).toEqual([]);
    expect(recorded(world, '1')).toEqual([
      { outcome: 'shadowed', external_id: null, shadow: { action: 'create', fields: { name: 'Acme' } } },
    ]);
    expect(world.rows('select * from link')).toEqual([]);
    const reader = openDatabaseForReading(world.path);
    const trace = await readTrace(reader, 'odoo:customer:1');
    const status = await readStatus(reader);
    reader.connection.close();
    expect(trace.map((entry) => entry.text).join('\n')).toContain(
      'shadowed (try 1, 0 ms) – would create {"name":"Acme"}',
    );
    expect(status.queues).toMatchObject([{ target: 'hubspot', state: 'shadowed', count: 1 }]);
    expect(status.problems).toEqual([]);
  });

  test('each change makes a delivery that takes the place of the last one', async () => {
    const world = await createWorld({ rules: [customerToCrm], shadow: ['hubspot'] });
    await customer(world);
    await customer(world, { name: 'Acme Ltd' });
    expect(recorded(world, '1').map(({ shadow }) => shadow.fields)).toEqual([
      { name: 'Acme' },
      { name: 'Acme Ltd' },
    ]);
    expect(world.rows('select state from delivery order by seq')).toEqual([
      { state: 'superseded' },
      { state: 'shadowed' },
    ]);
  });

  test('an object that is there already is recorded as an update, with its id, and keeps its values', async () => {
    const world = await createWorld({ rules: [customerToCrm] });
    await customer(world);
    const before = world.hubspot.journal.length;
    await stop(world);
    await world.restart({ systems: declarations(['hubspot']) });
    await customer(world, { name: 'Acme Ltd' });
    expect(world.hubspot.journal).toHaveLength(before);
    expect(recorded(world, '1')).toEqual([
      {
        outcome: 'shadowed',
        external_id: 'hubspot-1',
        shadow: { action: 'update', fields: { name: 'Acme Ltd' } },
      },
    ]);
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme' }]);
  });

  test('what somebody changes there is only put right when the shadow ends', async () => {
    const world = await createWorld({ rules: [customerToCrm] });
    await customer(world);
    await stop(world);
    await world.restart({ systems: declarations(['hubspot']) });
    world.hubspot.patch('customer', 'hubspot-1', { name: 'Somebody' });
    await world.tell(world.hubspot, 'customer', 'hubspot-1');
    await world.pass(60_000);
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Somebody' }]);
    expect(recorded(world, '1')).toMatchObject([
      { external_id: 'hubspot-1', shadow: { action: 'update', fields: { name: 'Acme' } } },
    ]);
    await stop(world);
    await world.restart({ systems: declarations() });
    await world.pass(60_000);
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme' }]);
  });

  test('a removal is recorded, and its link stays', async () => {
    const rule: Rule = { ...customerToCrm, deleted: 'remove' };
    const world = await createWorld({ rules: [rule] });
    await customer(world);
    await stop(world);
    await world.restart({ systems: declarations(['hubspot']) });
    world.odoo.delete('customer', '1');
    await world.tell(world.odoo, 'customer', '1', { operation: 'unlink' });
    await world.calm();
    expect(recorded(world, '1')).toMatchObject([
      { external_id: 'hubspot-1', shadow: { action: 'remove', fields: {} } },
    ]);
    expect(world.hubspot.states('customer')).toHaveLength(1);
    expect(world.rows('select * from link')).toHaveLength(2);
  });

  test('nobody is asked for a counterpart, also not where nothing may be created', async () => {
    const world = await createWorld({ rules: shippedLikeRules, shadow: ['odoo'] });
    world.harvest.put('worker', 'w1', { name: 'Ann', email: 'ann@firm.example' });
    world.harvest.put('timesheet', 't1', { worker: 'w1', hours: '1', approval: 'approved' });
    await world.tell(world.harvest, 'timesheet', 't1');
    await world.calm();
    expect(calls(world.odoo)).toEqual([]);
    expect(recorded(world, 'w1')).toMatchObject([{ shadow: { action: 'match', fields: {} } }]);
    expect(recorded(world, 't1')).toMatchObject([
      { shadow: { action: 'create', fields: { worker: 'harvest:worker:w1', hours: '1' } } },
    ]);
  });

  test('is still read, so that what it would lead to elsewhere is done', async () => {
    const world = await createWorld({ rules: [customerToCrm], shadow: ['odoo'] });
    await customer(world);
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme' }]);
    expect(calls(world.odoo)).toEqual([]);
  });
});

describe('what refers to an object in shadow', () => {
  const rules = [shadowed(customerToPsa), projectToPsa];

  test('is in shadow too, with the reference of the source, and does not wait', async () => {
    const world = await createWorld({ rules });
    await customer(world);
    await project(world);
    expect(recorded(world, '1')).toMatchObject([{ shadow: { action: 'create', fields: { name: 'Acme' } } }]);
    expect(recorded(world, '5')).toMatchObject([
      {
        outcome: 'shadowed',
        shadow: { action: 'create', fields: { name: 'P', customer: 'odoo:customer:1', status: 'active' } },
      },
    ]);
    expect(world.harvest.states('project')).toEqual([]);
    expect(world.rows('select * from need')).toEqual([]);
  });

  test('is left alone at the next start while that lasts', async () => {
    const world = await createWorld({ rules });
    await customer(world);
    await project(world);
    const before = world.outcomes().length;
    await stop(world);
    await world.restart();
    await world.pass(60_000);
    expect(world.outcomes()).toHaveLength(before);
  });

  test('is brought in order when the shadow ends', async () => {
    const world = await createWorld({ rules });
    await customer(world);
    await project(world);
    await stop(world);
    await world.restart({ rules: [customerToPsa, projectToPsa] });
    await world.calm();
    const [id] = Object.keys(world.harvest.all('customer'));
    expect(world.harvest.states('project')).toEqual([{ name: 'P', customer: id, status: 'active' }]);
    expect(world.rows(`select * from delivery where state = 'shadowed'`)).toEqual([]);
  });
});

describe('a rule in shadow', () => {
  test('reads the target to find a counterpart, and neither links nor writes', async () => {
    const world = await createWorld({ rules: [shadowed({ ...customerToCrm, match: ['name'] })] });
    world.hubspot.put('customer', 'h7', { name: 'Acme' });
    await customer(world, { name: 'Acme', vat: 'BE1' });
    expect(world.hubspot.calls('find')).toHaveLength(1);
    expect(world.hubspot.calls('write')).toEqual([]);
    expect(recorded(world, '1')).toMatchObject([
      { external_id: 'h7', shadow: { action: 'update', fields: { name: 'Acme', vat: 'BE1' } } },
    ]);
    expect(world.rows('select * from link')).toEqual([]);
  });

  test('what a person would have had to see to is recorded, and asks nobody', async () => {
    const world = await createWorld({ rules: [shadowed({ ...customerToCrm, match: ['name'] })] });
    world.hubspot.put('customer', 'h7', { name: 'Acme' });
    world.hubspot.put('customer', 'h8', { name: 'Acme' });
    await customer(world);
    expect(world.delivery('1')).toMatchObject({
      state: 'shadowed',
      cause: expect.stringContaining('h7, h8 have the same name'),
    });
  });

  test('beside another one is recorded with what that one writes', async () => {
    const more: Rule = { ...customerToCrm, id: 'more', fields: ['phone'] };
    const world = await createWorld({ rules: [customerToCrm, shadowed(more)] });
    await customer(world, { name: 'Acme', phone: '1' });
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme' }]);
    expect(recorded(world, '1')).toEqual([
      { outcome: 'created', external_id: 'hubspot-1', shadow: { action: 'create', fields: { phone: '1' } } },
    ]);
    await customer(world, { name: 'Acme', phone: '2' });
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme' }]);
    expect(recorded(world, '1').at(-1)).toEqual({
      outcome: 'skipped',
      external_id: 'hubspot-1',
      shadow: { action: 'update', fields: { phone: '2' } },
    });
  });

  test('does not keep another one from taking an object out', async () => {
    const live: Rule = { ...customerToCrm, when: { is_company: true }, otherwise: 'remove' };
    const more: Rule = { ...customerToCrm, id: 'more', fields: ['phone'] };
    const world = await createWorld({ rules: [live, shadowed(more)] });
    world.odoo.put('customer', '1', { name: 'Acme', is_company: true });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    expect(world.hubspot.states('customer')).toHaveLength(1);
    world.odoo.patch('customer', '1', { is_company: false });
    await world.tell(world.odoo, 'customer', '1');
    await world.calm();
    expect(world.hubspot.states('customer')).toEqual([]);
  });
});

describe('what cannot be worked out in shadow', () => {
  const table: ValueTable = { name: 'names', values: { Bolt: 'Bolt' } };
  const named: Rule = { ...customerToPsa, mappings: { name: { kind: 'field', field: 'name', table } } };

  test('is recorded once, and so is what refers to it', async () => {
    const world = await createWorld({ rules: [shadowed(named), projectToPsa] });
    await customer(world);
    await project(world);
    await world.pass(1000);
    expect(world.outcomes()).toEqual(['waiting', 'shadowed', 'shadowed']);
    expect(world.delivery('1').cause).toContain('does not say what "Acme" becomes');
    expect(world.delivery('5').state).toBe('shadowed');
    expect(world.harvest.calls('write')).toEqual([]);
  });

  test('is left alone at the next start', async () => {
    const world = await createWorld({ rules: [shadowed({ ...named, create: 'always' })] });
    await customer(world);
    const before = world.outcomes();
    await world.crash();
    await world.calm();
    expect(world.outcomes()).toEqual(before);
  });
});

describe('a rule in shadow beside a live one', () => {
  const table: ValueTable = { name: 'countries', values: { DE: 'Germany' } };
  const tabled: Rule = {
    ...customerToCrm,
    id: 'next',
    fields: ['city'],
    mappings: { city: { kind: 'field', field: 'country', table } },
  };
  const where = { text: '1.0 / decimal(vat) > 1.0', fields: { vat: 'text' } } as const;
  const divided: Rule = { ...customerToCrm, id: 'next', fields: ['city'], where };
  const acme = { name: 'Acme', vat: '0', country: 'FR', city: 'Paris' };

  test.each<[string, Rule]>([
    ['a value that its table does not know', shadowed(tabled)],
    ['a condition that cannot be computed', shadowed(divided)],
    [
      'an override in shadow',
      { ...tabled, overrides: [{ when: { country: 'FR' }, skip: false, shadow: true }] },
    ],
    [
      'an override of a condition that cannot be computed',
      { ...divided, overrides: [{ when: { country: 'FR' }, skip: false, shadow: true }] },
    ],
  ])('does not stop it with %s', async (_, next) => {
    const world = await createWorld({ rules: [customerToCrm, next] });
    await customer(world, acme);
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme', vat: '0' }]);
    expect(world.delivery('1').state).toBe('done');
    const [note] = recorded(world, '1');
    expect(note?.shadow).toMatchObject({ cause: expect.stringContaining('rule next ') });
    const reader = openDatabaseForReading(world.path);
    const trace = await readTrace(reader, 'odoo:customer:1');
    reader.connection.close();
    expect(trace.map((entry) => entry.text).join('\n')).toContain(
      `rules in shadow would need a person: ${note?.shadow.cause}`,
    );
  });

  test('by an override asks nobody about a value that cannot be computed', async () => {
    const overrides = [{ when: { country: 'FR' }, skip: false, shadow: true }];
    const world = await createWorld({ rules: [{ ...tabled, overrides }] });
    await customer(world, acme);
    expect(world.delivery('1').state).toBe('shadowed');
  });

  test('that cannot be computed itself still asks a person', async () => {
    const world = await createWorld({ rules: [tabled, shadowed({ ...customerToCrm, id: 'more' })] });
    await customer(world, acme);
    expect(world.delivery('1')).toMatchObject({ state: 'dead', error: 'invalid' });
  });

  const back: Rule = { ...customerToCrm, id: 'back', from: 'crm', to: 'erp', fields: ['phone'] };
  test.each<[string, Rule]>([
    ['there', shadowed({ ...customerToCrm, id: 'next', fields: ['city'], propose: true })],
    ['back', shadowed({ ...back, create: 'never', propose: true })],
  ])('does not have likely ones proposed, the way %s', async (_, next) => {
    const world = await createWorld({ rules: [customerToCrm, next] });
    const there = { name: 'Acme Consulting GmbH', domain: 'acme.example', country: 'DE' };
    world.hubspot.put('customer', '77', { ...there, city: 'Berlin', postal_code: '10115' });
    await world.tell(world.hubspot, 'customer', '77');
    await world.pass(2000);
    await customer(world, { ...there, city: 'Berlin', postal_code: '10115' });
    await world.pass(60_000);
    expect(world.hubspot.states('customer')).toHaveLength(2);
    expect(world.rows('select * from proposal')).toEqual([]);
  });

  test('does not have it wait for what the shadowed way back would create', async () => {
    const world = await createWorld({ rules: [customerToCrm, shadowed(back)] });
    world.hubspot.put('customer', '77', { name: 'Bolt' });
    world.hubspot.failNext('read', { kind: 'lost' });
    await world.tell(world.hubspot, 'customer', '77');
    await customer(world);
    expect(world.delivery('1').state).toBe('done');
  });
});

describe('the end of a shadow', () => {
  test('what was only recorded is brought at the next start, with its newest values', async () => {
    const world = await createWorld({ rules: silentCustomer });
    await customer(world);
    await customer(world, { name: 'Acme Ltd' });
    await stop(world);
    await world.restart({ rules: [customerToCrm] });
    await world.calm();
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme Ltd' }]);
    expect(world.rows(`select * from delivery where state = 'shadowed'`)).toEqual([]);
  });

  test('what the rules do not bring any more is left alone', async () => {
    const world = await createWorld({ rules: silentCustomer });
    await customer(world);
    await stop(world);
    await world.restart({ rules: [{ ...customerToCrm, when: { is_company: true } }] });
    await world.calm();
    expect(world.hubspot.states('customer')).toEqual([]);
    expect(world.outcomes()).toEqual(['shadowed']);
  });

  test('doubt about an earlier try outlives the shadow', async () => {
    const world = await createWorld({ rules: [customerToCrm] });
    world.hubspot.failNext('write', { kind: 'lost' });
    await customer(world);
    expect(world.hubspot.states('customer')).toHaveLength(1);
    await stop(world);
    await world.restart({ rules: silentCustomer });
    await world.pass(60_000);
    expect(world.delivery('1').state).toBe('shadowed');
    await stop(world);
    await world.restart({ rules: [customerToCrm] });
    await world.pass(60_000);
    expect(world.hubspot.states('customer')).toEqual([{ name: 'Acme' }]);
    expect(world.rows('select * from link')).toHaveLength(2);
  });
});

test('everything in shadow: nothing is written anywhere, and all of it is recorded', async () => {
  const world = await createWorld({ rules: shippedLikeRules, shadow: ['odoo', 'hubspot', 'harvest'] });
  await customer(world, { name: 'Acme', vat: 'BE1' });
  await project(world);
  for (const system of [world.odoo, world.hubspot, world.harvest]) expect(calls(system)).toEqual([]);
  expect(world.outcomes().sort()).toEqual(['shadowed', 'shadowed', 'shadowed', 'waiting']);
});

describe('looking for what is in shadow no longer', () => {
  const noRules: RuleSet = {
    version: 'test',
    systems: declarations(),
    rules: [],
    entities: {},
    tables: {},
    flows: [],
    reconciliations: [],
    subscribers: [],
  };

  async function threeRecorded() {
    const world = await createWorld({ rules: silentCustomer });
    for (const id of ['1', '2', '3']) {
      world.odoo.put('customer', id, { name: `Customer ${id}` });
      await world.tell(world.odoo, 'customer', id);
    }
    await world.calm();
    const { odoo, hubspot, harvest } = world;
    const rules = { ...noRules, rules: [customerToCrm] };
    return { world, landscape: createLandscape(rules, [odoo, hubspot, harvest]) };
  }
  const brought = (world: World) =>
    world
      .rows<{ id: string }>("select source_id as id from delivery where state = 'pending' order by source_id")
      .map(({ id }) => id);

  test('begins again where nothing could be written down', async () => {
    const { world, landscape } = await threeRecorded();
    let failures = 1;
    const enqueue: World['store']['enqueue'] = (wanted) =>
      failures-- > 0
        ? Promise.reject(new Database.SqliteError('disk is full', 'SQLITE_FULL'))
        : world.broken.enqueue(wanted);
    const look = createShadowPass({ store: { ...world.broken, enqueue }, landscape });
    await expect(look()).rejects.toThrow('disk is full');
    await look();
    expect(brought(world)).toEqual(['1', '2', '3']);
  });

  test('passes over one that meets a bug, and brings the others', async () => {
    const { world, landscape } = await threeRecorded();
    const context: World['store']['context'] = (deliveries) =>
      deliveries[0]?.sourceId === '2'
        ? Promise.reject(new TypeError('no context'))
        : world.broken.context(deliveries);
    const look = createShadowPass({ store: { ...world.broken, context }, landscape });
    expect(await look()).toEqual(new Set(['hubspot']));
    await expect(look()).rejects.toThrow('no context');
    await look();
    expect(brought(world)).toEqual(['1', '3']);
    expect(await look()).toBeUndefined();
  });
});
