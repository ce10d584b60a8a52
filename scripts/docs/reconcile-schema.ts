import { entityNames } from '../../bridge/entities/catalogue.ts';
import { roles } from '../../bridge/entities/role.ts';
import { differencePolicies, strangerPolicies, totalDimensions } from '../../bridge/rules/reconcile.ts';
import { commandWords, mostDays, mostMonths } from '../../bridge/rules/reconcile-file.ts';
import { reconcileFileKeys, reconciliationKeys } from '../../bridge/rules/reconcile-keys.ts';
import { dialect, type JsonSchema, listOf, mapOf, name, oneOf, text } from './schema-part.ts';

const upTo = (maximum: number): JsonSchema => ({ type: 'integer', minimum: 1, maximum });

/** Schema of `reconcile.yaml`. */
export const reconcileSchema = (): JsonSchema => ({
  $schema: dialect,
  title: 'What is compared between the systems',
  ...mapOf(reconcileFileKeys, {
    reconcile: {
      type: 'array',
      items: {
        ...mapOf(reconciliationKeys, {
          id: { type: 'string', ...name, not: { enum: commandWords } },
          entity: oneOf(entityNames),
          between: { ...listOf(oneOf(roles)), minItems: 2, maxItems: 2 },
          months: upTo(mostMonths),
          days: upTo(mostDays),
          schedule: text,
          differences: oneOf(differencePolicies),
          strangers: oneOf(strangerPolicies),
          owner: text,
          totals: { ...listOf(text), uniqueItems: true },
          by: { ...listOf(oneOf(totalDimensions)), uniqueItems: true },
        }),
        not: { required: ['months', 'days'] },
      },
    },
  }),
});
