import type { Generated } from 'kysely';

type Flag = 0 | 1;

export interface FlowInstanceTable {
  seq: Generated<number>;
  flow: string;
  /** Its subject. */
  system: string;
  entity: string;
  external_id: string;
  /** 1 for the first of its subject. */
  round: number;
  /** `running`, `done` or `ended`. */
  state: string;
  /** 1 while the flow's condition has held since it began. */
  holding: Flag;
  /** JSON list of `StepProgress`; `[]` once that is cleared away. */
  steps: string;
  /** JSON list of the objects in `flow_object`. */
  watched: string;
  correlation: string;
  started_at: string;
  /** The last change that was there when it began. */
  started_behind: number;
  ended_at: string | null;
  reason: string | null;
  /** When it has to be looked at though nothing happened. */
  due_ms: number | null;
  waits_for: string | null;
  /** 1 while its step is stuck because it is late. */
  late: Flag;
  /** Number of the exception that its step is stuck by. */
  exception: number | null;
  /** Number of the delivery that its step is stuck by. */
  delivery: number | null;
}

export interface FlowObjectTable {
  system: string;
  /** An entity; with `.field` behind it: whatever refers to this object by that field. */
  entity: string;
  external_id: string;
  /** Names of the fields that matter, in order, with commas between them; `*` for all. */
  fields: string;
  instance: number;
}

export interface FlowCallTable {
  id: string;
  instance: number;
  step: string;
  /** What it is done with. */
  system: string;
  entity: string;
  external_id: string;
  action: string;
  reference: string;
  /** JSON of canonical values. */
  input: string;
  /** Number of the delivery that does it. */
  delivery: number;
  asked_ms: number;
}

export interface RelationTable {
  system: string;
  entity: string;
  field: string;
  /** Id of the object that is referred to, in the same system. */
  value: string;
  external_id: string;
}

export interface FlowProgressTable {
  name: string;
  value: string;
}

export interface ExceptionTable {
  seq: Generated<number>;
  id: string;
  /** Names the root cause; unique among the open ones of a source. */
  key: string;
  /** `flow` or `reconciliation`. */
  source: string;
  flow: string | null;
  step: string | null;
  /** The object at fault. */
  system: string;
  entity: string;
  external_id: string;
  owner: string;
  person: string | null;
  title: string;
  cause: string;
  remedy: string;
  opened_at: string;
  closed_at: string | null;
  /** How many hang on it. */
  instances: number;
}
