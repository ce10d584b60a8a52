import * as v from 'valibot';
import { code, day, decimal, type Field, flag, text, type Value } from '../entities/field.ts';
import type { SystemExtension } from './system.ts';

const made = new WeakMap<SystemExtension, Field>();

/** The canonical field that an extension adds to its entity. */
export function fieldOf(extension: SystemExtension): Field {
  const { kind, meaning, values = [] } = extension;
  let field = made.get(extension);
  if (field === undefined) {
    field = kind === 'code' ? code(meaning, values) : { text, flag, decimal, day }[kind](meaning);
    made.set(extension, field);
  }
  return field;
}

/** Why a value cannot be one of this field, for people; `undefined` when it can. Empty always can. */
export function valueProblem(extension: SystemExtension, value: Value): string | undefined {
  const result = v.safeParse(fieldOf(extension).schema, value);
  return result.success ? undefined : `${extension.field} cannot be "${value}": ${result.issues[0].message}`;
}
