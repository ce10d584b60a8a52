import type { Connection } from './database.ts';

/** Changes of a table that wait to be made together, within one transaction. */
export interface Gathered {
  readonly table: string;
  /** Makes them. */
  write(): void;
  /** The transaction was undone. */
  forget(): void;
  /** The transaction is on disk. */
  committed?(): void;
}

const byConnection = new WeakMap<Connection, Gathered[]>();
const none: readonly Gathered[] = [];

/** From now on `gathered` is written before anything else looks at its table, and before each commit. */
export function gather(connection: Connection, gathered: Gathered): void {
  const known = byConnection.get(connection);
  if (known === undefined) byConnection.set(connection, [gathered]);
  else known.push(gathered);
}

/** All that is gathered for a connection, in the order in which it has to be written. */
export const gatheredFor = (connection: Connection): readonly Gathered[] =>
  byConnection.get(connection) ?? none;

/** What is gathered for the tables that a statement names. */
export function gatheredNamedIn(connection: Connection, sql: string): readonly Gathered[] {
  return gatheredFor(connection).filter(({ table }) => new RegExp(`\\b${table}\\b`).test(sql));
}
