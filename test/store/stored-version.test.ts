import { expect, onTestFinished, test, vi } from 'vitest';
import { canonicalJson, fingerprint } from '../../bridge/entities/state.ts';
import { openDatabase } from '../../bridge/store/database.ts';
import { eventTable } from '../../bridge/store/event.ts';
import { gatheredFor } from '../../bridge/store/gathered.ts';
import { recordTable } from '../../bridge/store/record.ts';
import { openPast } from '../../bridge/store/simulation.ts';
import { event } from './samples.ts';
import { temporaryPath } from './temporary.ts';

vi.mock('../../bridge/entities/catalogue.ts', async (original) => {
  const { customerOfVersion3 } = await import('../entities/planted.ts');
  const real = await original<typeof import('../../bridge/entities/catalogue.ts')>();
  return {
    ...real,
    entityOf: (name: 'customer') => (name === 'customer' ? customerOfVersion3 : real.entityOf(name)),
  };
});

const at = '2026-01-05T08:00:00.000Z';
const acme = { system: 'odoo', entity: 'customer', id: '7' } as const;
const old = { title: 'Acme', sound: true };
const present = { name: 'Acme', standing: 'good' };

async function store() {
  const path = temporaryPath();
  const database = await openDatabase(path);
  onTestFinished(() => database.kysely.destroy());
  const records = recordTable(database);
  return { path, database, connection: database.connection, records };
}

/** Makes what is stored look as if a bridge of that time had stored it. */
const asVersion1 = (table: 'record' | 'event' | 'change', column: string, value: object) =>
  `update "${table}" set entity_version = 1, ${column} = '${JSON.stringify(value)}'`;

test('a record that an older bridge stored is read as one of today', async () => {
  const { connection, records, database } = await store();
  const mark = fingerprint(canonicalJson(present));
  const record = { ...acme, state: present, fingerprint: mark, gone: false, readAt: at };
  records.put(record, JSON.stringify(present));
  for (const gathered of gatheredFor(connection)) gathered.write();
  expect(connection.prepare('select entity_version from record').pluck().get()).toBe(3);
  connection.exec(asVersion1('record', 'state', old));
  connection.exec(`update record set fingerprint = 'of the older state'`);
  records.forgetRecent();
  // With the fingerprint of the present state: reading the same values again is no change.
  expect(recordTable(database).get(acme)).toEqual(record);
});

test('an event that an older bridge stored is read as one of today', async () => {
  const { connection, database } = await store();
  const events = eventTable(database);
  events.insert(event('a', { type: 'customer', state: present }), at);
  expect(connection.prepare('select entity_version from event').pluck().get()).toBe(3);
  connection.exec(asVersion1('event', 'state', old));
  expect(events.open('odoo', 1, 10).map(({ state }) => state)).toEqual([present]);
  expect(events.openState('odoo', 'customer', '7')).toEqual(present);
});

test('an event without a state, and one of an object that is gone, have no version', async () => {
  const { connection, database } = await store();
  const events = eventTable(database);
  events.insert(event('hint'), at);
  events.insert(event('gone', { type: 'customer', state: null }), at);
  expect(connection.prepare('select distinct entity_version from event').pluck().all()).toEqual([null]);
  expect(events.open('odoo', 1, 10).map(({ state }) => state)).toEqual([undefined, null]);
});

test('a change that an older bridge stored is read as one of today', async () => {
  const { path, connection } = await store();
  connection.exec(`insert into change (system, entity, external_id, correlation, before, after, entity_version, at)
    values ('odoo', 'customer', '7', 'odoo:1', '{}', '{}', 3, '${at}')`);
  connection.exec(asVersion1('change', 'before', { sound: null }));
  connection.exec(asVersion1('change', 'after', { title: 'Acme', sound: true }));
  const past = openPast(path);
  onTestFinished(() => past.close());
  expect([...past.histories(at)].map(({ changes }) => changes[0]?.differences)).toEqual([
    { name: { after: 'Acme' }, standing: { before: 'unknown', after: 'good' } },
  ]);
});
