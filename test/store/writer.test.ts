import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type OpenDatabase, openDatabase } from '../../bridge/store/database.ts';
import { createWriter, type Writer } from '../../bridge/store/writer.ts';
import { temporaryPath } from './temporary.ts';

interface Bench {
  readonly path: string;
  readonly database: OpenDatabase;
  readonly writer: Writer;
  /** How many commits there were; another connection sees a new version after each. */
  commits(): number;
  add(text: string): void;
  texts(): string[];
}

async function createBench(): Promise<Bench> {
  const path = temporaryPath();
  const database = await openDatabase(path);
  const { connection } = database;
  onTestFinished(() => {
    connection.close();
  });
  connection.exec('create table note (text text not null unique)');
  const insert = connection.prepare('insert into note values (?)');
  let commits = 0;
  const prepare = connection.prepare.bind(connection);
  connection.prepare = ((source: string) => {
    const statement = prepare(source);
    if (source !== 'commit') return statement;
    const run = statement.run.bind(statement);
    statement.run = (...parameters: unknown[]) => {
      commits++;
      return run(...parameters);
    };
    return statement;
  }) as typeof connection.prepare;
  return {
    path,
    database,
    writer: createWriter(connection),
    commits: () => commits,
    add: (text) => {
      insert.run(text);
    },
    texts: () => prepare('select text from note order by rowid').pluck().all() as string[],
  };
}

describe('group commit', () => {
  test('everything of one turn of the event loop shares one commit', async () => {
    const { writer, add, texts, commits } = await createBench();
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        writer.write(() => {
          add(`${index}`);
          return index;
        }),
      ),
    );
    expect(results).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(texts()).toEqual(results.map(String));
    expect(commits()).toBe(1);
    await writer.write(() => add('later'));
    expect(commits()).toBe(2);
  });

  test('nothing is answered before it can be seen by another connection', async () => {
    const { path, writer, add } = await createBench();
    const reader = new Database(path, { readonly: true });
    onTestFinished(() => {
      reader.close();
    });
    const write = writer.write(() => add('one'));
    const count = () => reader.prepare('select count(*) from note').pluck().get();
    expect(count()).toBe(0);
    await write;
    expect(count()).toBe(1);
  });

  test('one bad operation is rejected alone', async () => {
    const { writer, add, texts } = await createBench();
    const ended = await Promise.allSettled([
      writer.write(() => add('one')),
      writer.write(() => {
        add('half');
        throw new Error('bad');
      }),
      writer.write(() => add('two')),
    ]);
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(ended[1]).toMatchObject({ reason: new Error('bad') });
    expect(texts()).toEqual(['one', 'two']);
  });

  test('a bad operation that is alone leaves nothing, and the next one works', async () => {
    const { writer, add, texts } = await createBench();
    await writer.write(() => add('one'));
    await expect(writer.write(() => add('one'))).rejects.toThrow('UNIQUE');
    await writer.write(() => add('two'));
    expect(texts()).toEqual(['one', 'two']);
  });

  test('closing writes what is queued, and takes nothing more', async () => {
    const { writer, add, texts, commits } = await createBench();
    const queued = [writer.write(() => add('one')), writer.write(() => add('two'))];
    writer.close();
    expect(texts()).toEqual(['one', 'two']);
    expect(commits()).toBe(1);
    await Promise.all(queued);
    await expect(writer.write(() => add('three'))).rejects.toThrow('closed');
    expect(texts()).toEqual(['one', 'two']);
  });
});
