import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import { type ExceptionRow, exceptionOf, exceptionTable, type StoredException } from './exception.ts';
import { prepare, slot } from './statement.ts';

/** What reconciliations have people look at. */
export function raisedTable(database: OpenDatabase) {
  const { connection, kysely } = database;
  const exceptions = exceptionTable(database);
  const after = prepare<{ prefix: string; after: string; limit: number }, ExceptionRow>(
    connection,
    kysely
      .selectFrom('exception')
      .selectAll()
      .where('source', '=', sql.lit('reconciliation'))
      .where('closed_at', 'is', null)
      .where('key', '>', slot<string>('after'))
      // Behind everything that begins so.
      .where('key', '<', sql<string>`@prefix || char(1114111)`)
      .orderBy('key')
      .limit(slot<number>('limit')),
  );

  return {
    raise: exceptions.raise,
    close: (key: string, at: string): boolean => exceptions.close('reconciliation', key, at),
    /** Those that are open and whose key begins with `prefix`, in the order of their keys. */
    after: (prefix: string, key: string, limit: number): StoredException[] =>
      after.all({ prefix, after: key, limit }).map(exceptionOf),
  };
}
