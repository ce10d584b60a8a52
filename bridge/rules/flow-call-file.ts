import { isMap, isScalar } from 'yaml';
import type { FieldKind, Value } from '../entities/field.ts';
import { readTyped } from './expression-file.ts';
import type { FlowInputDraft, FlowObjectDraft } from './flow-draft.ts';
import { expressionScope, type FlowPath, type FlowScope, mention, readPath } from './flow-scope.ts';
import { mappingKeys } from './keys.ts';
import type { Mapping } from './part.ts';
import type { Entry, Piece, Reader } from './reader.ts';
import { kindOf } from './reader.ts';
import { suggest } from './suggest.ts';
import { checkTableUse, tableOf } from './table-file.ts';

/** What an action gets, by name, and what is known of each value. */
export interface CallInput {
  readonly input: Readonly<Record<string, Mapping>>;
  readonly drafts: readonly FlowInputDraft[];
}

/** Reads `with: {<name>: {field?, table?, expression?, constant?}}`. */
export function readInput(reader: Reader, piece: Piece, scope: FlowScope, own: FlowObjectDraft): CallInput {
  const input: Record<string, Mapping> = {};
  const drafts: FlowInputDraft[] = [];
  for (const entry of reader.entries(piece, '"with"') ?? []) {
    const made = readValue(reader, entry, scope, own);
    if (made === undefined) continue;
    input[entry.key.value] = made.mapping;
    drafts.push({ name: entry.key, kind: made.kind });
  }
  return { input, drafts };
}

interface Made {
  readonly mapping: Mapping;
  readonly kind: FieldKind;
}

const ways = 'write {field: …}, {expression: …} or {constant: …}';

function readValue(
  reader: Reader,
  { key, value }: Entry,
  scope: FlowScope,
  own: FlowObjectDraft,
): Made | undefined {
  const what = `how "${key.value}" is made`;
  if (!isMap(value.value)) {
    reader.report(value.place, `${what} must be a map, not ${kindOf(value.value)}`, ways);
    return undefined;
  }
  const parts = reader.keys(value, what, mappingKeys);
  if (parts === undefined) return undefined;
  const { field, table, expression, constant } = parts;
  if (table !== undefined && field === undefined) {
    const message = `${what} does not say what is looked up in the table`;
    reader.report(table.place, message, 'add "field"');
    return undefined;
  }
  const given = [field, expression, constant].filter((part) => part !== undefined);
  if (given.length > 1) {
    reader.report(
      key.place,
      `${what} is said in several ways`,
      'leave one of: expression, constant, or field',
    );
    return undefined;
  }
  if (expression !== undefined) return readComputed(reader, expression, key.value, scope, own);
  if (constant !== undefined) return readConstant(reader, constant, key.value);
  if (field !== undefined) {
    const path = readPath(reader, field, `"${key.value}"`, scope, own);
    if (path === undefined) return undefined;
    if (table !== undefined) return lookedUp(reader, path, table, key.value, scope);
    return { mapping: { kind: 'field', field: path.value }, kind: path.known.kind };
  }
  if (value.value.items.length === 0) reader.report(value.place, `${what} says nothing`, ways);
  return undefined;
}

const kindOfType: Readonly<Record<string, FieldKind>> = {
  string: 'text',
  bool: 'flag',
  decimal: 'decimal',
  int: 'decimal',
  double: 'decimal',
};

function readComputed(
  reader: Reader,
  piece: Piece,
  name: string,
  scope: FlowScope,
  own: FlowObjectDraft,
): Made | undefined {
  if (own.fields === undefined) return undefined;
  const draft = readTyped(reader, piece, own.fields, `"${name}"`, expressionScope(scope, own));
  if (draft === undefined) return undefined;
  mention(scope, own, draft.reads);
  const kind = kindOfType[draft.type];
  if (kind !== undefined)
    return { mapping: { kind: 'expression', expression: draft.expression, result: { kind } }, kind };
  reader.report(
    piece.place,
    `the expression of "${name}" makes no single value`,
    'an action takes texts, flags and decimals',
  );
  return undefined;
}

function readConstant(reader: Reader, piece: Piece, name: string): Made | undefined {
  const value: unknown = isScalar(piece.value) ? piece.value.value : undefined;
  if (typeof value === 'string' || typeof value === 'boolean') {
    const constant: Value = value;
    return {
      mapping: { kind: 'constant', value: constant },
      kind: typeof value === 'boolean' ? 'flag' : 'text',
    };
  }
  const advice =
    isScalar(piece.value) && typeof value === 'number'
      ? `put it in quotes: "${piece.value.source ?? String(value)}"`
      : undefined;
  reader.report(piece.place, `"${name}" is made ${kindOf(piece.value)}: it needs a text or a flag`, advice);
  return undefined;
}

function lookedUp(
  reader: Reader,
  path: FlowPath,
  piece: Piece,
  name: string,
  { tables, complete }: FlowScope,
): Made | undefined {
  const used = reader.text(piece, `"table" of "${name}"`);
  if (used === undefined) return undefined;
  const table = tables.find((candidate) => candidate.name.value === used.value);
  if (table === undefined) {
    const names = tables.map((candidate) => candidate.name.value);
    if (complete)
      reader.report(used.place, `there is no value table "${used.value}"`, suggest(used.value, names));
    return undefined;
  }
  const target = { kind: 'text' } as const;
  checkTableUse(
    { table, used, source: path.known, sourceName: path.value, target, targetName: name },
    reader.report,
  );
  return { mapping: { kind: 'field', field: path.value, table: tableOf(table) }, kind: 'text' };
}
