import type { Statement } from 'better-sqlite3';
import type { Connection } from './database.ts';
import { type Gathered, gather, gatheredFor } from './gathered.ts';

type Value = string | number | null;

export interface BulkOptions {
  readonly table: string;
  /** Columns that mostly have the same value in one row after the other: those are handed over once for all of them. */
  readonly shared: readonly string[];
  /** Columns that differ from row to row. */
  readonly each: readonly string[];
  /** The `on conflict` clause, where there is one. */
  readonly onConflict?: string;
}

/** Rows that are gathered and inserted several at a time, which takes half as long as one after the other. */
export interface Bulk extends Gathered {
  /** Gathers a row; some may be inserted by that. The values are in the order of the columns. */
  add(shared: readonly Value[], each: readonly Value[]): void;
  /** How many rows were inserted or changed since this was asked last. */
  takeCount(): number;
}

/** More rows in one statement gain nothing any more. */
const together = 16;
const few = 4;

export function createBulk(connection: Connection, options: BulkOptions): Bulk {
  const { shared, each } = options;
  const statements = new Map<number, Statement<[Value[]]>>();
  let current: readonly Value[] = [];
  let values: Value[] = [];
  let rows = 0;
  let count = 0;

  function statementFor(size: number): Statement<[Value[]]> {
    let statement = statements.get(size);
    if (statement === undefined) {
      statement = connection.prepare<[Value[]]>(sqlFor(options, size));
      statements.set(size, statement);
    }
    return statement;
  }

  function insert(size: number, parameters: Value[]): void {
    count += statementFor(size).run(parameters).changes;
  }

  function write(): void {
    if (rows === 0) return;
    const gathered = values;
    const left = rows;
    values = [];
    rows = 0;
    if (left === together) {
      insert(together, gathered);
      return;
    }
    const head = gathered.slice(0, shared.length);
    let from = shared.length;
    for (let done = 0; done < left; ) {
      const size = left - done >= few ? few : 1;
      const to = from + size * each.length;
      insert(size, [...head, ...gathered.slice(from, to)]);
      from = to;
      done += size;
    }
  }

  /** Other changes of the table may wait that have to be made first: a row must not meet one that is about to leave. */
  function writeInTurn(): void {
    for (const gathered of gatheredFor(connection)) if (gathered.table === options.table) gathered.write();
  }

  function isCurrent(next: readonly Value[]): boolean {
    for (let index = 0; index < next.length; index++) if (next[index] !== current[index]) return false;
    return true;
  }

  const bulk: Bulk = {
    table: options.table,
    add(sharedValues, eachValues) {
      if (rows > 0 && !isCurrent(sharedValues)) writeInTurn();
      if (rows === 0) {
        current = sharedValues;
        values = [...sharedValues];
      }
      for (const value of eachValues) values.push(value);
      if (++rows === together) writeInTurn();
    },
    write,
    takeCount() {
      write();
      const taken = count;
      count = 0;
      return taken;
    },
    forget() {
      values = [];
      rows = 0;
      count = 0;
    },
  };
  gather(connection, bulk);
  return bulk;
}

function sqlFor({ table, shared, each, onConflict = '' }: BulkOptions, size: number): string {
  const columns = [...shared, ...each].join(', ');
  const slots = (names: readonly string[]) => `(${names.map(() => '?').join(', ')})`;
  if (size === 1)
    return `insert into ${table} (${columns}) values ${slots([...shared, ...each])} ${onConflict}`;
  const rows = Array.from({ length: size }, () => slots(each)).join(', ');
  // "where true" tells the parser that what follows is no join condition.
  return `with shared (${shared.join(', ')}) as (values ${slots(shared)})
    insert into ${table} (${columns}) select * from shared, (values ${rows}) where true ${onConflict}`;
}

/** Rows, by their numbers, that one statement changes in the same way. */
export interface List {
  /** `at`: the instant that the change is written down with. */
  add(seq: number, at: string): void;
}

/**
 * Gathers the numbers of rows.
 *
 * @param sql has two parameters: the instant, and a JSON list of numbers
 * @param missing what is said when the statement did not change every one of the rows
 */
export function createList(
  connection: Connection,
  table: string,
  { sql, missing }: { readonly sql: string; readonly missing: string },
): List {
  const statement = connection.prepare<[string, string]>(sql);
  let instant = '';
  let numbers: number[] = [];

  function write(): void {
    if (numbers.length === 0) return;
    const gathered = numbers;
    numbers = [];
    const { changes } = statement.run(instant, `[${gathered.join()}]`);
    if (changes !== gathered.length) throw new Error(`Of ${gathered.length}, ${missing}`);
  }

  gather(connection, {
    table,
    write,
    forget() {
      numbers = [];
    },
  });
  return {
    add(seq, at) {
      if (at !== instant) write();
      instant = at;
      numbers.push(seq);
    },
  };
}
