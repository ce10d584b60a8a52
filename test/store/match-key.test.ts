import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { State } from '../../bridge/entities/field.ts';
import type { KeyPlan } from '../../bridge/matching/key.ts';
import { type OpenDatabase, openDatabase, openDatabaseForReading } from '../../bridge/store/database.ts';
import { matchKeyTable } from '../../bridge/store/match-key.ts';
import { metaTable } from '../../bridge/store/meta.ts';
import { recordTable, type SystemObject } from '../../bridge/store/record.ts';
import { openStore } from '../../bridge/store/store.ts';
import { reading } from './samples.ts';
import { temporaryPath } from './temporary.ts';

const plan: KeyPlan = { exact: { customer: ['vat', 'domain'] }, likely: [] };
const object: SystemObject = { system: 'odoo', entity: 'customer', id: '1' };

describe('keys of a record', () => {
  let database: OpenDatabase;
  let table: ReturnType<typeof matchKeyTable>;
  let statements: string[];

  beforeEach(async () => {
    statements = [];
    database = await openDatabase(temporaryPath());
    onTestFinished(() => database.kysely.destroy());
    const connection = new Proxy(database.connection, {
      get(target, name) {
        const value = target[name as keyof typeof target];
        if (name !== 'prepare') return typeof value === 'function' ? value.bind(target) : value;
        return (source: string) => counted(target.prepare(source), source);
      },
    });
    table = matchKeyTable({ ...database, connection }, recordTable(database), metaTable(database));
    table.use(plan);
  });

  /** The statement, noted each time that it runs. */
  const counted = <Statement extends object>(statement: Statement, source: string): Statement =>
    new Proxy(statement, {
      get(target, name) {
        const value = target[name as keyof Statement];
        if (typeof value !== 'function') return value;
        return (...values: unknown[]) => {
          statements.push(source.split(' ').slice(0, 3).join(' '));
          return value.apply(target, values);
        };
      },
    });

  const note = (before: State | null, after: State | null) =>
    table.note(object, before, after, Object.keys({ ...before, ...after }));
  const rows = () =>
    database.connection.prepare('select field, value from match_key order by field').all() as unknown[];

  test('are written by one statement, and only when they change', () => {
    const first = { name: 'Acme', vat: 'BE 0477.472.701', domain: 'www.acme.example' };
    note(null, first);
    expect(rows()).toEqual([
      { field: 'domain', value: 'acme.example' },
      { field: 'vat', value: 'BE0477472701' },
    ]);
    expect(statements).toHaveLength(1);
    note(first, { ...first, name: 'Acme 2' });
    note(first, { ...first, vat: 'be0477472701' });
    expect(statements).toHaveLength(1);
    note(first, { name: 'Acme', vat: 'BE0477472702', domain: null });
    expect(rows()).toEqual([
      { field: 'domain', value: null },
      { field: 'vat', value: 'BE0477472702' },
    ]);
    expect(statements).toHaveLength(2);
    note({ name: 'Acme', vat: 'BE0477472702', domain: null }, null);
    expect(rows()).toEqual([]);
    expect(statements).toHaveLength(3);
  });

  test('are none where no rule matches by anything', () => {
    note(null, { name: 'Acme' });
    table.note({ ...object, entity: 'project' }, null, { name: 'Acme', code: 'A' }, []);
    table.use({ exact: {}, likely: [] });
    note(null, { vat: 'BE0477472701' });
    note({ vat: 'BE0477472701' }, null);
    expect(statements).toEqual([]);
  });
});

describe('among a hundred thousand known customers', () => {
  const many = 100_000;

  test('the likely ones of one are found in no time', { timeout: 120_000 }, async () => {
    const path = temporaryPath();
    const store = await openStore(path);
    onTestFinished(() => store.close());
    await store.keepMatchKeys({ exact: {}, likely: ['customer'] });
    const words = ['Global', 'Systems', 'Partners', 'Nord', 'Data', 'Consulting', 'Bau', 'Media'];
    const nameOf = (number: number) =>
      `${words[number % 8]} ${words[(number >> 3) % 8]} ${(number * 7919).toString(36)} GmbH`;
    for (let start = 0; start < many; start += 5000) {
      const readings = Array.from({ length: 5000 }, (_, index) =>
        reading(`c${start + index}`, { name: nameOf(start + index) }, { system: 'hubspot' }),
      );
      await store.apply({ readings, finished: [], failed: [], route: () => [] });
    }
    const wanted = { ...object, state: { name: nameOf(77_777) }, fingerprint: '', gone: false, readAt: '' };
    await store.likely('hubspot', [wanted]);
    const startedAt = performance.now();
    const [found] = await store.likely('hubspot', [wanted]);
    const tookMs = performance.now() - startedAt;
    expect(found?.[0]?.object.id).toBe('c77777');
    expect(found?.length).toBeLessThanOrEqual(5);
    // Half a second on a busy machine; comparing with all of them takes many times as long.
    expect(tookMs).toBeLessThan(500);
  });
});

test('who shares an e-mail address is found among many who share a word each', async () => {
  const store = await openStore(temporaryPath());
  onTestFinished(() => store.close());
  await store.keepMatchKeys({ exact: {}, likely: ['customer'] });
  const words = ['Global', 'Digital', 'Consulting'];
  const crowd = Array.from({ length: 780 }, (_, index) =>
    reading(
      `a${index}`,
      { name: `${words[index % 3]} ${(index * 7919).toString(36)}zz` },
      { system: 'hubspot' },
    ),
  );
  const same = [
    reading('z1', { name: 'Golbal Digital Consulting', email: 'info@gdc.example' }, { system: 'hubspot' }),
    reading('z2', { name: 'Globak Consulting Digital' }, { system: 'hubspot' }),
  ];
  await store.apply({ readings: [...crowd, ...same], finished: [], failed: [], route: () => [] });
  const state = { name: 'Global Digital Consulting', email: 'info@gdc.example' };
  const [found] = await store.likely('hubspot', [
    { ...object, state, fingerprint: '', gone: false, readAt: '' },
  ]);
  expect(found?.map(({ object: { id } }) => id)).toEqual(['z1', 'z2']);
});

test('keys of another plan are made anew for what is known, in rounds, and only once', async () => {
  const path = temporaryPath();
  const store = await openStore(path);
  onTestFinished(() => store.close());
  const readings = Array.from({ length: 1203 }, (_, index) =>
    reading(String(index), index === 7 ? null : { vat: `BE0${400_000_000 + index}` }),
  );
  await store.apply({ readings, finished: [], failed: [], route: () => [] });
  await store.keepMatchKeys(plan);
  const known = (vat: string) =>
    store.knownBy({ ...object, system: 'hubspot' }, 'odoo', [{ field: 'vat', value: vat }]);
  expect((await known('BE0400001202')).flat().map(({ id }) => id)).toEqual(['1202']);
  expect((await known('BE0400000007')).flat()).toEqual([]);
  const reader = openDatabaseForReading(path);
  onTestFinished(() => {
    reader.connection.close();
  });
  const count = () => reader.connection.prepare('select count(*) as count from match_key').get();
  expect(count()).toEqual({ count: 1202 });
  await store.keepMatchKeys({ exact: { customer: ['domain'] }, likely: [] });
  expect(count()).toEqual({ count: 0 });
});
