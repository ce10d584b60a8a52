import * as v from 'valibot';
import type { Role } from './role.ts';

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

/** What is known about a field besides its kind and meaning. */
export interface FieldHints {
  /** What its numbers count: `hours`, `percent`. For money `currency` says it. */
  readonly unit?: string;
  /** For money: the field beside it that holds the currency. */
  readonly currency?: string;
  /** The role whose system usually owns it. The rules decide; this is what they usually say. */
  readonly owner?: Role;
  /**
   * True for what follows from the books: posted invoices, payments, tax and what is computed from them. It comes from
   * the erp, and nobody writes it there.
   */
  readonly accounting?: true;
}

export interface Field extends FieldHints {
  readonly kind: FieldKind;
  /** What the field means to people. */
  readonly meaning: string;
  /** For references: the entity that the id belongs to. */
  readonly entity?: string;
  /** For codes: the allowed values. */
  readonly values?: readonly string[];
  readonly schema: v.GenericSchema<unknown, Value>;
}

export const dayPattern = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
export const decimalPattern = /^-?\d+(\.\d+)?$/;
export const longestText = 65_536;

const text_ = v.pipe(v.string(), v.maxLength(longestText, 'is longer than 65,536 characters'));

export const text = (meaning: string, hints: FieldHints = {}): Field => ({
  kind: 'text',
  meaning,
  ...hints,
  schema: v.nullable(text_),
});

export const flag = (meaning: string, hints: FieldHints = {}): Field => ({
  kind: 'flag',
  meaning,
  ...hints,
  schema: v.nullable(v.boolean()),
});

export const code = (meaning: string, values: readonly string[], hints: FieldHints = {}): Field => ({
  kind: 'code',
  meaning,
  values,
  ...hints,
  schema: v.nullable(v.picklist(values, `must be one of ${values.join(', ')}`)),
});

export const decimal = (meaning: string, hints: FieldHints = {}): Field => ({
  kind: 'decimal',
  meaning,
  ...hints,
  schema: v.nullable(v.pipe(v.string(), v.regex(decimalPattern, 'must be a decimal such as "1250.50"'))),
});

/** An amount in the currency that the field `currency` beside it holds. */
export const money = (meaning: string, hints: FieldHints = {}): Field =>
  decimal(meaning, { currency: 'currency', ...hints });

export const day = (meaning: string, hints: FieldHints = {}): Field => ({
  kind: 'day',
  meaning,
  ...hints,
  schema: v.nullable(v.pipe(v.string(), v.regex(dayPattern, 'must be a day such as "2026-01-31"'))),
});

export const reference = (entity: string, meaning: string, hints: FieldHints = {}): Field => ({
  kind: 'reference',
  meaning,
  entity,
  ...hints,
  schema: v.nullable(v.pipe(v.string(), v.nonEmpty('must be an id'))),
});

export const references = (entity: string, meaning: string, hints: FieldHints = {}): Field => ({
  kind: 'references',
  meaning,
  entity,
  ...hints,
  schema: v.nullable(v.array(v.pipe(v.string(), v.nonEmpty('must be an id')))),
});
