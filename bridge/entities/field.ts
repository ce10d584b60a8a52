import * as v from 'valibot';

/**
 * A canonical value. Everything that is compared, hashed and stored is one of these:
 * - text, codes and ids are strings;
 * - amounts, hours and rates are decimal strings (`"1250.50"`), never floats;
 * - days are `YYYY-MM-DD`;
 * - a reference is the id of another object **in the same system** as the record it stands in;
 * - `null` is explicitly empty. An absent field is unknown and is never written.
 */
export type Value = string | boolean | null | readonly string[];

/** Canonical state of one object: field name → value. */
export type State = Readonly<Record<string, Value>>;

export type FieldKind = 'text' | 'code' | 'flag' | 'decimal' | 'day' | 'reference' | 'references';

export interface Field {
  readonly kind: FieldKind;
  /** What the field means to people, with unit. */
  readonly meaning: string;
  /** For references: the entity that the id belongs to. */
  readonly entity?: string;
  /** For codes: the allowed values. */
  readonly values?: readonly string[];
  readonly schema: v.GenericSchema<unknown, Value>;
}

const dayPattern = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const decimalPattern = /^-?\d+(\.\d+)?$/;

const text_ = v.pipe(v.string(), v.maxLength(65_536, 'is longer than 65,536 characters'));

export const text = (meaning: string): Field => ({ kind: 'text', meaning, schema: v.nullable(text_) });

export const flag = (meaning: string): Field => ({ kind: 'flag', meaning, schema: v.nullable(v.boolean()) });

export const code = (meaning: string, values: readonly string[]): Field => ({
  kind: 'code',
  meaning,
  values,
  schema: v.nullable(v.picklist(values, `must be one of ${values.join(', ')}`)),
});

export const decimal = (meaning: string): Field => ({
  kind: 'decimal',
  meaning,
  schema: v.nullable(v.pipe(v.string(), v.regex(decimalPattern, 'must be a decimal such as "1250.50"'))),
});

export const day = (meaning: string): Field => ({
  kind: 'day',
  meaning,
  schema: v.nullable(v.pipe(v.string(), v.regex(dayPattern, 'must be a day such as "2026-01-31"'))),
});

export const reference = (entity: string, meaning: string): Field => ({
  kind: 'reference',
  meaning,
  entity,
  schema: v.nullable(v.pipe(v.string(), v.nonEmpty('must be an id'))),
});

export const references = (entity: string, meaning: string): Field => ({
  kind: 'references',
  meaning,
  entity,
  schema: v.nullable(v.array(v.pipe(v.string(), v.nonEmpty('must be an id')))),
});
