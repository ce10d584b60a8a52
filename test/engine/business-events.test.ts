import { describe, expect, test } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import type { Rule, RuleSet } from '../../bridge/rules/rule.ts';
import type { MemorySystem } from './memory-system.ts';
import { shippedLikeRules } from './rules.ts';
import { createWorld, type World } from './world.ts';

const approved = { worker: '8', project: '5', day: '2026-01-05', hours: '7.50', approval: 'approved' };

interface EventRow {
  readonly id: string;
  readonly name: string;
  readonly system: string;
  readonly external_id: string;
}

const eventsIn = (world: World): string[] =>
  world
    .rows<EventRow>('select id, name, system, external_id from business_event order by seq')
    .map(({ name, system, external_id: id }) => `${name} ${system}:${id}`);

interface Message {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly object: { readonly id: string; readonly business_object: string | null };
  readonly data: State;
}

/** What a subscriber has got, in order. */
const messagesTo = (subscriber: MemorySystem): Message[] =>
  subscriber
    .calls('write')
    .flatMap(({ changes }) => changes.map(({ fields }) => JSON.parse(String(fields.message))));

const toldTo = (subscriber: MemorySystem | undefined): string[] =>
  messagesTo(subscriber as MemorySystem).map(({ type, object }) => `${type} ${object.id}`);

async function change(world: World, id: string, fields: State, operation: 'create' | 'write' = 'write') {
  world.odoo.put('invoice', id, { ...world.odoo.get('invoice', id), ...fields });
  await world.tell(world.odoo, 'invoice', id, { operation });
  await world.calm();
}

const draft: State = {
  kind: 'invoice',
  status: 'draft',
  payment: 'not_paid',
  disputed: false,
  total: '100.00',
};

describe('an event is derived once', () => {
  test('whatever repeats what is known', async () => {
    const world = await createWorld();
    await change(world, '1', draft, 'create');
    await change(world, '1', { status: 'posted' });
    const again = { id: 'event-2' };
    await world.tell(world.odoo, 'invoice', '1', again);
    await world.tell(world.odoo, 'invoice', '1');
    await world.calm();
    await world.crash();
    await world.tell(world.odoo, 'invoice', '1');
    await world.calm();
    expect(eventsIn(world)).toEqual(['invoice.posted odoo:1']);
  });

  test('with the change that it is, or not at all', async () => {
    const world = await createWorld();
    await change(world, '1', draft, 'create');
    const { apply } = world.broken;
    world.broken.apply = () => Promise.reject(new TypeError('not now'));
    await change(world, '1', { status: 'posted' });
    expect(eventsIn(world)).toEqual([]);
    world.broken.apply = apply;
    await world.tell(world.odoo, 'invoice', '1');
    await world.calm();
    expect(eventsIn(world)).toEqual(['invoice.posted odoo:1']);
    const [row] = world.rows<{ count: number }>(
      "select count(*) as count from change where entity = 'invoice'",
    );
    expect(row?.count).toBe(2);
  });

  test('and again for a transition that happens again', async () => {
    const world = await createWorld();
    await change(world, '1', { ...draft, status: 'posted' }, 'create');
    await change(world, '1', { status: 'draft' });
    await change(world, '1', { status: 'posted' });
    expect(eventsIn(world)).toEqual(['invoice.posted odoo:1', 'invoice.posted odoo:1']);
  });

  test('in the order in which things happened to an object', async () => {
    const world = await createWorld();
    await change(world, '1', { ...draft, status: 'posted' }, 'create');
    await change(world, '1', { disputed: true });
    await change(world, '1', { disputed: false, payment: 'paid' });
    expect(eventsIn(world)).toEqual([
      'invoice.posted odoo:1',
      'invoice.disputed odoo:1',
      'invoice.paid odoo:1',
    ]);
  });
});

describe('an object that was not known', () => {
  test('makes none for what was created before the bridge began, as an outbox that is read from its beginning tells', async () => {
    const world = await createWorld();
    world.odoo.put('invoice', '1', { ...draft, status: 'posted' });
    const before = '2026-01-05T07:59:59.000Z';
    await world.tell(world.odoo, 'invoice', '1', { operation: 'create', occurredAt: before });
    await world.calm();
    expect(eventsIn(world)).toEqual([]);
    await change(world, '1', { payment: 'paid' });
    expect(eventsIn(world)).toEqual(['invoice.paid odoo:1']);
  });

  test('makes its events when it was created so', async () => {
    const world = await createWorld();
    await change(world, '1', { ...draft, status: 'posted' }, 'create');
    expect(eventsIn(world)).toEqual(['invoice.posted odoo:1']);
  });

  test('makes none when it is an old one about which something else changed', async () => {
    const world = await createWorld();
    await change(world, '1', { ...draft, status: 'posted' });
    await change(world, '1', { payment: 'paid' });
    expect(eventsIn(world)).toEqual(['invoice.paid odoo:1']);
  });

  test('makes none when it is only read along with another', async () => {
    const world = await createWorld();
    world.odoo.put('project', '5', { name: 'Old', status: 'active' });
    world.odoo.touches = ({ entity }) => (entity === 'invoice' ? [{ entity: 'project', id: '5' }] : []);
    await change(world, '1', draft, 'create');
    expect(world.rows('select 1 from record where entity = ?', 'project')).toHaveLength(1);
    expect(eventsIn(world)).toEqual([]);
  });

  test('and comes back makes none again, besides approved time, whose end was told', async () => {
    const world = await createWorld();
    const { odoo, harvest } = world;
    const tell = async (
      system: MemorySystem,
      entity: 'project' | 'timesheet',
      operation: 'create' | 'write',
    ) => {
      await world.tell(system, entity, '5', { operation });
      await world.calm();
    };
    odoo.put('project', '5', { name: 'P', status: 'active' });
    harvest.put('timesheet', '5', approved);
    await tell(odoo, 'project', 'create');
    await tell(harvest, 'timesheet', 'create');
    odoo.delete('project', '5');
    harvest.delete('timesheet', '5');
    await tell(odoo, 'project', 'write');
    await tell(harvest, 'timesheet', 'write');
    odoo.put('project', '5', { name: 'P', status: 'active' });
    harvest.put('timesheet', '5', approved);
    await tell(odoo, 'project', 'write');
    await tell(harvest, 'timesheet', 'write');
    expect(eventsIn(world)).toEqual([
      'project.opened odoo:5',
      'time.approved harvest:5',
      'time.withdrawn harvest:5',
      'time.approved harvest:5',
    ]);
  });
});

describe('of the systems that have an object, one tells', () => {
  const opportunityRule = (from: 'erp' | 'crm', to: 'erp' | 'crm'): Rule => ({
    ...(shippedLikeRules[0] as Rule),
    id: 'opportunity',
    entity: 'opportunity',
    from,
    to,
    fields: ['name', 'status'],
  });

  async function winIn(rules: readonly Rule[], policies?: RuleSet['entities']): Promise<string[]> {
    const world = await createWorld({ rules, ...(policies === undefined ? {} : { policies }) });
    for (const system of [world.odoo, world.hubspot]) {
      for (const status of ['open', 'won']) {
        system.put('opportunity', '1', { name: 'Audit', status });
        await world.tell(system, 'opportunity', '1', { operation: status === 'open' ? 'create' : 'write' });
        await world.calm();
      }
    }
    return eventsIn(world).filter((name) => name.endsWith(':1'));
  }

  test('the one that the rules bring the field from', async () => {
    expect(await winIn([opportunityRule('erp', 'crm')])).toEqual(['opportunity.won odoo:1']);
  });

  test('the named owner of the field, before all others', async () => {
    const policies = {
      opportunity: { owner: 'erp', owners: { status: 'crm' }, extensions: {}, conflict: 'restore' },
    } as const;
    expect(await winIn([opportunityRule('erp', 'crm')], policies)).toEqual(['opportunity.won hubspot:1']);
  });

  test('the usual owner where the rules do not speak of it', async () => {
    expect(await winIn([])).toEqual(['opportunity.won hubspot:1']);
  });

  test('the one whose rules ask for the field where none bring it', async () => {
    const asking = { ...opportunityRule('erp', 'crm'), fields: ['name'], when: { status: 'won' } };
    expect(await winIn([asking])).toEqual(['opportunity.won odoo:1']);
  });

  test('also when its change comes back from the other as an echo', async () => {
    const world = await createWorld({ rules: [opportunityRule('crm', 'erp')] });
    const { hubspot, odoo } = world;
    for (const status of ['open', 'won']) {
      hubspot.put('opportunity', '1', { name: 'Audit', status });
      await world.tell(hubspot, 'opportunity', '1', { operation: status === 'open' ? 'create' : 'write' });
      await world.calm();
      const [id] = Object.keys(odoo.all('opportunity'));
      await world.tell(odoo, 'opportunity', id as string, { echo: true });
      await world.calm();
    }
    expect(odoo.states('opportunity')).toEqual([{ name: 'Audit', status: 'won' }]);
    expect(eventsIn(world)).toEqual(['opportunity.won hubspot:1']);
  });
});

describe('subscribers', () => {
  const subscribers = {
    ledger: ['invoice.posted', 'invoice.paid'],
    planner: ['project.opened', 'invoice.disputed'],
  } as const;
  const create = () => createWorld({ subscribers });
  const posted = { ...draft, status: 'posted' };

  test('are told of what they asked for, with the values of that time', async () => {
    const world = await create();
    await change(world, '1', posted, 'create');
    await change(world, '1', { payment: 'paid', total: '90.00' });
    expect(toldTo(world.subscribers.ledger)).toEqual(['invoice.posted 1', 'invoice.paid 1']);
    expect(toldTo(world.subscribers.planner)).toEqual([]);
    const [first] = messagesTo(world.subscribers.ledger as MemorySystem);
    const [row] = world.rows<{ id: string; occurred_at: string }>(
      'select id, occurred_at from business_event',
    );
    expect(first).toMatchObject({
      id: row?.id,
      type: 'invoice.posted',
      version: 1,
      timestamp: row?.occurred_at,
      object: { system: 'odoo', entity: 'invoice', id: '1', business_object: null },
      correlation: 'odoo:1',
      data: { total: '100.00', number: null },
    });
  });

  test('get the events of one object one after the other, also while the first fails', async () => {
    const world = await create();
    const ledger = world.subscribers.ledger as MemorySystem;
    ledger.failNext('write', { kind: 'call', error: ledger.error('unavailable', 'broken', { status: 500 }) });
    const gate = ledger.gate('write');
    world.odoo.put('invoice', '1', posted);
    await world.tell(world.odoo, 'invoice', '1', { operation: 'create' });
    await gate.reached;
    await change(world, '1', { payment: 'paid' });
    await change(world, '1', { payment: 'not_paid' });
    await change(world, '1', { payment: 'paid' });
    await change(world, '2', posted, 'create');
    gate.open();
    await world.pass(120_000);
    const told = toldTo(ledger).filter((text) => text.endsWith(' 1'));
    expect(told).toEqual(['invoice.posted 1', 'invoice.posted 1', 'invoice.paid 1', 'invoice.paid 1']);
    expect(toldTo(ledger)).toContain('invoice.posted 2');
    expect(world.rows("select state from delivery where target = 'ledger' and state <> 'done'")).toEqual([]);
    expect(world.rows('select 1 from need')).toEqual([]);
  });

  test('get what comes after an event that they refused', async () => {
    const world = await create();
    const ledger = world.subscribers.ledger as MemorySystem;
    ledger.failNext('write', { kind: 'call', error: ledger.error('invalid', 'no', { status: 400 }) });
    const gate = ledger.gate('write');
    world.odoo.put('invoice', '1', posted);
    await world.tell(world.odoo, 'invoice', '1', { operation: 'create' });
    await gate.reached;
    await change(world, '1', { payment: 'paid' });
    gate.open();
    await world.calm();
    expect(toldTo(ledger)).toEqual(['invoice.posted 1', 'invoice.paid 1']);
    const states = world.rows<{ state: string }>(
      "select state from delivery where target = 'ledger' order by seq",
    );
    expect(states.map(({ state }) => state)).toEqual(['dead', 'done']);
  });

  test('are kept waiting by nobody else', async () => {
    const world = await createWorld({ subscribers: { slow: ['invoice.posted'], quick: ['invoice.posted'] } });
    const gate = world.subscribers.slow?.gate('write');
    await change(world, '1', posted, 'create');
    expect(toldTo(world.subscribers.quick)).toEqual(['invoice.posted 1']);
    gate?.open();
  });

  test('hear after a crash what was not settled, with the same id', async () => {
    const world = await create();
    const ledger = world.subscribers.ledger as MemorySystem;
    ledger.failNext('write', { kind: 'hang', done: true });
    await change(world, '1', posted, 'create');
    await change(world, '1', { payment: 'paid' });
    await world.crash();
    await world.pass(10_000);
    expect(toldTo(ledger)).toEqual(['invoice.posted 1', 'invoice.posted 1', 'invoice.paid 1']);
    const [first, second] = messagesTo(ledger);
    expect(second).toEqual(first);
  });

  test('that do not answer for a day lose nothing', async () => {
    const world = await create();
    const ledger = world.subscribers.ledger as MemorySystem;
    ledger.fault = ({ method }) =>
      method === 'write' ? { kind: 'call', error: ledger.error('unavailable', 'down') } : undefined;
    await change(world, '1', posted, 'create');
    await change(world, '1', { payment: 'paid' });
    await world.pass(24 * 3_600_000);
    ledger.fault = () => undefined;
    const before = ledger.calls('write').length;
    await world.pass(60_000);
    expect(toldTo(ledger).slice(before)).toEqual(['invoice.posted 1', 'invoice.paid 1']);
  });

  test('that were added later are told of what comes after', async () => {
    const earlier = await createWorld();
    await change(earlier, '1', posted, 'create');
    await earlier.close();
    const world = await createWorld({ subscribers, path: earlier.path });
    world.odoo.put('invoice', '1', { ...posted, payment: 'paid' });
    await world.tell(world.odoo, 'invoice', '1', { id: 'later' });
    await world.calm();
    expect(eventsIn(world)).toEqual(['invoice.posted odoo:1', 'invoice.paid odoo:1']);
    expect(toldTo(world.subscribers.ledger)).toEqual(['invoice.paid 1']);
  });

  test('are told of nothing while the erp is a copy', async () => {
    const world = await createWorld({ subscribers: { planner: ['time.approved'] } });
    world.odoo.findings = [{ level: 'error', message: 'This is a copy' }];
    await world.engine.stop(0);
    await world.restart();
    world.harvest.put('timesheet', '7', approved);
    await world.tell(world.harvest, 'timesheet', '7', { operation: 'create' });
    await world.calm();
    expect(eventsIn(world)).toEqual(['time.approved harvest:7']);
    expect(toldTo(world.subscribers.planner)).toEqual([]);
  });
});
