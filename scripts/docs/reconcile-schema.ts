import { entityNames } from '../../bridge/entities/catalogue.ts';
import { roles } from '../../bridge/entities/role.ts';
import { differencePolicies, strangerPolicies, totalDimensions } from '../../bridge/rules/reconcile.ts';
import { reconcileFileKeys, reconciliationKeys } from '../../bridge/rules/reconcile-keys.ts';
import { dialect, type JsonSchema, listOf, mapOf, name, oneOf, text } from './schema-part.ts';

const number: JsonSchema = { type: 'integer', minimum: 1 };

/** Schema of `reconcile.yaml`. */
export const reconcileSchema = (): JsonSchema => ({
  $schema: dialect,
  title: 'What is compared between the systems',
  ...mapOf(reconcileFileKeys, {
    reconcile: {
      type: 'array',
      items: {
        ...mapOf(reconciliationKeys, {
          id: { type: 'string', ...name },
          entity: oneOf(entityNames),
          between: { ...listOf(oneOf(roles)), minItems: 2, maxItems: 2 },
          months: number,
          days: number,
          schedule: text,
          differences: oneOf(differencePolicies),
          strangers: oneOf(strangerPolicies),
          owner: text,
          totals: listOf(text),
          by: listOf(oneOf(totalDimensions)),
        }),
        not: { required: ['months', 'days'] },
      },
    },
  }),
});
