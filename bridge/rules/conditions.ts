import { isScalar, isSeq } from 'yaml';
import type { Entity } from '../entities/entity.ts';
import type { Field, FieldKind, Value } from '../entities/field.ts';
import type { Place } from './problem.ts';
import { kindOf, type Piece, type Reader } from './reader.ts';
import type { Conditions } from './rule.ts';
import { suggest } from './suggest.ts';

/**
 * Kinds that a condition can test for being equal. Amounts and instants are left out because one amount can be
 * written in several ways ("8" and "8.00").
 */
const testable: readonly FieldKind[] = ['text', 'code', 'flag', 'day', 'reference'];

/** Reads `when: {<field>: <value> | [<value>, …]}` of a rule on `entity`. */
export function readConditions(reader: Reader, piece: Piece, entity: Entity): Conditions {
  const conditions: Record<string, Value | readonly Value[]> = {};
  for (const { key, value } of reader.entries(piece, '"when"') ?? []) {
    const field = Object.hasOwn(entity.fields, key.value) ? entity.fields[key.value] : undefined;
    if (field === undefined) {
      const message = `"when" tests "${key.value}", which is no field of ${entity.name}`;
      reader.report(key.place, message, suggest(key.value, Object.keys(entity.fields)));
      continue;
    }
    if (!testable.includes(field.kind)) {
      reader.report(
        key.place,
        `"when" cannot test "${key.value}"`,
        `it tests fields of kind ${testable.join(', ')}`,
      );
      continue;
    }
    const found = isSeq(value.value)
      ? readChoices(reader, value, key.value, field)
      : readValue(reader, value, key.value, field);
    if (found !== undefined) conditions[key.value] = found;
  }
  return conditions;
}

function readChoices(reader: Reader, piece: Piece, name: string, field: Field): readonly Value[] | undefined {
  const choices: Value[] = [];
  for (const item of reader.list(piece, `the values of "${name}"`) ?? []) {
    const value = readValue(reader, item, name, field);
    if (value === undefined) continue;
    if (choices.includes(value)) reader.report(item.place, `"${name}" lists ${JSON.stringify(value)} twice`);
    choices.push(value);
  }
  if (choices.length > 0) return choices;
  if (isSeq(piece.value) && piece.value.items.length === 0)
    reader.report(piece.place, `"${name}" lists no value, so the rule would never apply`);
  return undefined;
}

/** A single value, or `undefined` when the field cannot have it. `null` tests for "explicitly empty". */
function readValue(reader: Reader, piece: Piece, name: string, field: Field): Value | undefined {
  const wrong = (wanted: string, advice?: string) => {
    reader.report(piece.place, `"${name}" is compared with ${kindOf(piece.value)}: it ${wanted}`, advice);
    return undefined;
  };
  if (!isScalar(piece.value)) return wrong('needs a single value or a list of them');
  const value: unknown = piece.value.value;
  // "field:" without a value is a slip more often than a test for emptiness, so that one wants the word.
  if (value === null && piece.value.source === '')
    return wrong('needs a value', 'write null to test for an empty field');
  if (value === null) return null;
  if (field.kind === 'flag') return typeof value === 'boolean' ? value : wrong('is true or false');
  if (typeof value !== 'string')
    return wrong('is text', `put it in quotes: "${piece.value.source ?? String(value)}"`);
  return checkText(reader, piece.place, name, field, value);
}

function checkText(
  reader: Reader,
  place: Place,
  name: string,
  field: Field,
  value: string,
): Value | undefined {
  if (field.kind === 'code' && field.values !== undefined && !field.values.includes(value)) {
    const message = `"${name}" is never "${value}"`;
    reader.report(place, message, suggest(value, field.values));
    return undefined;
  }
  if (field.kind === 'day' && !/^\d{4}-\d{2}-\d{2}$/.test(value)) {
    reader.report(place, `"${name}" is a day, not "${value}"`, 'write it like "2026-01-31"');
    return undefined;
  }
  return value;
}
