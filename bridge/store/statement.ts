import type { Statement } from 'better-sqlite3';
import { type Compilable, sql } from 'kysely';
import type { Connection } from './database.ts';

/** A named parameter of a prepared statement: `slot<string>('id')` stands for `@id`. */
export const slot = <Type>(name: string) => sql<Type>`${sql.raw(`@${name}`)}`;

/**
 * Compiles a query once and keeps the prepared statement: Kysely itself prepares a query anew each time it runs.
 * Everything variable must be a `slot`, every constant `sql.lit`.
 */
export function prepare<Parameters extends object, Row = unknown>(
  connection: Connection,
  query: Compilable,
): Statement<[Parameters], Row> {
  const compiled = query.compile();
  if (compiled.parameters.length > 0)
    throw new Error(`A constant stands in a prepared query: ${compiled.sql}`);
  return connection.prepare<[Parameters], Row>(compiled.sql);
}
