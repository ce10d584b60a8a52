import { isScalar } from 'yaml';
import { dayPattern, decimalPattern, type Value } from '../entities/field.ts';
import type { FieldSet, KnownField } from './field-set.ts';
import type { Place } from './problem.ts';
import { kindOf, type Piece, type Reader } from './reader.ts';
import { suggest } from './suggest.ts';

/**
 * A single value of a field, or `undefined` when the field cannot have it. `null` stands for "explicitly empty".
 *
 * @param verb how messages go on after the field's name: `is compared with`
 */
export function readValue(
  reader: Reader,
  piece: Piece,
  name: string,
  field: KnownField,
  verb: string,
): Value | undefined {
  const wrong = (wanted: string, advice?: string) => {
    reader.report(piece.place, `"${name}" ${verb} ${kindOf(piece.value)}: it ${wanted}`, advice);
    return undefined;
  };
  if (!isScalar(piece.value)) return wrong('needs a single value');
  const value: unknown = piece.value.value;
  // "field:" without a value is a slip more often than an empty value, so that one wants the word.
  if (value === null && piece.value.source === '')
    return wrong('needs a value', 'write null for an empty field');
  if (value === null) return null;
  if (field.kind === 'flag') return typeof value === 'boolean' ? value : wrong('is true or false');
  if (typeof value !== 'string')
    return wrong('is text', `put it in quotes: "${piece.value.source ?? String(value)}"`);
  const problem = textProblem(name, field, value);
  if (problem === undefined) return value;
  reader.report(piece.place, ...problem);
  return undefined;
}

/** Why a field cannot have this value, with what to do about it. */
export function valueProblem(
  name: string,
  field: KnownField,
  value: Value,
): readonly [string, string?] | undefined {
  if (value === null) return undefined;
  if (field.kind === 'flag')
    return typeof value === 'boolean' ? undefined : [`"${name}" is true or false, not "${value}"`];
  return typeof value === 'string'
    ? textProblem(name, field, value)
    : [`"${name}" is text, not the flag ${value}`, `put it in quotes: "${value}"`];
}

/** The same for what is written as text. */
export function textProblem(
  name: string,
  field: KnownField,
  value: string,
): readonly [string, string?] | undefined {
  if (field.kind === 'code' && field.values !== undefined && !field.values.includes(value))
    return [`"${name}" is never "${value}"`, suggest(value, field.values)] as [string, string?];
  if (field.kind === 'day' && !dayPattern.test(value))
    return [`"${name}" is a day, not "${value}"`, 'write it like "2026-01-31"'];
  if (field.kind === 'decimal' && !decimalPattern.test(value))
    return [`"${name}" is a decimal, not "${value}"`, 'write it like "1250.50"'];
  return undefined;
}

/** Reports a name that is no field of the entity; answers the field otherwise. */
export function fieldOf(
  reader: Pick<Reader, 'report'>,
  place: Place,
  name: string,
  fields: FieldSet,
  sentence: string,
): KnownField | undefined {
  const field = fields.get(name);
  if (field === undefined && !fields.maybe(name))
    reader.report(
      place,
      `${sentence} "${name}", which is no field of ${fields.entity}`,
      suggest(name, fields.names),
    );
  return field;
}
