import { businessEventNames } from '../../bridge/entities/business-event-name.ts';
import { type EntityName, entityNames, entityOf } from '../../bridge/entities/catalogue.ts';
import type { EntityField } from '../../bridge/entities/entity.ts';
import { extensionKinds, extensionPrefix } from '../../bridge/entities/extension.ts';
import { roles } from '../../bridge/entities/role.ts';
import { testableKinds } from '../../bridge/rules/conditions.ts';
import {
  entityFileKeys,
  extensionKeys,
  type Keys,
  mappingKeys,
  overrideKeys,
  ruleKeys,
  subscriberKeys,
  subscribersFileKeys,
  systemKeys,
  systemsFileKeys,
  timingKeys,
} from '../../bridge/rules/keys.ts';
import { namePattern } from '../../bridge/rules/name.ts';
import { conflictPolicies, lanes, withdrawals } from '../../bridge/rules/rule.ts';
import { creations } from '../../bridge/rules/rule-file.ts';
import { longestWindowMinutes } from '../../bridge/rules/timing-file.ts';

/** A JSON Schema of draft 7: the newest that the YAML support of editors knows in full. */
type JsonSchema = Readonly<Record<string, unknown>>;

const dialect = 'http://json-schema.org/draft-07/schema#';

/** A map with these keys and no others. */
function mapOf<Name extends string>(
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

const text: JsonSchema = { type: 'string', minLength: 1 };
const flag: JsonSchema = { type: 'boolean' };
const oneOf = (choices: readonly string[]): JsonSchema => ({ type: 'string', enum: choices });
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items, uniqueItems: true });
const mapTo = (values: JsonSchema, propertyNames: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  propertyNames,
  additionalProperties: values,
});
const refer = (definition: string): JsonSchema => ({ $ref: `#/definitions/${definition}` });
const name: JsonSchema = { pattern: namePattern.source };
const extensionName: JsonSchema = { type: 'string', pattern: `^${extensionPrefix}` };
const tableValue: JsonSchema = { type: ['string', 'boolean', 'null'] };

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

/** Schema of the files with the rules of an entity, or with value tables alone. */
export function rulesSchema(): JsonSchema {
  return {
    $schema: dialect,
    title: 'Rules of one entity, or value tables',
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
    definitions: {
      extension,
      timing,
      rule,
      override,
      mapping,
      'text-test': tests.text,
      'flag-test': tests.flag,
      ...Object.assign({}, ...entityNames.map(definitionsOf)),
    },
  };
}

/** Rules of any entity. */
const selection = { when: { type: 'object' }, where: text };
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
