import { expect, onTestFinished, test } from 'vitest';
import { createBulk, createList } from '../../bridge/store/bulk.ts';
import { type OpenDatabase, openDatabase } from '../../bridge/store/database.ts';
import { prepare } from '../../bridge/store/statement.ts';
import { createWriter } from '../../bridge/store/writer.ts';
import { temporaryPath } from './temporary.ts';

async function createBench() {
  const database = await openDatabase(temporaryPath());
  const { connection } = database;
  onTestFinished(() => {
    connection.close();
  });
  connection.exec('create table note (seq integer primary key, kind text, name text unique, done_at text)');
  const rows = createBulk(connection, {
    table: 'note',
    shared: ['kind'],
    each: ['name'],
    onConflict: 'on conflict (name) do nothing',
  });
  /** Past what waits for it to be written. */
  const onDisk = () => connection.prepare('select kind, name from note order by seq').raw().all();
  return { database, connection, rows, onDisk, writer: createWriter(connection) };
}

const countStatement = ({ connection }: OpenDatabase) =>
  prepare<object, { count: number }>(connection, {
    compile: () => ({ sql: 'select count(*) as count from note', parameters: [] }) as never,
  });

test.each([1, 3, 4, 15, 16, 17, 50])('%s rows are all inserted, in their order', async (count) => {
  const { rows, onDisk, writer } = await createBench();
  const wanted = Array.from({ length: count }, (_, index) => [
    index < count / 2 ? 'first' : 'then',
    `${index}`,
  ]);
  await writer.write(() => {
    for (const [kind, name] of wanted) rows.add([kind as string], [name as string]);
  });
  expect(onDisk()).toEqual(wanted);
});

test('it is known how many were there already', async () => {
  const { rows, writer } = await createBench();
  const add = (...names: string[]) =>
    writer.write(() => {
      for (const name of names) rows.add(['kind'], [name]);
      return rows.takeCount();
    });
  expect(await add('a', 'b', 'c', 'd', 'e')).toBe(5);
  expect(await add('e', 'f')).toBe(1);
  expect(await add('a')).toBe(0);
});

test('whoever looks at the table sees what waits to be written to it', async () => {
  const { database, rows, onDisk, writer } = await createBench();
  const count = countStatement(database);
  await writer.write(() => {
    rows.add(['kind'], ['a']);
    expect(onDisk()).toEqual([]);
    expect(count.get({})).toEqual({ count: 1 });
  });
});

test('of a transaction that is undone nothing stays behind for the next one', async () => {
  const { rows, onDisk, writer } = await createBench();
  const broken = writer.write(() => {
    rows.add(['kind'], ['a']);
    throw new Error('broken');
  });
  const whole = writer.write(() => rows.add(['kind'], ['b']));
  await expect(broken).rejects.toThrow('broken');
  await whole;
  expect(onDisk()).toEqual([['kind', 'b']]);
});

test('a change of many rows that misses one of them undoes the transaction', async () => {
  const { connection, rows, writer } = await createBench();
  const done = createList(connection, 'note', {
    sql: 'update note set done_at = ? where seq in (select value from json_each(?))',
    missing: 'a note is not there',
  });
  await writer.write(() => {
    for (const name of ['a', 'b', 'c']) rows.add(['kind'], [name]);
  });
  await writer.write(() => {
    done.add(1, 'today');
    done.add(3, 'today');
  });
  const times = () => connection.prepare('select done_at from note order by seq').pluck().all();
  expect(times()).toEqual(['today', null, 'today']);
  const missing = writer.write(() => {
    done.add(2, 'tomorrow');
    done.add(9, 'tomorrow');
  });
  await expect(missing).rejects.toThrow('Of 2, a note is not there');
  expect(times()).toEqual(['today', null, 'today']);
});
