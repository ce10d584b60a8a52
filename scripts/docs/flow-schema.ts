import { entityNames } from '../../bridge/entities/catalogue.ts';
import { roles } from '../../bridge/entities/role.ts';
import { durationPattern } from '../../bridge/rules/duration.ts';
import {
  callKeys,
  deliverKeys,
  flowFileKeys,
  flowObjectKeys,
  flowSubjectKeys,
  onlyKeys,
  stepConditionKeys,
  stepKeys,
} from '../../bridge/rules/flow-keys.ts';
import { objectNamePattern } from '../../bridge/rules/flow-object-file.ts';
import { quantities, stepKinds } from '../../bridge/rules/flow-step-file.ts';
import { flag, type JsonSchema, listOf, mapOf, mapTo, name, oneOf, refer, text } from './schema-part.ts';

const selection = { when: { type: 'object', minProperties: 1 }, where: text };
const selecting = { anyOf: [{ required: ['when'] }, { required: ['where'] }] };

const condition: JsonSchema = {
  ...mapOf(stepConditionKeys, { ...selection, quantity: oneOf(quantities) }),
  ...selecting,
};

const object: JsonSchema = {
  ...mapOf(flowObjectKeys, {
    entity: oneOf(entityNames),
    of: text,
    in: oneOf(roles),
    field: text,
    back: text,
    optional: flag,
  }),
  not: { required: ['field', 'back'] },
  allOf: entityNames.map((entity) => ({
    if: { properties: { entity: { const: entity } }, required: ['entity'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so.
    then: { properties: { back: refer(`${entity}-field`) } },
  })),
};

const step: JsonSchema = {
  ...mapOf(stepKeys, {
    id: { type: 'string', ...name },
    require: { allOf: [refer('flow-condition')] },
    await: { allOf: [refer('flow-condition')] },
    deliver: mapOf(deliverKeys, { to: oneOf(roles) }),
    call: mapOf(callKeys, {
      action: text,
      with: mapTo(refer('mapping')),
      timing: { allOf: [refer('timing')] },
      pause: { type: 'string', pattern: durationPattern.source },
    }),
    on: text,
    only: { ...mapOf(onlyKeys, selection), ...selecting },
    within: { type: 'string', pattern: durationPattern.source },
    after: text,
    owner: text,
    person: text,
    says: text,
    remedy: text,
  }),
  oneOf: stepKinds.map((kind) => ({ required: [kind] })),
  allOf: ['require', 'await'].map((kind) => ({
    if: { required: [kind] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so.
    then: { required: ['says', 'remedy'] },
  })),
};

/** What the schema of flows refers to, besides what that of rules has. */
export const flowDefinitions: Readonly<Record<string, JsonSchema>> = {
  'flow-condition': condition,
  'flow-object': object,
  'flow-step': step,
};

/** A file with a flow. */
export const flowFile: JsonSchema = {
  ...mapOf(flowFileKeys, {
    flow: { type: 'string', ...name },
    title: text,
    subject: mapOf(flowSubjectKeys, {
      entity: oneOf(entityNames),
      from: oneOf(roles),
      known_in: oneOf(roles),
    }),
    ...selection,
    owner: text,
    objects: mapTo(refer('flow-object'), { type: 'string', pattern: objectNamePattern.source }),
    since: text,
    again: listOf(text),
    repeats: flag,
    steps: { type: 'array', items: refer('flow-step'), minItems: 1 },
  }),
  allOf: entityNames.map((entity) => ({
    if: {
      properties: { subject: { properties: { entity: { const: entity } }, required: ['entity'] } },
      required: ['subject'],
    },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so.
    then: {
      properties: {
        when: refer(`${entity}-when`),
        since: refer(`${entity}-field`),
        again: { items: refer(`${entity}-field`) },
      },
    },
  })),
};
