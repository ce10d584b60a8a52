import type { State } from '../entities/field.ts';
import type { ClaimedDelivery, NewDelivery } from './delivery.ts';
import type { NewEvent } from './event.ts';
import type { Restored } from './link.ts';
import type { Candidate } from './proposal.ts';
import type { StoredRecord, SystemObject } from './record.ts';

/** What every settlement tells. */
export interface Settled {
  readonly delivery: ClaimedDelivery;
  readonly startedAt: string;
  readonly durationMs: number;
}

/** It worked, or there was nothing to do. */
export interface SettledDone extends Settled {
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'adopted' | 'matched' | 'skipped' | 'removed';
  /** Id of the object in the target, where there is one. */
  readonly externalId?: string;
  /** What was written: JSON and fingerprint of the canonical fields. */
  readonly written?: { readonly json: string; readonly fingerprint: string };
  /** Fields that somebody had changed there, and that were written for that reason. */
  readonly restored?: Restored;
  /** What has to be done with the object next. */
  readonly followUp?: NewDelivery;
  /** What rules in shadow would have done besides: JSON of a `ShadowNote`. */
  readonly shadow?: string;
}

/** Nobody was called; what would have been done is recorded. */
export interface SettledShadowed extends Settled {
  readonly outcome: 'shadowed';
  /** JSON of a `ShadowNote`. */
  readonly shadow: string;
  /** Id in the target, where it is known. */
  readonly externalId?: string;
  /** What would have kept it from being done, for people. */
  readonly cause?: string;
}

/** What would have been done, as it is kept with the attempt. */
export interface ShadowNote {
  /** `match`: it would only be linked to its counterpart, should there be one. */
  readonly action: 'create' | 'update' | 'remove' | 'match';
  /** Canonical fields. References are ids of the target; `<system>:<entity>:<id>` of the source where there is none. */
  readonly fields: State;
  /** Why a person would be asked instead. */
  readonly cause?: string;
}

export interface SettledRetry extends Settled {
  readonly outcome: 'retry';
  readonly dueMs: number;
  readonly error: string;
  readonly cause: string;
  /** True when this try may have had its effect. */
  readonly uncertain: boolean;
  /** False when the try never began. */
  readonly countTry: boolean;
  /** Id in the target that the object is not linked to any more. */
  readonly forget?: string;
  readonly fieldsJson?: string;
}

/** An object that the target has to know first. */
export interface Need {
  readonly object: SystemObject;
  /** Brings it there, where the rules have a way. */
  readonly deliver?: NewDelivery;
  /** Has it read, where it was never seen; what follows is up to the rules. */
  readonly read: NewEvent;
  /**
   * Why the rules do not bring it there as it is now, in a plain sentence; `undefined` when they do, or when that is not
   * known yet because the object was never seen (no `record`). Pure: it only looks at its argument.
   */
  obstacle(record: StoredRecord | undefined): string | undefined;
}

/** It refers to objects that the target does not know yet. */
export interface SettledWaiting extends Settled {
  readonly outcome: 'waiting';
  readonly needs: readonly Need[];
  readonly cause: string;
}

/** It has no counterpart for sure; a person decides whether one of the candidates is one. */
export interface SettledProposed extends Settled {
  readonly outcome: 'proposed';
  readonly candidates: readonly Candidate[];
  readonly cause: string;
}

export interface SettledDead extends Settled {
  readonly outcome: 'dead';
  /** True when its last try may have had its effect. */
  readonly uncertain?: boolean;
  readonly error: string;
  readonly cause: string;
  readonly fieldsJson?: string;
}

export type Settlement =
  | SettledDone
  | SettledRetry
  | SettledWaiting
  | SettledProposed
  | SettledDead
  | SettledShadowed;
