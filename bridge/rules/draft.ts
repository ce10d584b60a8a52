import type { EntityName } from '../entities/catalogue.ts';
import type { Role } from '../entities/role.ts';
import type { ConditionsDraft } from './conditions.ts';
import type { ExpressionDraft } from './expression-file.ts';
import type { FieldDraft } from './mapping-file.ts';
import type { Timing } from './part.ts';
import type { Place, Placed } from './problem.ts';
import type { Lane, Rule, Withdrawal } from './rule.ts';

// Rules as far as they could be read, with the places of what they say. What is `undefined` was reported.

interface Selection {
  readonly when: ConditionsDraft;
  readonly where?: ExpressionDraft;
}

export interface OverrideDraft extends Selection {
  readonly skip: boolean;
  readonly fields?: readonly FieldDraft[];
  readonly otherwise?: Placed<Withdrawal>;
  readonly deleted?: Placed<Withdrawal>;
  readonly lane?: Lane;
  readonly timing?: Timing;
  readonly shadow?: boolean;
}

export interface RuleDraft extends Selection {
  readonly place: Place;
  readonly entity: EntityName | undefined;
  readonly id: Placed<string> | undefined;
  readonly from: Placed<Role> | undefined;
  readonly to: Placed<Role> | undefined;
  readonly fields: readonly FieldDraft[];
  /** What an object gets only when it is created. */
  readonly initial: readonly FieldDraft[];
  readonly otherwise: Placed<Withdrawal>;
  readonly deleted: Placed<Withdrawal>;
  readonly match: readonly Placed<string>[];
  readonly propose: boolean;
  readonly create: Placed<Rule['create']>;
  readonly lane: Lane;
  readonly timing: Timing;
  readonly shadow: boolean;
  readonly overrides: readonly OverrideDraft[];
}

/** Everything that a rule brings and keeps as it is in the source, for whatever objects. */
export const writtenFields = ({ fields, overrides }: RuleDraft): readonly FieldDraft[] => [
  ...fields,
  ...overrides.flatMap((override) => override.fields ?? []),
];

/** The same with what it only gives to objects that it creates. */
export const givenFields = (rule: RuleDraft): readonly FieldDraft[] => [
  ...writtenFields(rule),
  ...rule.initial,
];

/** Every mention of a field of the source, with its place. */
export const mentionedFields = (rule: RuleDraft): readonly Placed<string>[] => [
  ...[rule, ...rule.overrides].flatMap(({ when, where }) => [...when.tested, ...(where?.reads ?? [])]),
  ...givenFields(rule).flatMap(({ reads }) => reads),
];
