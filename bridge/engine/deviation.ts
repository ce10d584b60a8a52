import { type EntityName, entityOf } from '../entities/catalogue.ts';
import { sameFieldValue } from '../entities/comparison.ts';
import type { Field, Value } from '../entities/field.ts';
import type { RuleSet } from '../rules/rule.ts';
import type { Deviation } from '../store/link.ts';

/** How what is found in a system differs from what is brought there. One that does not know the field says nothing of it. */
export const deviationOf = (
  field: Pick<Field, 'kind'>,
  ours: Value,
  theirs: Value | undefined,
): Deviation | undefined =>
  theirs === undefined || sameFieldValue(field, filled(field, ours), filled(field, theirs))
    ? undefined
    : { ours, theirs, tries: 0 };

/** Some systems cannot keep nothing: an empty flag comes back as false, an empty amount as 0. */
function filled({ kind }: Pick<Field, 'kind'>, value: Value): Value {
  if (value !== null) return value;
  if (kind === 'flag') return false;
  return kind === 'decimal' ? '0' : null;
}

/** A field of an entity, the firm's own included. */
export const fieldOf = (ruleSet: RuleSet, entity: EntityName, field: string): Pick<Field, 'kind'> =>
  entityOf(entity).fields[field] ?? ruleSet.entities[entity]?.extensions[field] ?? { kind: 'text' };
