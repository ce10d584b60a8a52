import type { EntityName } from '../entities/catalogue.ts';
import type { Extension } from '../entities/extension.ts';
import type { Role } from '../entities/role.ts';
import type { Flow } from './flow.ts';
import type { Conditions, Expression, Mapping, Timing, ValueTable } from './part.ts';
import type { Reconciliation } from './reconcile.ts';

/** Priority class of deliveries; earlier in this list is served first. */
export const lanes = ['finance', 'operations', 'bulk'] as const;
export type Lane = (typeof lanes)[number];

/** A system as `sync-rules/systems.yaml` declares it. */
export interface SystemDeclaration {
  readonly name: string;
  /** Which connector speaks to it: a folder of `bridge/systems/`. */
  readonly connector: string;
  readonly role: Role;
  /** Cron schedule (UTC) of each stream that is polled. */
  readonly poll: Readonly<Record<string, string>>;
  /** Options of the connector, as it documents them; never secrets. */
  readonly options: Readonly<Record<string, string>>;
  /** What would go to it is worked out and recorded; nobody calls it. */
  readonly shadow: boolean;
}

/** Somebody outside who is told of business events. Its address and secret are settings, never rules. */
export interface SubscriberDeclaration {
  readonly name: string;
  /** Names of business events, `invoice.paid`. */
  readonly events: readonly string[];
}

/** What happens to an object in the target that should no longer be there: it stays, is taken out, or a person decides. */
export const withdrawals = ['keep', 'remove', 'raise'] as const;
export type Withdrawal = (typeof withdrawals)[number];

/** Fields that are written, and how their values are made. */
export interface WrittenFields {
  /** Canonical fields of the target. */
  readonly fields: readonly string[];
  /** By field: how its value is made. A field that is absent here is carried over as it stands. */
  readonly mappings: Readonly<Record<string, Mapping>>;
}

/** What a rule does differently for some objects. */
export interface Override {
  readonly when: Conditions;
  readonly where?: Expression;
  /** These objects are not brought at all. */
  readonly skip: boolean;
  readonly fields?: readonly string[];
  readonly mappings?: Readonly<Record<string, Mapping>>;
  readonly otherwise?: Withdrawal;
  readonly deleted?: Withdrawal;
  readonly lane?: Lane;
  readonly timing?: Timing;
  readonly shadow?: boolean;
}

export interface Rule extends WrittenFields {
  readonly id: string;
  readonly entity: EntityName;
  readonly from: Role;
  readonly to: Role;
  /** What an object gets besides when the rule creates it, and never again: others own it from then on. */
  readonly initial?: WrittenFields;
  /** Only records for which this holds. */
  readonly when: Conditions;
  /** And for which this is true. */
  readonly where?: Expression;
  /** For an object that was delivered and whose conditions no longer hold. */
  readonly otherwise: Withdrawal;
  /** For an object that was delivered and then deleted in the source. */
  readonly deleted: Withdrawal;
  /** Fields tried in order to find an object that is already there, before one is created. Exactly one hit links. */
  readonly match: readonly string[];
  /** Objects that are only likely the same are proposed to a person. */
  readonly propose: boolean;
  /** `always`: as soon as it is seen; `needed`: when something that refers to it is delivered; `never`: only matched. */
  readonly create: 'always' | 'needed' | 'never';
  readonly lane: Lane;
  readonly timing: Timing;
  /** What would be written is worked out and recorded; nobody is called. */
  readonly shadow: boolean;
  /** The first whose conditions hold replaces what it names. */
  readonly overrides: readonly Override[];
}

/**
 * What happens when somebody changes, in a system that does not own it, a field that the rules bring there: the owner's
 * value is written again, or is left out until it changes, or a person is asked.
 */
export const conflictPolicies = ['restore', 'keep', 'raise'] as const;
export type ConflictPolicy = (typeof conflictPolicies)[number];

/** What holds for an entity over all its rules. */
export interface EntityPolicy {
  /** Who owns the fields that have no owner of their own. Absent: the role that a rule brings them from. */
  readonly owner?: Role;
  readonly owners: Readonly<Record<string, Role>>;
  readonly extensions: Readonly<Record<string, Extension>>;
  readonly conflict: ConflictPolicy;
}

export interface RuleSet {
  /** Content hash over all files: stored with every delivery. */
  readonly version: string;
  readonly systems: readonly SystemDeclaration[];
  readonly rules: readonly Rule[];
  readonly entities: Readonly<Partial<Record<EntityName, EntityPolicy>>>;
  readonly tables: Readonly<Record<string, ValueTable>>;
  readonly subscribers: readonly SubscriberDeclaration[];
  readonly flows: readonly Flow[];
  readonly reconciliations: readonly Reconciliation[];
}
