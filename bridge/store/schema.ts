import type { Generated } from 'kysely';
import type {
  ExceptionTable,
  FlowCallTable,
  FlowInstanceTable,
  FlowObjectTable,
  FlowProgressTable,
  RelationTable,
} from './flow-tables.ts';
import type {
  ReconciliationFindingTable,
  ReconciliationTable,
  ReconciliationTotalTable,
  ReconciliationUnlistedTable,
} from './reconciliation-tables.ts';

/** Booleans are 0 or 1; instants UTC ISO strings; `*_ms` numbers are milliseconds since 1970; JSON is text. */
type Flag = 0 | 1;

export interface MetaTable {
  key: string;
  value: string;
}

export interface EventTable {
  seq: Generated<number>;
  id: string;
  system: string;
  /** The system's own type of object; the entity's name where a poll delivered the state. */
  type: string;
  object_id: string;
  operation: string;
  /** JSON list of names. */
  fields: string;
  author: string | null;
  company: string | null;
  correlation: string;
  occurred_at: string;
  received_at: string;
  echo: Flag;
  /** Index in `lanes`. */
  lane: number;
  /** JSON state delivered by a poll; `null` for a hint, `"null"` for an object that is gone. */
  state: string | null;
  /** Version of the entity that the state is in; `null` where there is none. */
  entity_version: number | null;
  done_at: string | null;
  error: string | null;
}

export interface RecordTable {
  system: string;
  entity: string;
  external_id: string;
  /** JSON state; of the last known one when the object is gone. */
  state: string;
  /** Version of the entity that the state is in. */
  entity_version: number;
  fingerprint: string;
  gone: Flag;
  read_at: string;
}

export interface ChangeTable {
  seq: Generated<number>;
  system: string;
  entity: string;
  external_id: string;
  correlation: string;
  /** JSON of the fields that differ, as they were; `null` for an object that was not known, or was gone. */
  before: string | null;
  /** JSON of the fields that differ, as they became; `null` for an object that disappeared. */
  after: string | null;
  /** Version of the entity that both are in. */
  entity_version: number;
  at: string;
}

export interface BusinessEventTable {
  seq: Generated<number>;
  id: string;
  name: string;
  version: number;
  /** The object that it happened to, as the system that told of it names it. */
  system: string;
  entity: string;
  external_id: string;
  /** The business object that it was linked to then. */
  object_id: string | null;
  correlation: string;
  occurred_at: string;
  recorded_at: string;
  /** JSON as the schema of this event and version says. */
  data: string;
}

export interface LinkTable {
  system: string;
  entity: string;
  external_id: string;
  object_id: string;
  linked_at: string;
  /** Fingerprint of the canonical fields that the bridge wrote there last. */
  written_fingerprint: string | null;
  /** Number of the delivery that did. */
  written_by: number | null;
  /** JSON of a `Drift`. */
  drift: string | null;
}

export interface DeliveryTable {
  seq: Generated<number>;
  id: string;
  target: string;
  source: string;
  entity: string;
  source_id: string;
  state: string;
  /** Index in `lanes`. */
  lane: number;
  due_ms: number;
  tries: number;
  uncertain: Flag;
  rules_version: string;
  correlation: string;
  created_at: string;
  settled_at: string | null;
  error: string | null;
  cause: string | null;
}

export interface LeaseTable {
  id: Generated<number>;
  target: string;
  until_ms: number;
  /** JSON list of the numbers of the deliveries that are under way. */
  deliveries: string;
}

export interface NeedTable {
  /** Number of the delivery that waits. */
  delivery: number;
  target: string;
  source: string;
  entity: string;
  source_id: string;
}

export interface AttemptTable {
  /** Number of the delivery. */
  delivery: number;
  number: number;
  started_at: string;
  duration_ms: number;
  outcome: string;
  external_id: string | null;
  message: string | null;
  /** JSON of the canonical fields that were sent. */
  fields: string | null;
  /** JSON of what would have been done, where it was not because of shadow. */
  shadow: string | null;
}

export interface CursorTable {
  system: string;
  stream: string;
  value: string;
  moved_at: string;
}

export interface PollTable {
  system: string;
  stream: string;
  /** When a poll last came to the end of the stream; `null` before the first one. */
  ended_at: string | null;
  /** When the first poll failed after the last one that worked; `null` while they work. */
  failing_since: string | null;
  /** How the last one failed: an `ErrorKind`, or `failed` for a bug. */
  error: string | null;
  cause: string | null;
}

export interface MatchKeyTable {
  system: string;
  entity: string;
  external_id: string;
  /** Canonical field, or `~` and a name for a key that only says where to look for likely ones. */
  field: string;
  /** Normalised; `null` where it has none any more. */
  value: string | null;
}

export interface ProposalTable {
  id: string;
  entity: string;
  source: string;
  source_id: string;
  target: string;
  target_id: string;
  score: number;
  /** JSON list of what speaks for it and against. */
  evidence: string;
  taken_by: string | null;
  state: string;
  reason: string | null;
  proposed_at: string;
  decided_at: string | null;
  decided_by: string | null;
}

export interface Schema {
  flow_instance: FlowInstanceTable;
  flow_object: FlowObjectTable;
  flow_call: FlowCallTable;
  relation: RelationTable;
  flow_progress: FlowProgressTable;
  exception: ExceptionTable;
  match_key: MatchKeyTable;
  proposal: ProposalTable;
  meta: MetaTable;
  event: EventTable;
  record: RecordTable;
  change: ChangeTable;
  business_event: BusinessEventTable;
  link: LinkTable;
  delivery: DeliveryTable;
  lease: LeaseTable;
  need: NeedTable;
  attempt: AttemptTable;
  cursor: CursorTable;
  poll: PollTable;
  reconciliation: ReconciliationTable;
  reconciliation_finding: ReconciliationFindingTable;
  reconciliation_total: ReconciliationTotalTable;
  reconciliation_unlisted: ReconciliationUnlistedTable;
}
