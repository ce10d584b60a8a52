import type { State } from '../../entities/field.ts';
import type { Capability, ObjectKey } from '../system.ts';
import type { Domain, OdooClient } from './client.ts';
import type { OwnFields } from './own-fields.ts';
import type { Row } from './value.ts';
import type { ValuesResult } from './values.ts';

/** How one canonical entity lives in Odoo. */
export interface OdooEntity {
  readonly model: string;
  readonly capability: Capability;
  /** Odoo's fields that the canonical ones are made of. */
  readonly fields: readonly string[];
  /** Whether its records can be archived: then the model has a field `active`. */
  readonly archivable: boolean;
  /** What makes a record of the model one of this entity. */
  readonly scope: Domain;
  /** Odoo's field for the day of a record, where a list can be limited by it. Records without a day count to every day. */
  readonly day?: string;
  /**
   * States of those of `ids` that are there and are of this entity, in a number of calls that does not depend on how
   * many there are.
   */
  read(client: OdooClient, ids: readonly number[], options: ReadOptions): Promise<FoundRecord[]>;
  /** By canonical field. */
  readonly finders?: Readonly<Record<string, Finder>>;
  /** Odoo's values for each state, in order; what cannot be written at all comes back as its failure. */
  values?(client: OdooClient, states: readonly State[], signal: AbortSignal): Promise<ValuesResult[]>;
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Today in UTC, `2026-01-31`: on it depends what is overdue. */
  readonly today: string;
  /** The firm's own fields, read with the entity's in the same call. */
  readonly own: OwnFields;
}

export interface FoundRecord {
  readonly id: number;
  readonly state: State;
  readonly touches?: readonly ObjectKey[];
}

export interface Finder {
  /** Odoo fields that `valueOf` needs. */
  readonly fields: readonly string[];
  /** Records that may have this value; more of them than have it do no harm. */
  candidates(value: string): Domain;
  /** The canonical value of a candidate. Upper and lower case are the same. */
  valueOf(row: Row): string | null;
}

/** At least one of the domains holds. */
export function anyOf(domains: readonly Domain[]): Domain {
  return [...domains.slice(1).map(() => '|'), ...domains.flat()];
}
