import type { Generated } from 'kysely';

export interface ReconciliationTable {
  /** UUIDv7. */
  id: string;
  /** Id of what `reconcile.yaml` declares. */
  declaration: string;
  /** JSON of a `RunScope`. */
  scope: string;
  state: string;
  phase: string;
  /** JSON: where the phase goes on. */
  position: string;
  /** Objects that the phase is done with. */
  done: number;
  /** About how many there are. */
  estimated: number | null;
  /** JSON: how many of each, by name. */
  counts: string;
  /** Why it failed, for people. */
  note: string | null;
  started_by: string;
  started_at: string;
  moved_at: string;
  ended_at: string | null;
}

export interface ReconciliationFindingTable {
  seq: Generated<number>;
  run: string;
  kind: string;
  system: string;
  entity: string;
  external_id: string;
  other_system: string | null;
  other_id: string | null;
  /** JSON: field → {ours, theirs}. */
  fields: string;
  /** JSON list of what it changes in which total. */
  effects: string;
  cause: string | null;
  action: string;
  found_at: string;
}

export interface ReconciliationTotalTable {
  run: string;
  /** JSON list of the values of the dimensions, in the order of the run's `by`. */
  dimensions: string;
  field: string;
  /** Empty for what is no money. */
  currency: string;
  here: string;
  there: string;
  waiting: string;
  whole_here: string;
  whole_there: string;
}

/** What was known of objects that the system whose turn it is did not list. */
export interface ReconciliationUnlistedTable {
  run: string;
  external_id: string;
  fingerprint: string;
  /** Canonical JSON. */
  state: string;
}
