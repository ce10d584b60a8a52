import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { newId } from '../../bridge/entities/id.ts';
import type { Derive } from '../../bridge/store/apply.ts';
import { eventEntity, eventSource, type NewBusinessEvent } from '../../bridge/store/business-event.ts';
import { type OpenDatabase, openDatabaseForReading } from '../../bridge/store/database.ts';
import type { ClaimedDelivery } from '../../bridge/store/delivery.ts';
import { openStore, type Store } from '../../bridge/store/store.ts';
import { readTrace } from '../../bridge/store/trace.ts';
import { delivery, reading, settled } from './samples.ts';
import { temporaryPath } from './temporary.ts';

let store: Store;
let reader: OpenDatabase;
let nowMs: number;

beforeEach(async () => {
  const path = temporaryPath();
  nowMs = Date.UTC(2026, 0, 5, 7, 59, 59);
  store = await openStore(path, () => nowMs++);
  reader = openDatabaseForReading(path);
  onTestFinished(async () => {
    reader.connection.close();
    await store.close();
  });
});

/** Every change is that an invoice was paid, and these are told of it. */
const paid =
  (...targets: string[]): Derive =>
  ({ correlation, after }) => {
    const id = newId();
    const told = targets.map((target) =>
      delivery(id, { id: newId(), target, source: eventSource, entity: eventEntity, correlation }),
    );
    const event: NewBusinessEvent = {
      id,
      name: 'invoice.paid',
      version: 1,
      data: { total: after?.total ?? null },
      deliveries: told,
    };
    return [event];
  };

const apply = (derive: Derive, id: string, total: string) =>
  store.apply({
    readings: [reading(id, { total }, { entity: 'invoice', occurredAt: '2026-01-05T07:59:00.000Z' })],
    finished: [],
    failed: [],
    route: () => [],
    derive,
  });

const claim = (target: string) => store.claim(target, [10], 90_000);
const sent = (claimed: ClaimedDelivery) =>
  store.settle([{ ...settled(claimed), outcome: 'created', externalId: claimed.sourceId }]);

async function traceOf(id: string): Promise<string[]> {
  const entries = await readTrace(reader, id);
  return entries.map(({ kind, object }) => `${kind} ${object}`);
}

describe('the deliveries of events', () => {
  test('of one object and target come one by one, of others at once', async () => {
    await apply(paid('ledger', 'planner'), '1', '1.00');
    await apply(paid('ledger'), '1', '2.00');
    await apply(paid('ledger'), '1', '3.00');
    await apply(paid('ledger'), '2', '4.00');
    const totals: unknown[] = [];
    for (let claimed = await claim('ledger'); claimed.length > 0; claimed = await claim('ledger')) {
      const events = await store.businessEvents(claimed.map(({ sourceId }) => sourceId));
      totals.push(events.map((event) => event?.data.total).sort());
      for (const one of claimed)
        expect(await sent(one)).toEqual(new Set(totals.length < 3 && one === claimed[0] ? ['ledger'] : []));
    }
    expect(totals).toEqual([['1.00', '4.00'], ['2.00'], ['3.00']]);
    expect(await claim('planner')).toHaveLength(1);
  });

  test('wait behind one that is under way, and go on behind one that is dead', async () => {
    await apply(paid('ledger'), '1', '1.00');
    const [first] = (await claim('ledger')) as [ClaimedDelivery];
    await apply(paid('ledger'), '1', '2.00');
    expect(await claim('ledger')).toEqual([]);
    const woken = await store.settle([
      { ...settled(first), outcome: 'dead', error: 'invalid', cause: 'refused' },
    ]);
    expect([...woken]).toEqual(['ledger']);
    expect(await claim('ledger')).toHaveLength(1);
  });

  test('wait while an earlier one is tried again', async () => {
    await apply(paid('ledger'), '1', '1.00');
    const [first] = (await claim('ledger')) as [ClaimedDelivery];
    await apply(paid('ledger'), '1', '2.00');
    await store.settle([
      {
        ...settled(first),
        outcome: 'retry',
        dueMs: nowMs + 1000,
        error: 'unavailable',
        cause: 'down',
        uncertain: false,
        countTry: true,
      },
    ]);
    expect(await claim('ledger')).toEqual([]);
    nowMs += 2000;
    expect(await claim('ledger')).toMatchObject([{ id: first.id }]);
  });

  test('link nothing', async () => {
    await apply(paid('ledger'), '1', '1.00');
    const [first] = (await claim('ledger')) as [ClaimedDelivery];
    await sent(first);
    expect(reader.connection.prepare('select * from link').all()).toEqual([]);
  });
});

describe('the trace', () => {
  test('shows events between their change and their deliveries', async () => {
    await apply(paid('ledger'), '1', '1.00');
    const [first] = (await claim('ledger')) as [ClaimedDelivery];
    await sent(first);
    const expected = [
      'change odoo:invoice:1',
      'business event odoo:invoice:1',
      `delivery bridge:business_event:${first.sourceId}`,
      `attempt bridge:business_event:${first.sourceId}`,
    ];
    for (const id of [
      'odoo:invoice:1',
      'odoo:1',
      first.sourceId,
      `bridge:business_event:${first.sourceId}`,
      first.id,
    ])
      expect(await traceOf(id), id).toEqual(expected);
  });

  test('says what happened, with its values', async () => {
    await apply(paid(), '1', '1.00');
    const entries = await readTrace(reader, 'odoo:invoice:1');
    const [event] = entries.filter(({ kind }) => kind === 'business event');
    expect(event?.text).toMatch(/^invoice\.paid \{"total":"1\.00"\} \(event [\w-]+, version 1\)$/);
  });
});

test('an event keeps when it happened and which business object it was', async () => {
  await apply(paid('ledger'), '1', '1.00');
  const [first] = (await claim('ledger')) as [ClaimedDelivery];
  expect(await store.businessEvents([first.sourceId, 'nobody'])).toEqual([
    {
      id: first.sourceId,
      name: 'invoice.paid',
      version: 1,
      data: { total: '1.00' },
      object: { system: 'odoo', entity: 'invoice', id: '1' },
      objectId: undefined,
      correlation: 'odoo:1',
      occurredAt: '2026-01-05T07:59:00.000Z',
    },
    undefined,
  ]);
});

test('the housekeeping removes old events, besides those that somebody has still to be told of', async () => {
  await apply(paid(), '1', '1.00');
  await apply(paid('ledger'), '2', '2.00');
  await apply(paid('ledger'), '3', '3.00');
  const [first] = (await claim('ledger')) as [ClaimedDelivery];
  await sent(first);
  const before = new Date(nowMs + 1000).toISOString();
  while ((await store.removeSettled(before)) > 0);
  const left = reader.connection.prepare('select external_id as id from business_event').all();
  expect(left).toEqual([{ id: '3' }]);
});
