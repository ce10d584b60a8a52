import { extensionPrefix } from '../../bridge/entities/extension.ts';
import type { Keys } from '../../bridge/rules/keys.ts';
import { namePattern } from '../../bridge/rules/name.ts';

/** A JSON Schema of draft 7: the newest that the YAML support of editors knows in full. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const dialect = 'http://json-schema.org/draft-07/schema#';

/** A map with these keys and no others. */
export function mapOf<Name extends string>(
  keys: Keys<Name>,
  values: Readonly<Record<Name, JsonSchema>>,
): JsonSchema {
  const names = Object.keys(keys) as Name[];
  return {
    type: 'object',
    properties: Object.fromEntries(
      names.map((name) => [name, { description: keys[name].meaning, ...values[name] }]),
    ),
    required: names.filter((name) => keys[name].required === true),
    additionalProperties: false,
  };
}

export const text: JsonSchema = { type: 'string', minLength: 1 };
export const flag: JsonSchema = { type: 'boolean' };
export const oneOf = (choices: readonly string[]): JsonSchema => ({ type: 'string', enum: choices });
export const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items, uniqueItems: true });
export const mapTo = (values: JsonSchema, propertyNames: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  propertyNames,
  additionalProperties: values,
});
export const refer = (definition: string): JsonSchema => ({ $ref: `#/definitions/${definition}` });
export const name: JsonSchema = { pattern: namePattern.source };
export const extensionName: JsonSchema = { type: 'string', pattern: `^${extensionPrefix}` };
export const tableValue: JsonSchema = { type: ['string', 'boolean', 'null'] };
