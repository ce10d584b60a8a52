import { describe, expect, test, vi } from 'vitest';
import type { Flow, FlowStep } from '../../bridge/rules/flow.ts';
import { createWorld, type World } from '../engine/world.ts';
import { viewsOf } from './firm.ts';
import { draft } from './sample-flows.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
/** Tests begin at 8 in the morning. */
const nights = { kind: 'window', cron: '0 20 * * *', minutes: 600 } as const;

const drafting: FlowStep = { ...draft, on: 'subject', input: {}, timing: nights };
const billing: Flow = {
  id: 'contract-to-invoice',
  title: 'What can be billed is drafted',
  entity: 'contract',
  from: 'erp',
  condition: { when: { to_bill: true } },
  repeats: true,
  objects: [],
  steps: [drafting],
};
const actions = {
  'make-draft-invoice': { meaning: '', on: 'contract', makes: 'invoice', takes: {}, batch: 10 },
} as const;
const toBill = { status: 'active', to_bill: true, hours_delivered: '1' };

async function createBilling(flow = billing) {
  const world = await createWorld({ flows: [flow], actions });
  return { world, ...viewsOf(world) };
}

async function contract(
  world: World,
  fields: Readonly<Record<string, string | boolean>> = {},
): Promise<void> {
  world.odoo.put('contract', 'c1', { ...toBill, ...fields });
  await world.tell(world.odoo, 'contract', 'c1');
  await world.calm();
}

/** Odoo makes the draft, and what was to be billed is. */
function billsAll(world: World, change: () => void = () => {}): void {
  world.odoo.refuses = (_, { reference }) => {
    if (world.odoo.done.some(({ request }) => request.reference === reference)) return undefined;
    world.odoo.patch('contract', 'c1', { to_bill: false });
    change();
    return undefined;
  };
}

const rounds = (instances: { round: number; state: string }[]) =>
  instances.map(({ round, state }) => `${round} ${state}`);

describe('a flow that repeats', () => {
  test('goes on with what came in before anybody saw that there was nothing', async () => {
    const { world, instances } = await createBilling();
    let hours = 1;
    billsAll(world, () => {
      hours++;
      world.odoo.patch('contract', 'c1', { to_bill: hours < 4, hours_delivered: String(hours) });
    });
    await contract(world);
    await world.pass(day);
    expect(rounds(instances())).toEqual(['1 done', '2 running']);
    await world.pass(2 * day);
    expect(world.odoo.done.map(({ request }) => request.reference.split(':').at(-1))).toEqual([
      '1',
      '2',
      '3',
    ]);
    expect(rounds(instances())).toEqual(['1 done', '2 done', '3 done']);
    await world.pass(2 * day);
    expect(world.odoo.done).toHaveLength(3);
  });

  test('goes on where its subject is as it was, and nobody tells of it', async () => {
    const { world } = await createBilling();
    await contract(world);
    await world.pass(11 * 60 * minute);
    expect(world.odoo.done).toEqual([]);
    let left = 2;
    billsAll(world, () => world.odoo.patch('contract', 'c1', { to_bill: left-- > 0 }));
    await world.pass(3 * day);
    expect(world.odoo.done).toHaveLength(3);
  });

  test('leaves only within its window, and once in each', async () => {
    const { world } = await createBilling();
    const times: string[] = [];
    billsAll(world, () => times.push(new Date().toISOString().slice(0, 13)));
    await contract(world);
    await world.pass(13 * 60 * minute);
    await world.tell(world.odoo, 'contract', 'c1');
    await world.calm();
    // It was seen that there was nothing, and the window is still open.
    await contract(world, { hours_delivered: '2' });
    await world.pass(day);
    expect(times).toEqual(['2026-01-05T20', '2026-01-06T20']);
  });

  test('rests where there was nothing to do, until its subject changes', async () => {
    const { world, instances } = await createBilling({
      ...billing,
      steps: [{ ...drafting, timing: { kind: 'real-time' } }],
    });
    world.odoo.refuses = () => ({ ok: true, id: '', result: 'unchanged' });
    await contract(world);
    await world.pass(day);
    expect(world.odoo.calls('act')).toHaveLength(1);
    expect(rounds(instances())).toEqual(['1 done']);
    await contract(world, { hours_delivered: '2' });
    await world.pass(day);
    expect(world.odoo.calls('act')).toHaveLength(2);
    // Told of, but nothing is different.
    await contract(world, { hours_delivered: '2' });
    await world.pass(day);
    expect(world.odoo.calls('act')).toHaveLength(2);
  });

  test('sees what changed while it was told that there was nothing to do', async () => {
    const { world } = await createBilling({
      ...billing,
      steps: [{ ...drafting, timing: { kind: 'real-time' } }],
    });
    let first = true;
    world.odoo.refuses = () => {
      // It was read before the call began.
      vi.advanceTimersByTime(1);
      if (first) world.odoo.patch('contract', 'c1', { hours_delivered: '2' });
      first = false;
      return { ok: true, id: '', result: 'unchanged' };
    };
    await contract(world);
    await world.pass(day);
    expect(world.odoo.calls('act')).toHaveLength(2);
  });

  test('goes on behind a draft whose answer was lost', async () => {
    const { world } = await createBilling();
    await contract(world);
    world.odoo.failNext('act', { kind: 'lost' });
    let left = 1;
    billsAll(world, () => world.odoo.patch('contract', 'c1', { to_bill: left-- > 0 }));
    await world.pass(2 * day);
    expect(world.odoo.done).toHaveLength(2);
  });

  test('goes on with a store that knows nothing of the rounds before', async () => {
    const old = await createBilling();
    await contract(old.world);
    let left = 2;
    billsAll(old.world, () => old.world.odoo.patch('contract', 'c1', { to_bill: left-- > 0 }));
    await old.world.pass(3 * day);
    expect(old.world.odoo.done).toHaveLength(3);
    const { world } = await createBilling();
    world.odoo.done.push(...old.world.odoo.done);
    await contract(world);
    billsAll(world);
    await world.pass(day);
    expect(world.odoo.done).toHaveLength(4);
    await world.close();
    await old.world.close();
  });

  test('goes on over a stop before its subject was read again', async () => {
    const { world } = await createBilling();
    await contract(world);
    let left = 1;
    billsAll(world, () => {
      world.odoo.patch('contract', 'c1', { to_bill: left-- > 0 });
      // Nothing can be read for a while.
      world.odoo.fault = (call) =>
        call.method === 'read' ? { kind: 'call', error: world.odoo.error('unavailable', 'down') } : undefined;
    });
    await world.pass(13 * 60 * minute);
    expect(world.odoo.done).toHaveLength(1);
    await world.crash();
    world.odoo.fault = () => undefined;
    await world.pass(day);
    expect(world.odoo.done).toHaveLength(2);
  });

  test('takes up what was done before it said so', async () => {
    const { repeats: _, ...once } = billing;
    const { world, instances } = await createBilling(once);
    await contract(world);
    await world.pass(day);
    await contract(world, { hours_delivered: '2' });
    await world.pass(day);
    expect(world.odoo.done).toHaveLength(1);
    await world.engine.stop(0);
    await world.restart({ flows: [billing] });
    billsAll(world);
    await world.pass(day);
    expect(world.odoo.done).toHaveLength(2);
    expect(rounds(instances())).toEqual(['1 done', '2 done']);
  });
});

test('a flow that does not repeat is done once as long as its condition holds', async () => {
  const { repeats: _, ...once } = billing;
  const { world } = await createBilling(once);
  await contract(world);
  await world.pass(day);
  await contract(world, { hours_delivered: '2' });
  await world.pass(2 * day);
  expect(world.odoo.done).toHaveLength(1);
});
