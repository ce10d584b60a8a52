import { businessEventNames } from '../../bridge/entities/business-event-name.ts';
import { type EntityName, entityNames, entityOf } from '../../bridge/entities/catalogue.ts';
import type { EntityField } from '../../bridge/entities/entity.ts';
import { extensionKinds } from '../../bridge/entities/extension.ts';
import { roles } from '../../bridge/entities/role.ts';
import { testableKinds } from '../../bridge/rules/conditions.ts';
import {
  entityFileKeys,
  extensionKeys,
  mappingKeys,
  overrideKeys,
  ruleKeys,
  subscriberKeys,
  subscribersFileKeys,
  systemKeys,
  systemsFileKeys,
  timingKeys,
} from '../../bridge/rules/keys.ts';
import { conflictPolicies, lanes, withdrawals } from '../../bridge/rules/rule.ts';
import { creations } from '../../bridge/rules/rule-file.ts';
import { longestWindowMinutes } from '../../bridge/rules/timing-file.ts';
import { flowDefinitions, flowFile } from './flow-schema.ts';
import {
  dialect,
  extensionName,
  flag,
  type JsonSchema,
  listOf,
  mapOf,
  mapTo,
  name,
  oneOf,
  refer,
  tableValue,
  text,
} from './schema-part.ts';

const timing: JsonSchema = {
  anyOf: [
    { const: 'real-time' },
    mapOf(timingKeys, {
      window: text,
      minutes: { type: 'integer', minimum: 1, maximum: longestWindowMinutes },
    }),
  ],
};

const extension = mapOf(extensionKeys, {
  kind: oneOf(extensionKinds),
  meaning: text,
  values: listOf(text),
  erp: text,
  crm: text,
  psa: text,
});

/** The rules of an entity, or value tables alone. */
const rulesFile: JsonSchema = {
  ...mapOf(entityFileKeys, {
    entity: oneOf(entityNames),
    rules: { type: 'array' },
    owner: oneOf(roles),
    owners: mapTo(oneOf(roles)),
    conflict: oneOf(conflictPolicies),
    extensions: mapTo(refer('extension'), extensionName),
    tables: mapTo(mapTo(tableValue), name),
  }),
  required: [],
  if: { required: ['tables'], not: { anyOf: [{ required: ['entity'] }, { required: ['rules'] }] } },
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so.
  then: { maxProperties: 1 },
  else: { required: ['entity', 'rules'] },
  allOf: entityNames.map((entity) => ({
    if: { properties: { entity: { const: entity } }, required: ['entity'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so.
    then: {
      properties: {
        owners: { propertyNames: refer(`${entity}-field`) },
        rules: { items: refer(`${entity}-rule`) },
      },
    },
  })),
};

/** Schema of the files with the rules of an entity, with a flow, or with value tables alone. */
export const rulesSchema = (): JsonSchema => ({
  $schema: dialect,
  title: 'Rules of one entity, a flow, or value tables',
  if: { required: ['flow'] },
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so.
  then: refer('flow-file'),
  else: refer('rules-file'),
  definitions: {
    'rules-file': rulesFile,
    'flow-file': flowFile,
    ...flowDefinitions,
    extension,
    timing,
    rule,
    override,
    mapping,
    'text-test': tests.text,
    'flag-test': tests.flag,
    ...Object.assign({}, ...entityNames.map(definitionsOf)),
  },
});

/** Rules of any entity. */
const selection = { when: { type: 'object', minProperties: 1 }, where: text };
const changeable = {
  fields: { type: 'array' },
  otherwise: oneOf(withdrawals),
  deleted: oneOf(withdrawals),
  lane: oneOf(lanes),
  timing: { allOf: [refer('timing')] },
  shadow: flag,
};
const override: JsonSchema = {
  ...mapOf(overrideKeys, { ...selection, ...changeable, skip: flag }),
  anyOf: [{ required: ['when'] }, { required: ['where'] }],
};
const rule = mapOf(ruleKeys, {
  id: { type: 'string', ...name },
  from: oneOf(roles),
  to: oneOf(roles),
  ...changeable,
  initial: { type: 'array' },
  ...selection,
  match: listOf(text),
  likely: flag,
  create: oneOf(creations),
  overrides: { type: 'array', items: refer('override') },
});
const mapping: JsonSchema = {
  ...mapOf(mappingKeys, { field: text, table: text, expression: text, constant: tableValue }),
  minProperties: 1,
};

/** What differs from entity to entity: its fields, and what speaks of them. */
function definitionsOf(entity: EntityName): Readonly<Record<string, JsonSchema>> {
  const fields = Object.entries(entityOf(entity).fields);
  const field = refer(`${entity}-field`);
  const selected = { fields: { items: refer(`${entity}-item`) }, when: refer(`${entity}-when`) };
  return {
    [`${entity}-field`]: {
      anyOf: [...fields.map(([of, { meaning }]) => ({ const: of, description: meaning })), extensionName],
    },
    [`${entity}-when`]: {
      properties: Object.fromEntries(
        fields
          .filter(([, { kind }]) => testableKinds.includes(kind))
          .map(([of, about]) => [of, { description: about.meaning, allOf: [testOf(about)] }]),
      ),
      patternProperties: { [extensionName.pattern as string]: {} },
      additionalProperties: false,
    },
    [`${entity}-item`]: {
      anyOf: [
        field,
        {
          type: 'object',
          propertyNames: field,
          minProperties: 1,
          maxProperties: 1,
          additionalProperties: { allOf: [refer('mapping'), { properties: { field } }] },
        },
      ],
    },
    [`${entity}-rule`]: {
      allOf: [refer('rule')],
      properties: {
        ...selected,
        initial: selected.fields,
        match: { items: field },
        overrides: { items: { properties: selected } },
      },
    },
  };
}

const orList = (value: JsonSchema): JsonSchema => ({
  anyOf: [value, { ...listOf(value), minItems: 1 }],
});
const tests: Readonly<Record<'text' | 'flag', JsonSchema>> = {
  text: orList({ type: ['string', 'null'] }),
  flag: orList({ type: ['boolean', 'null'] }),
};

const testOf = ({ kind, values }: EntityField): JsonSchema =>
  values === undefined
    ? refer(kind === 'flag' ? 'flag-test' : 'text-test')
    : orList({ enum: [...values, null] });

/** Schema of `systems.yaml`. */
export const systemsSchema = (): JsonSchema => ({
  $schema: dialect,
  title: 'The systems that take part',
  ...mapOf(systemsFileKeys, {
    systems: {
      ...mapTo(
        mapOf(systemKeys, {
          connector: text,
          role: oneOf(roles),
          poll: mapTo(text),
          options: mapTo({ type: ['string', 'number', 'boolean'] }),
          shadow: flag,
        }),
        { pattern: '^[a-z][a-z0-9_-]*$' },
      ),
      minProperties: 1,
    },
  }),
});

/** Schema of `subscribers.yaml`. */
export const subscribersSchema = (): JsonSchema => ({
  $schema: dialect,
  title: 'Who is told of business events',
  ...mapOf(subscribersFileKeys, {
    subscribers: mapTo(mapOf(subscriberKeys, { events: listOf(oneOf(businessEventNames)) }), name),
  }),
});
