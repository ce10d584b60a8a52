import { isScalar } from 'yaml';
import type { Value } from '../entities/field.ts';
import type { KnownField } from './field-set.ts';
import { nameAdvice, namePattern } from './name.ts';
import type { ValueTable } from './part.ts';
import { type Placed, placeText, type Report } from './problem.ts';
import { type Entry, kindOf, type Piece, type Reader } from './reader.ts';
import { closest } from './suggest.ts';
import { valueProblem } from './value-file.ts';

/** A value table as far as it could be read, with the places of what is in it. */
export interface TableDraft {
  readonly name: Placed<string>;
  /** Value of the source as text, and what it becomes. */
  readonly entries: readonly TableEntry[];
  readonly empty?: Placed<Value>;
  readonly otherwise?: Placed<Value>;
}

interface TableEntry {
  readonly key: Placed<string>;
  readonly value: Placed<Value>;
}

/** Reads `tables: {<name>: {<value>: <value>, …, null?: <value>, otherwise?: <value>}}`. */
export function readTables(reader: Reader, piece: Piece): TableDraft[] {
  return (reader.entries(piece, '"tables"') ?? []).map((entry) => readTable(reader, entry));
}

function readTable(reader: Reader, { key: name, value }: Entry): TableDraft {
  const what = `table "${name.value}"`;
  if (!namePattern.test(name.value))
    reader.report(name.place, `a value table cannot be called "${name.value}"`, nameAdvice);
  const entries: TableEntry[] = [];
  let special: Pick<TableDraft, 'empty' | 'otherwise'> = {};
  for (const { key, value: to } of reader.entries(value, what) ?? []) {
    const result = readResult(reader, to, key.value, what);
    if (result === undefined) continue;
    if (!key.quoted && key.value === 'null') special = { ...special, empty: result };
    else if (!key.quoted && key.value === 'otherwise') special = { ...special, otherwise: result };
    else entries.push({ key, value: result });
  }
  return { name, entries, ...special };
}

function readResult(reader: Reader, piece: Piece, key: string, what: string): Placed<Value> | undefined {
  const wrong = (wanted: string, advice?: string) => {
    reader.report(piece.place, `"${key}" of ${what} becomes ${kindOf(piece.value)}: ${wanted}`, advice);
    return undefined;
  };
  if (!isScalar(piece.value)) return wrong('it needs a single value');
  const value: unknown = piece.value.value;
  if (value === null && piece.value.source === '')
    return wrong('it needs a value', 'write null for an empty field');
  if (value === null || typeof value === 'boolean' || typeof value === 'string')
    return { value, place: piece.place };
  return wrong('it needs text', `put it in quotes: "${piece.value.source ?? String(value)}"`);
}

/** Reports tables that have the name of another one. */
export function checkTableNames(tables: readonly TableDraft[], report: Report): void {
  const first = new Map<string, Placed<string>>();
  for (const { name } of tables) {
    const earlier = first.get(name.value);
    if (earlier === undefined) first.set(name.value, name);
    else
      report(
        name.place,
        `the table "${name.value}" is there already, see ${placeText(earlier.place)}`,
        'choose another name',
      );
  }
}

interface TableUse {
  readonly table: TableDraft;
  /** Where the rule names the table. */
  readonly used: Placed<string>;
  readonly source: KnownField;
  readonly sourceName: string;
  readonly target: KnownField;
  readonly targetName: string;
}

/** Checks that a table knows every value of the field that it is used for, and makes only values that the target can have. */
export function checkTableUse(use: TableUse, report: Report): void {
  const { table, used, source, target, targetName } = use;
  const kinds = ['text', 'code', 'flag'];
  if (!kinds.includes(source.kind) || !['text', 'code', 'flag', 'day', 'decimal'].includes(target.kind)) {
    const [name, kind] = kinds.includes(source.kind)
      ? [targetName, target.kind]
      : [use.sourceName, source.kind];
    report(used.place, `a value table cannot be used for "${name}", which is a ${kind}`, 'take it out');
    return;
  }
  const results = [...table.entries.map(({ value }) => value), table.empty, table.otherwise];
  for (const result of results) {
    const problem = result === undefined ? undefined : valueProblem(targetName, target, result.value);
    if (result !== undefined && problem !== undefined) report(result.place, ...problem);
  }
  const possible = source.kind === 'flag' ? ['true', 'false'] : source.values;
  if (possible === undefined) return;
  const listed = new Set(table.entries.map(({ key }) => key.value));
  for (const { key } of table.entries)
    if (!possible.includes(key.value)) {
      const close = closest(key.value, possible);
      const advice = close === undefined ? `known: ${possible.join(', ')}` : `did you mean "${close}"?`;
      report(key.place, `"${use.sourceName}" is never "${key.value}"`, advice);
    }
  const missing = possible.filter((value) => !listed.has(value));
  if (missing.length === 0 || table.otherwise !== undefined) return;
  const values = missing.map((value) => `"${value}"`).join(', ');
  const message = `the table "${used.value}" does not say what ${values} of "${use.sourceName}" becomes`;
  report(used.place, message, `add it in ${placeText(table.name.place)}, or an "otherwise"`);
}

export function tableOf({ name, entries, empty, otherwise }: TableDraft): ValueTable {
  return {
    name: name.value,
    values: Object.fromEntries(entries.map(({ key, value }) => [key.value, value.value])),
    ...(empty === undefined ? {} : { empty: empty.value }),
    ...(otherwise === undefined ? {} : { otherwise: otherwise.value }),
  };
}
