import type { EntityName } from '../entities/catalogue.ts';
import type { FieldKind } from '../entities/field.ts';
import type { Role } from '../entities/role.ts';

/**
 * What is done about a difference: the owner's state is brought again, or a person is asked, or it is only told. What only a
 * person can decide (duplicates) is raised whatever this says, unless it is only told.
 */
export const differencePolicies = ['repair', 'raise', 'report'] as const;
export type DifferencePolicy = (typeof differencePolicies)[number];

/** What is done about objects that only the other system has: nothing (they are its own), or a person is asked. */
export const strangerPolicies = ['ignore', 'raise'] as const;
export type StrangerPolicy = (typeof strangerPolicies)[number];

/** By what totals are told apart. A period is a month. */
export const totalDimensions = ['customer', 'project', 'legal_entity', 'period'] as const;
export type TotalDimension = (typeof totalDimensions)[number];

/** How far back a run looks, when nobody says: the current month and those before it, or days up to today. */
export type Reach =
  | { readonly kind: 'months'; readonly count: number }
  | { readonly kind: 'days'; readonly count: number }
  /** The entity has no day of its own: all objects. */
  | { readonly kind: 'all' };

/** One comparison of both sides of rules, as `reconcile.yaml` declares it. */
export interface Reconciliation {
  readonly id: string;
  readonly entity: EntityName;
  /** The role whose objects are brought, and the role that they are brought to. Rules may go both ways. */
  readonly between: readonly [Role, Role];
  readonly reach: Reach;
  /** Cron expression (UTC); absent: only when somebody asks for it. */
  readonly schedule?: string;
  readonly differences: DifferencePolicy;
  readonly strangers: StrangerPolicy;
  /** Whose it is what a person has to see to: a team of the firm, as it calls it. */
  readonly owner: string;
  /** Decimal fields that are summed up on both sides. */
  readonly totals: readonly string[];
  readonly by: readonly TotalDimension[];
}

/** True for hours and amounts. Rates are no amounts: their sum says nothing. */
export const canBeSummed = (field: string, kind: FieldKind | undefined): boolean =>
  kind === 'decimal' && field !== 'rate';

/** The day that decides to which month an object belongs; entities that are not here have none. */
export const dayFields: Readonly<Partial<Record<EntityName, string>>> = {
  timesheet: 'day',
  expense: 'day',
  invoice: 'issued_on',
  payment: 'received_on',
};
