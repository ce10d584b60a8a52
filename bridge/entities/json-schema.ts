import type { Entity, EntityField } from './entity.ts';
import { extensionPrefix } from './extension.ts';
import { dayPattern, decimalPattern, type FieldKind, longestText } from './field.ts';

/** A JSON Schema, draft 2020-12, as far as entities and business events need one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const dialect = 'https://json-schema.org/draft/2020-12/schema';

/** Name of a version of an entity that no other schema in the world has. */
const idOf = (name: string, version: number): string => `urn:services-bridge:entity:${name}:${version}`;

/** File that the schema of a version of an entity or a business event is kept in. */
export const schemaFile = (name: string, version: number): string => `${name}.v${version}.json`;

/** Schemas of all versions of an entity by their file, oldest first. */
export function schemasOf(entity: Entity): Record<string, JsonSchema> {
  const schemas: Record<string, JsonSchema> = {};
  for (const [number, { fields }] of Object.entries(entity.earlier))
    schemas[schemaFile(entity.name, Number(number))] = schemaOf({
      ...entity,
      fields,
      version: Number(number),
    });
  schemas[schemaFile(entity.name, entity.version)] = schemaOf(entity);
  return schemas;
}

/**
 * What a state of the entity looks like. No field is required, because an absent field is one that is not known; `null`
 * is explicitly empty. Keys that begin with `x-` say what JSON Schema has no word for.
 */
function schemaOf({ name, version, meaning, accounting, fields }: Omit<Entity, 'earlier'>): JsonSchema {
  return {
    $schema: dialect,
    $id: idOf(name, version),
    title: name,
    description: meaning,
    'x-version': version,
    ...(accounting ? { 'x-accounting': true } : {}),
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([field, of]) => [field, fieldSchema(of)])),
    // Fields that a firm added to the entity by its rules.
    patternProperties: { [`^${extensionPrefix}`]: { type: ['string', 'boolean', 'null'] } },
    additionalProperties: false,
  };
}

export function fieldSchema(field: EntityField): JsonSchema {
  const unit = unitOf(field);
  return {
    description: unit === undefined ? field.meaning : `${field.meaning} Unit: ${unit}.`,
    ...shapes[field.kind],
    ...(field.values === undefined ? {} : { enum: [...field.values, null] }),
    'x-kind': field.kind,
    ...(field.entity === undefined ? {} : { 'x-entity': field.entity }),
    ...(unit === undefined ? {} : { 'x-unit': unit }),
    ...(field.currency === undefined ? {} : { 'x-currency': field.currency }),
    'x-owner': field.owner,
    ...(field.accounting === true ? { 'x-accounting': true } : {}),
  };
}

/** What the numbers of a field count, in words; `undefined` for fields that are no numbers. */
export function unitOf({ unit, currency }: Pick<EntityField, 'unit' | 'currency'>): string | undefined {
  return unit ?? (currency === undefined ? undefined : `money in \`${currency}\``);
}

const shapes: Readonly<Record<FieldKind, JsonSchema>> = {
  text: { type: ['string', 'null'], maxLength: longestText },
  code: {},
  flag: { type: ['boolean', 'null'] },
  decimal: { type: ['string', 'null'], pattern: decimalPattern.source },
  day: { type: ['string', 'null'], pattern: dayPattern.source },
  reference: { type: ['string', 'null'], minLength: 1 },
  references: { type: ['array', 'null'], items: { type: 'string', minLength: 1 } },
};
