import type { EntityName } from '../entities/catalogue.ts';
import type { Value } from '../entities/field.ts';

export type Role = 'erp' | 'crm' | 'psa';
export const roles: readonly Role[] = ['erp', 'crm', 'psa'];

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
}

/** All of these hold: the field has this value, or one of these values. */
export type Conditions = Readonly<Record<string, Value | readonly Value[]>>;

export interface Rule {
  readonly id: string;
  readonly entity: EntityName;
  readonly from: Role;
  readonly to: Role;
  /** Canonical fields that are carried over. */
  readonly fields: readonly string[];
  /** Only records for which this holds. */
  readonly when: Conditions;
  /** What happens to an object that was delivered and for which `when` no longer holds, or which was deleted. */
  readonly otherwise: 'keep' | 'remove';
  /** Fields tried in order to find an object that is already there, before one is created. Exactly one hit links. */
  readonly match: readonly string[];
  /** `always`: as soon as it is seen; `needed`: when something that refers to it is delivered; `never`: only matched. */
  readonly create: 'always' | 'needed' | 'never';
  readonly lane: Lane;
}

export interface RuleSet {
  /** Content hash over all files: stored with every delivery. */
  readonly version: string;
  readonly systems: readonly SystemDeclaration[];
  readonly rules: readonly Rule[];
}
