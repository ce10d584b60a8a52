import type { attemptTable } from './attempt.ts';
import type { ClaimedDelivery, deliveryTable, NewDelivery } from './delivery.ts';
import { sourceObject } from './delivery.ts';
import type { eventTable, NewEvent } from './event.ts';
import type { ledgerTable } from './ledger.ts';
import { LinkConflictError, type linkTable } from './link.ts';
import type { needTable } from './need.ts';
import type { recordTable, SystemObject } from './record.ts';

interface Settled {
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
  readonly fieldsJson?: string;
}

/** It refers to objects that the target does not know yet. */
export interface SettledWaiting extends Settled {
  readonly outcome: 'waiting';
  readonly needs: readonly SystemObject[];
  readonly cause: string;
  /** Deliveries that bring what is needed, where the rules have one. */
  readonly deliver: readonly NewDelivery[];
  /** Events that have needed objects read which were never seen. */
  readonly read: readonly NewEvent[];
}

export interface SettledDead extends Settled {
  readonly outcome: 'dead';
  readonly error: string;
  readonly cause: string;
  readonly fieldsJson?: string;
}

export type Settlement = SettledDone | SettledRetry | SettledWaiting | SettledDead;

interface Tables {
  readonly deliveries: ReturnType<typeof deliveryTable>;
  readonly attempts: ReturnType<typeof attemptTable>;
  readonly events: ReturnType<typeof eventTable>;
  readonly ledger: ReturnType<typeof ledgerTable>;
  readonly links: ReturnType<typeof linkTable>;
  readonly needs: ReturnType<typeof needTable>;
  readonly records: ReturnType<typeof recordTable>;
}

/** Writes down how a try at a delivery ended, with everything that follows from it. Runs inside a transaction. */
export function createSettle(tables: Tables) {
  const { deliveries, attempts, events, ledger, links, needs } = tables;

  function done(settlement: SettledDone, nowMs: number, at: string): void {
    const { delivery, outcome, externalId, written } = settlement;
    const source = sourceObject(delivery);
    if (outcome === 'removed') forget(delivery, externalId);
    else if (externalId !== undefined) {
      const target: SystemObject = { system: delivery.target, entity: delivery.entity, id: externalId };
      try {
        if (links.link(source, target, at)) needs.satisfy(delivery.target, source, nowMs);
      } catch (error) {
        if (!(error instanceof LinkConflictError)) throw error;
        dead({ ...settlement, outcome: 'dead', error: 'conflict', cause: error.message }, at);
        return;
      }
      if (written !== undefined) {
        ledger.put({ ...target, fingerprint: written.fingerprint, deliveryId: delivery.id, writtenAt: at });
      }
    }
    deliveries.move(delivery.id, 'leased', 'done', { at });
    deliveries.supersedeDead(delivery, at);
    attempt(settlement, { outcome, externalId, fields: written?.json });
  }

  function forget(delivery: ClaimedDelivery, externalId: string | undefined): void {
    if (externalId === undefined) return;
    const target: SystemObject = { system: delivery.target, entity: delivery.entity, id: externalId };
    links.unlink(target);
    ledger.remove(target);
  }

  function retry(settlement: SettledRetry, at: string): void {
    const { delivery, dueMs, error, cause } = settlement;
    const uncertain = settlement.uncertain || delivery.uncertain;
    const newer = deliveries.openOne(delivery);
    if (newer === undefined) {
      deliveries.move(delivery.id, 'leased', 'pending', {
        at,
        dueMs,
        uncertain,
        countTry: settlement.countTry,
        error,
        cause,
      });
    } else {
      deliveries.move(delivery.id, 'leased', 'superseded', { at, error, cause });
      if (uncertain) deliveries.carryDoubt(newer, dueMs);
    }
    if (settlement.countTry)
      attempt(settlement, { outcome: error, message: cause, fields: settlement.fieldsJson });
  }

  function waiting(settlement: SettledWaiting, nowMs: number, at: string): void {
    const { delivery, cause } = settlement;
    const missing = settlement.needs.filter((need) => links.idIn(need, delivery.target) === undefined);
    if (deliveries.openOne(delivery) !== undefined) {
      deliveries.move(delivery.id, 'leased', 'superseded', { at, cause });
      return;
    }
    const uncertain = delivery.uncertain;
    if (missing.length === 0) {
      // The link came while this try was under way.
      deliveries.move(delivery.id, 'leased', 'pending', { at, dueMs: nowMs, uncertain, countTry: false });
      return;
    }
    deliveries.move(delivery.id, 'leased', 'waiting', {
      at,
      uncertain,
      countTry: false,
      error: 'missing',
      cause,
    });
    for (const need of missing) needs.add(delivery.id, delivery.target, need);
    for (const needed of settlement.deliver) {
      // One that a person has to look at is not tried again by itself.
      if (!deliveries.hasDead(needed)) deliveries.enqueue(needed, nowMs, at);
    }
    for (const event of settlement.read) events.insert(event, at);
  }

  function dead(settlement: SettledDead, at: string): void {
    const { delivery, error, cause } = settlement;
    deliveries.move(delivery.id, 'leased', 'dead', { at, uncertain: delivery.uncertain, error, cause });
    attempt(settlement, { outcome: error, message: cause, fields: settlement.fieldsJson });
  }

  function attempt(
    settlement: Settled,
    result: {
      outcome: string;
      externalId?: string | undefined;
      message?: string;
      fields?: string | undefined;
    },
  ): void {
    const { delivery, startedAt, durationMs } = settlement;
    const { externalId, fields, ...rest } = result;
    attempts.insert({
      deliveryId: delivery.id,
      number: delivery.tries,
      startedAt,
      durationMs,
      ...rest,
      ...(externalId === undefined ? {} : { externalId }),
      ...(fields === undefined ? {} : { fields }),
    });
  }

  return function settle(settlement: Settlement, nowMs: number, at: string): void {
    needs.clear(settlement.delivery.id);
    if (settlement.outcome === 'retry') retry(settlement, at);
    else if (settlement.outcome === 'waiting') waiting(settlement, nowMs, at);
    else if (settlement.outcome === 'dead') dead(settlement, at);
    else done(settlement, nowMs, at);
  };
}
