import type { BusinessEventDefinition, DataField } from './business-event.ts';
import { dialect, fieldSchema, type JsonSchema } from './json-schema.ts';

/** What subscribers are sent for an event of this kind: the values of the event, and around them what every event has. */
export function messageSchemaOf(definition: BusinessEventDefinition): JsonSchema {
  const { name, version, meaning, entity, data } = definition;
  return {
    $schema: dialect,
    $id: `urn:services-bridge:event:${name}:${version}`,
    title: name,
    description: meaning,
    'x-version': version,
    ...complete({
      id: { description: 'Id of the event (UUIDv7), the same at every try.', type: 'string' },
      type: { const: name },
      version: { description: 'Version of this schema.', const: version },
      timestamp: { description: 'When it happened, UTC.', type: 'string' },
      object: {
        description: 'The object that it happened to, as the system that told of it names it.',
        ...complete({
          system: { type: 'string' },
          entity: { const: entity },
          id: { type: 'string' },
          business_object: {
            description:
              'Id of the business object over all systems; empty where it was known in no other one then.',
            type: ['string', 'null'],
          },
        }),
      },
      correlation: { description: 'What "bridge trace" finds the whole story by.', type: 'string' },
      data: complete(mapFields(data)),
    }),
  };
}

/** An object with exactly these properties. */
const complete = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const mapFields = (fields: Readonly<Record<string, DataField>>): Record<string, JsonSchema> =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, dataSchema(field)]));

function dataSchema(field: DataField): JsonSchema {
  if (field.kind !== 'earlier') return fieldSchema(field);
  return {
    description: field.meaning,
    type: 'object',
    properties: mapFields(field.fields),
    additionalProperties: false,
  };
}
