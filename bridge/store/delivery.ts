import type { EntityName } from '../entities/catalogue.ts';
import type { SystemObject } from './record.ts';

/** Bring this object to that system. */
export interface NewDelivery {
  readonly id: string;
  readonly target: string;
  readonly source: string;
  readonly entity: EntityName;
  readonly sourceId: string;
  /** Index in `lanes`; lower is served first. */
  readonly lane: number;
  /** When it may leave, milliseconds since 1970; absent: at once. */
  readonly dueMs?: number;
  readonly rulesVersion: string;
  readonly correlation: string;
}

export interface ClaimedDelivery extends NewDelivery {
  /** Its number in the store. */
  readonly seq: number;
  /** When its lease ends. */
  readonly leasedUntilMs: number;
  /** This one included. */
  readonly tries: number;
  /** True when an earlier try may have had its effect without our knowing. */
  readonly uncertain: boolean;
}

/** An object and the system that deliveries bring it to. */
export interface ObjectOfDelivery {
  target: string;
  source: string;
  entity: string;
  sourceId: string;
}

/** The object that a delivery brings. */
export const sourceObject = (delivery: NewDelivery): SystemObject => ({
  system: delivery.source,
  entity: delivery.entity,
  id: delivery.sourceId,
});
