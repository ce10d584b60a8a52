import type { State } from '../entities/field.ts';
import type { ClaimedDelivery } from '../store/delivery.ts';
import type { DeliveryContext } from '../store/delivery-store.ts';
import type { StoredRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import type { Connector } from '../systems/system.ts';
import type { Health } from './health.ts';
import type { Landscape } from './landscape.ts';
import type { Observe } from './observer.ts';
import type { Pairing } from './pairing.ts';
import type { Plan } from './plan.ts';

/** Claimed deliveries, and what is needed to prepare them. */
export interface PrepareWork {
  readonly store: Store;
  readonly landscape: Landscape;
  readonly connector: Connector;
  readonly health: Health;
  readonly pairing: Pairing;
  readonly observe: Observe;
  readonly now: () => number;
  readonly random: () => number;
  readonly claimed: readonly ClaimedDelivery[];
  readonly signal: AbortSignal;
}

/** A delivery whose fields are worked out, before its counterpart is looked for. */
export interface Drafted {
  readonly delivery: ClaimedDelivery;
  readonly context: DeliveryContext;
  readonly record: StoredRecord;
  readonly plan: Extract<Plan, { kind: 'write' }>;
  readonly fields: State;
  /** What the object gets besides if it is created. */
  readonly initial?: State;
  /** True when nobody may be called: by the rules, or because of what it refers to. */
  readonly shadow: boolean;
  readonly besides?: State;
}
