import { isScalar, isSeq } from 'yaml';
import type { FieldKind, Value } from '../entities/field.ts';
import type { FieldSet, KnownField } from './field-set.ts';
import type { Conditions } from './part.ts';
import type { Placed } from './problem.ts';
import { kindOf, type Piece, type Reader } from './reader.ts';
import { fieldOf, readValue } from './value-file.ts';

/**
 * Kinds that a condition can test for being equal. Amounts and instants are left out because one amount can be
 * written in several ways ("8" and "8.00").
 */
export const testableKinds: readonly FieldKind[] = ['text', 'code', 'flag', 'day', 'reference'];

export interface ConditionsDraft {
  readonly conditions: Conditions;
  /** The fields that are tested, with their places. */
  readonly tested: readonly Placed<string>[];
}

export const noConditions: ConditionsDraft = { conditions: {}, tested: [] };

/** Reads `when: {<field>: <value> | [<value>, …]}`. */
export function readConditions(reader: Reader, piece: Piece, fields: FieldSet): ConditionsDraft {
  const conditions: Record<string, Value | readonly Value[]> = {};
  const tested: Placed<string>[] = [];
  const entries = reader.entries(piece, '"when"');
  if (entries?.length === 0)
    reader.report(piece.place, '"when" tests nothing', 'name a field, or leave it out');
  for (const { key, value } of entries ?? []) {
    const field = fieldOf(reader, key.place, key.value, fields, '"when" tests');
    if (field === undefined) continue;
    if (!testableKinds.includes(field.kind)) {
      reader.report(
        key.place,
        `"when" cannot test "${key.value}"`,
        `it tests fields of kind ${testableKinds.join(', ')}; "where" can compare the others`,
      );
      continue;
    }
    const found = isSeq(value.value)
      ? readChoices(reader, value, key.value, field)
      : readTested(reader, value, key.value, field);
    if (found === undefined) continue;
    conditions[key.value] = found;
    tested.push(key);
  }
  return { conditions, tested };
}

function readChoices(
  reader: Reader,
  piece: Piece,
  name: string,
  field: KnownField,
): readonly Value[] | undefined {
  const choices: Value[] = [];
  for (const item of reader.list(piece, `the values of "${name}"`) ?? []) {
    const value = readTested(reader, item, name, field);
    if (value === undefined) continue;
    if (choices.includes(value)) reader.report(item.place, `"${name}" lists ${JSON.stringify(value)} twice`);
    choices.push(value);
  }
  if (choices.length > 0) return choices;
  if (isSeq(piece.value) && piece.value.items.length === 0)
    reader.report(piece.place, `"${name}" lists no value, so it would never hold`, 'name one');
  return undefined;
}

function readTested(reader: Reader, piece: Piece, name: string, field: KnownField): Value | undefined {
  if (isScalar(piece.value)) return readValue(reader, piece, name, field, 'is compared with');
  const message = `"${name}" is compared with ${kindOf(piece.value)}: it needs a single value or a list of them`;
  reader.report(piece.place, message);
  return undefined;
}
