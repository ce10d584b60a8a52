import { isMap } from 'yaml';
import type { Value } from '../entities/field.ts';
import { withArticle } from './article.ts';
import { readExpression } from './expression-file.ts';
import type { FieldSet, KnownField } from './field-set.ts';
import { mappingKeys } from './keys.ts';
import type { Mapping } from './part.ts';
import type { Placed } from './problem.ts';
import { kindOf, type Piece, type Reader } from './reader.ts';
import { suggest } from './suggest.ts';
import { checkTableUse, type TableDraft, tableOf } from './table-file.ts';
import { fieldOf, readValue } from './value-file.ts';

/** What the rules of an entity can speak of. */
export interface Words {
  readonly fields: FieldSet;
  readonly tables: readonly TableDraft[];
  /** False when a file could not be read that may have more tables. */
  readonly complete: boolean;
}

/** A field that a rule writes; its value is the field's name. */
export interface FieldDraft extends Placed<string> {
  /** Absent where it is carried over as it stands. */
  readonly mapping?: Mapping;
  /** The fields of the source that it is made from. */
  readonly reads: readonly Placed<string>[];
}

/**
 * Reads `fields: [<name>, {<name>: {field?, table?, expression?, constant?}}, …]`.
 *
 * @param list what the list is called, for messages
 */
export function readFields(reader: Reader, piece: Piece, words: Words, list = '"fields"'): FieldDraft[] {
  const fields: FieldDraft[] = [];
  for (const item of reader.list(piece, list) ?? []) {
    const field = isMap(item.value)
      ? readMapped(reader, item, words, list)
      : readPlain(reader, item, words, list);
    if (field === undefined) continue;
    if (fields.some((other) => other.value === field.value))
      reader.report(field.place, `${list} lists "${field.value}" twice`);
    else fields.push(field);
  }
  return fields;
}

function readPlain(reader: Reader, item: Piece, { fields }: Words, list: string): FieldDraft | undefined {
  const name = reader.text(item, `an item of ${list}`);
  if (name === undefined) return undefined;
  if (fieldOf(reader, name.place, name.value, fields, `${list} names`) === undefined) return undefined;
  return { ...name, reads: [name] };
}

function readMapped(reader: Reader, item: Piece, words: Words, list: string): FieldDraft | undefined {
  const [entry, ...others] = reader.entries(item, `an item of ${list}`) ?? [];
  if (entry === undefined) return undefined;
  const { key, value } = entry;
  const [other] = others;
  if (other !== undefined) {
    reader.report(other.key.place, `an item of ${list} is about one field`, 'start a new line with "- "');
    return undefined;
  }
  const target = fieldOf(reader, key.place, key.value, words.fields, `${list} names`);
  if (!isMap(value.value)) {
    const message = `how "${key.value}" is made must be a map, not ${kindOf(value.value)}`;
    reader.report(value.place, message, 'write {field: …}, {table: …}, {expression: …} or {constant: …}');
    return undefined;
  }
  const parts = reader.keys(value, `how "${key.value}" is made`, mappingKeys);
  if (target === undefined || parts === undefined) return undefined;
  const made = readMapping(reader, { key, value }, parts, target, words);
  return made === undefined ? undefined : { value: key.value, place: key.place, ...made };
}

type Parts = Partial<Record<keyof typeof mappingKeys, Piece>>;
type Made = Pick<FieldDraft, 'mapping' | 'reads'>;

function readMapping(
  reader: Reader,
  { key, value }: { readonly key: Placed<string>; readonly value: Piece },
  parts: Parts,
  target: KnownField,
  words: Words,
): Made | undefined {
  const { field, table, expression, constant } = parts;
  const what = `how "${key.value}" is made`;
  const ways = [expression, constant, field ?? table].filter((part) => part !== undefined);
  if (ways.length === 0) {
    // With a key in it that is not known, which was reported.
    if (isMap(value.value) && value.value.items.length > 0) return undefined;
    reader.report(
      value.place,
      `${what} says nothing`,
      `write "- ${key.value}" to carry it over as it stands`,
    );
    return undefined;
  }
  if (ways.length > 1) {
    const message = `${what} is said in several ways`;
    reader.report(key.place, message, 'leave one of: expression, constant, or field with table');
    return undefined;
  }
  if (constant !== undefined) return readConstant(reader, constant, key.value, target);
  if (expression !== undefined) {
    const draft = readExpression(reader, expression, words.fields, `"${key.value}"`, target.kind);
    if (draft === undefined) return undefined;
    const { kind, values } = target;
    const result = { kind, ...(values === undefined ? {} : { values }) };
    return { mapping: { kind: 'expression', expression: draft.expression, result }, reads: draft.reads };
  }
  return readCarried(reader, key, parts, target, words);
}

function readConstant(reader: Reader, piece: Piece, name: string, target: KnownField): Made | undefined {
  if (target.entity !== undefined) {
    const message = `"${name}" cannot be a constant: it refers to other objects by ids of one system`;
    reader.report(piece.place, message, 'carry the field over as it stands');
    return undefined;
  }
  const value: Value | undefined = readValue(reader, piece, name, target, 'is made');
  return value === undefined ? undefined : { mapping: { kind: 'constant', value }, reads: [] };
}

/** From another field, through a table, or both. */
function readCarried(
  reader: Reader,
  key: Placed<string>,
  parts: Parts,
  target: KnownField,
  { fields, tables, complete }: Words,
): Made | undefined {
  const from = parts.field === undefined ? key : reader.text(parts.field, `"field" of "${key.value}"`);
  const source = from && fieldOf(reader, from.place, from.value, fields, `"${key.value}" comes from`);
  const used = parts.table && reader.text(parts.table, `"table" of "${key.value}"`);
  if (from === undefined || source === undefined) return undefined;
  if (parts.table === undefined) {
    const problem = carryProblem(from.value, source, key.value, target);
    if (problem !== undefined) reader.report(from.place, ...problem);
    return { mapping: { kind: 'field', field: from.value }, reads: [from] };
  }
  if (used === undefined) return undefined;
  const table = tables.find(({ name }) => name.value === used.value);
  if (table === undefined) {
    const names = tables.map(({ name }) => name.value);
    if (complete)
      reader.report(used.place, `there is no value table "${used.value}"`, suggest(used.value, names));
    return undefined;
  }
  const use = { table, used, source, sourceName: from.value, target, targetName: key.value };
  checkTableUse(use, reader.report);
  return { mapping: { kind: 'field', field: from.value, table: tableOf(table) }, reads: [from] };
}

/** Why the values of one field are none of another, with what to do about it. */
function carryProblem(
  from: string,
  source: KnownField,
  to: string,
  target: KnownField,
): readonly [string, string] | undefined {
  if (source.kind !== target.kind && !(target.kind === 'text' && asText.includes(source.kind))) {
    const message = `"${from}" is a ${source.kind}, and "${to}" is a ${target.kind}`;
    return [message, 'use a table or an expression'];
  }
  if (source.entity !== target.entity)
    return [
      `"${from}" refers to ${withArticle(source.entity as string)}, and "${to}" to ${withArticle(target.entity as string)}`,
      'choose another field',
    ];
  const strange =
    target.kind === 'code' ? source.values?.find((value) => !target.values?.includes(value)) : undefined;
  if (strange === undefined) return undefined;
  return [`"${from}" can be "${strange}", which "${to}" never is`, 'use a table'];
}

const asText: readonly string[] = ['code', 'day', 'decimal'];
