import type { RunResult } from 'better-sqlite3';
import { type Compilable, sql } from 'kysely';
import type { Connection } from './database.ts';
import { type Gathered, gatheredFor, gatheredNamedIn } from './gathered.ts';

/** A named parameter of a prepared statement: `slot<string>('id')` stands for `@id`. */
export const slot = <Type>(name: string) => sql<Type>`${sql.raw(`@${name}`)}`;

/** A statement that is kept. Parameters it does not name are left aside; one that is missing is a bug and throws. */
export interface Prepared<Parameters, Row> {
  run(parameters: Parameters): RunResult;
  get(parameters: Parameters): Row | undefined;
  all(parameters: Parameters): Row[];
}

/**
 * Compiles a query once and keeps the prepared statement: Kysely itself prepares a query anew each time it runs.
 * Everything variable must be a `slot`, every constant `sql.lit`.
 *
 * @param ahead true where the caller itself knows what is gathered and not written yet
 */
export function prepare<Parameters extends object, Row = unknown>(
  connection: Connection,
  query: Compilable,
  { ahead = false }: { readonly ahead?: boolean } = {},
): Prepared<Parameters, Row> {
  const compiled = query.compile();
  if (compiled.parameters.length > 0)
    throw new Error(`A constant stands in a prepared query: ${compiled.sql}`);
  // SQLite looks named parameters up by name at each run; by position a statement takes a quarter less time.
  const names: string[] = [];
  const text = compiled.sql.replaceAll(/@(\w+)/g, (_, name: string) => {
    names.push(name);
    return '?';
  });
  const statement = connection.prepare<unknown[], Row>(text);

  function values(parameters: Parameters): unknown[] {
    const list = new Array<unknown>(names.length);
    for (let index = 0; index < names.length; index++) {
      const value = (parameters as Record<string, unknown>)[names[index] as string];
      if (value === undefined)
        throw new Error(`The parameter "${names[index]}" is missing for: ${compiled.sql}`);
      list[index] = value;
    }
    return list;
  }

  let known = -1;
  let gathered: readonly Gathered[] = [];

  /** What waits to be written to the tables that the statement looks at comes first. */
  function catchUp(): void {
    const all = gatheredFor(connection);
    if (known !== all.length) {
      known = all.length;
      gathered = ahead ? [] : gatheredNamedIn(connection, text);
    }
    for (const some of gathered) some.write();
  }

  return {
    run(parameters) {
      catchUp();
      return statement.run(values(parameters));
    },
    get(parameters) {
      catchUp();
      return statement.get(values(parameters));
    },
    all(parameters) {
      catchUp();
      return statement.all(values(parameters));
    },
  };
}
