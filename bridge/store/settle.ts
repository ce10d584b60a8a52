import type { attemptTable } from './attempt.ts';
import { eventEntity, eventSource } from './business-event.ts';
import type { createDecide } from './decide.ts';
import type { ClaimedDelivery } from './delivery.ts';
import { sourceObject } from './delivery.ts';
import type { deliveryTable } from './delivery-table.ts';
import type { eventTable } from './event.ts';
import { LinkConflictError, type linkTable } from './link.ts';
import type { needTable } from './need.ts';
import type { recordTable, SystemObject } from './record.ts';
import { type Bring, createReunite } from './reunite.ts';
import type {
  Settled,
  SettledDead,
  SettledDone,
  SettledRetry,
  SettledShadowed,
  SettledWaiting,
  Settlement,
} from './settlement.ts';

interface Tables {
  readonly decide: ReturnType<typeof createDecide>;
  readonly deliveries: ReturnType<typeof deliveryTable>;
  readonly attempts: ReturnType<typeof attemptTable>;
  readonly events: ReturnType<typeof eventTable>;
  readonly links: ReturnType<typeof linkTable>;
  readonly needs: ReturnType<typeof needTable>;
  readonly records: ReturnType<typeof recordTable>;
}

/**
 * Writes down how a try at a delivery ended, with everything that follows from it. Runs inside a transaction. Answers the
 * targets of deliveries that waited for this and can go on now.
 */
export function createSettle(tables: Tables) {
  const reunite = createReunite(tables);
  const { decide, deliveries, attempts, events, links, needs, records } = tables;

  function done(settlement: SettledDone, bring: Bring, nowMs: number, at: string): readonly string[] {
    const { delivery, outcome, externalId, written, restored, followUp } = settlement;
    if (delivery.source === eventSource) return told(settlement, nowMs, at);
    const source = sourceObject(delivery);
    let woken = nobody;
    if (outcome === 'removed') forget(delivery, externalId);
    else if (externalId !== undefined) {
      const target: SystemObject = { system: delivery.target, entity: delivery.entity, id: externalId };
      try {
        const mark =
          written === undefined ? undefined : { fingerprint: written.fingerprint, delivery: delivery.seq };
        const members = links.link(source, target, at, mark);
        if (restored !== undefined) links.closeDrift(target, restored);
        woken = needs.satisfyAmong(members, nowMs);
        if (members.length > 0) {
          const way = { correlation: delivery.correlation, done: { from: source.system, to: target.system } };
          woken = [
            ...woken,
            ...decide.linked(source, target, nowMs, at),
            ...reunite(members, bring, way, nowMs, at),
          ];
        }
      } catch (error) {
        if (!(error instanceof LinkConflictError)) throw error;
        dead({ ...settlement, outcome: 'dead', error: 'conflict', cause: error.message }, at);
        return nobody;
      }
    }
    if (delivery.uncertain && externalId !== undefined) deliveries.clearDoubt(delivery);
    // Nothing had to be done, but an earlier try may have left something there that nobody has seen.
    const uncertain = delivery.uncertain && externalId === undefined;
    deliveries.move(delivery, 'done', { at, uncertain });
    if (uncertain) passDoubtOn(delivery);
    deliveries.supersedeDead(delivery, at);
    deliveries.supersedeShadowed(delivery, at);
    attempt(settlement, { outcome, externalId, fields: written?.json, shadow: settlement.shadow });
    // Its conditions do not hold any more: what waits for it learns that it will not come.
    if (
      outcome === 'skipped' &&
      externalId === undefined &&
      needs.lookAgain(source, nowMs).includes(delivery.target)
    )
      woken = [...woken, delivery.target];
    if (followUp !== undefined) deliveries.enqueue(followUp, nowMs, at);
    return woken;
  }

  /** Somebody heard of a business event, or did what a flow asked for. Nothing is linked by that. */
  function told(settlement: SettledDone, nowMs: number, at: string): readonly string[] {
    const { delivery, outcome, externalId, written } = settlement;
    deliveries.move(delivery, 'done', { at });
    deliveries.supersedeDead(delivery, at);
    const made = delivery.entity === eventEntity ? undefined : externalId;
    attempt(settlement, { outcome, externalId: made, fields: written?.json });
    return wakeNextEvent(delivery, nowMs);
  }

  /** The next event of the same object goes on, also behind one that is dead: a person's delay would hold up all of them. */
  function wakeNextEvent(delivery: ClaimedDelivery, nowMs: number): readonly string[] {
    const isEvent = delivery.source === eventSource;
    return isEvent && needs.satisfy(delivery.target, sourceObject(delivery), nowMs)
      ? [delivery.target]
      : nobody;
  }

  function forget(delivery: ClaimedDelivery, externalId: string | undefined): void {
    if (externalId === undefined) return;
    links.unlink({ system: delivery.target, entity: delivery.entity, id: externalId });
  }

  function retry(settlement: SettledRetry, at: string): void {
    const { delivery, dueMs, error, cause } = settlement;
    const uncertain = settlement.uncertain || delivery.uncertain;
    const newer = deliveries.openOne(delivery);
    forget(delivery, settlement.forget);
    if (newer === undefined) {
      deliveries.move(delivery, 'pending', {
        at,
        dueMs,
        uncertain,
        countTry: settlement.countTry,
        error,
        cause,
      });
    } else {
      deliveries.move(delivery, 'superseded', { at, uncertain, error, cause });
      if (uncertain) deliveries.carryDoubt(newer, dueMs);
    }
    attempt(settlement, { outcome: error, message: cause, fields: settlement.fieldsJson });
  }

  /** What was deleted there and is needed there is made again: it belongs to nothing that is there. */
  function isMissing(object: SystemObject, target: string): boolean {
    const id = links.idIn(object, target);
    if (id === undefined) return true;
    const there: SystemObject = { ...object, system: target, id };
    if (!records.isGone(there)) return false;
    links.unlink(there);
    return true;
  }

  function waiting(settlement: SettledWaiting, nowMs: number, at: string): readonly string[] {
    const { delivery, cause } = settlement;
    const missing = settlement.needs.filter(({ object }) => isMissing(object, delivery.target));
    const { uncertain } = delivery;
    const newer = deliveries.openOne(delivery);
    if (newer !== undefined) {
      deliveries.move(delivery, 'superseded', { at, uncertain, cause });
      if (uncertain) deliveries.carryDoubt(newer, nowMs);
      return nobody;
    }
    if (missing.length === 0) {
      // The link came while this try was under way.
      deliveries.move(delivery, 'pending', { at, dueMs: nowMs, uncertain, countTry: false });
      return nobody;
    }
    let woken = nobody;
    const obstacles: string[] = [];
    for (const { object, deliver, read, obstacle } of missing) {
      needs.add(delivery.seq, delivery.target, object);
      const known = records.get(object);
      const unmet = obstacle(known);
      if (unmet !== undefined) obstacles.push(unmet);
      if (known === undefined) events.insert(read, at);
      else if (unmet !== undefined) continue;
      // One that a person has to look at is not tried again before something about it has changed.
      else if (deliver !== undefined && !deliveries.diedSince(deliver, known.readAt)) {
        deliveries.enqueue(deliver, nowMs, at);
        // It may be more urgent than what waits for it, and then others work it off.
        woken = [deliver.target];
      }
    }
    // It still goes on by itself when the link comes or one of the objects changes, but a person should see to that.
    const why =
      obstacles.length > 0 ? { error: 'unmet', cause: obstacles.join(' ') } : { error: 'missing', cause };
    deliveries.move(delivery, 'waiting', { at, uncertain, countTry: false, ...why });
    return woken;
  }

  function dead(settlement: SettledDead, at: string): void {
    const { delivery, error, cause } = settlement;
    const uncertain = delivery.uncertain || settlement.uncertain === true;
    // One is enough to tell what a person has to see to; the doubt of the others has come along.
    deliveries.supersedeDead(delivery, at);
    deliveries.move(delivery, 'dead', { at, uncertain, error, cause });
    if (uncertain) passDoubtOn(delivery);
    attempt(settlement, { outcome: error, message: cause, fields: settlement.fieldsJson });
  }

  /** What waits for the object learns that it will not come as long as it is in shadow. */
  function shadowed(settlement: SettledShadowed, nowMs: number, at: string): readonly string[] {
    const { delivery, externalId, cause, shadow } = settlement;
    const { uncertain } = delivery;
    deliveries.supersedeShadowed(delivery, at);
    deliveries.move(delivery, 'shadowed', {
      at,
      uncertain,
      ...(cause === undefined ? {} : { cause }),
    });
    if (uncertain) passDoubtOn(delivery);
    attempt(settlement, {
      outcome: 'shadowed',
      externalId,
      shadow,
      ...(cause === undefined ? {} : { message: cause }),
    });
    return needs.lookAgain(sourceObject(delivery), nowMs).includes(delivery.target)
      ? [delivery.target]
      : nobody;
  }

  /** One that was made while this was under way knows nothing of the doubt yet. */
  function passDoubtOn(delivery: ClaimedDelivery): void {
    const newer = deliveries.openOne(delivery);
    if (newer !== undefined) deliveries.carryDoubt(newer, 0);
  }

  function attempt(
    settlement: Settled,
    result: {
      outcome: string;
      externalId?: string | undefined;
      message?: string;
      fields?: string | undefined;
      shadow?: string | undefined;
    },
  ): void {
    const { delivery, startedAt, durationMs } = settlement;
    const { externalId, fields, shadow, ...rest } = result;
    attempts.insert({
      delivery: delivery.seq,
      number: delivery.tries,
      startedAt,
      durationMs,
      ...rest,
      ...(externalId === undefined ? {} : { externalId }),
      ...(fields === undefined ? {} : { fields }),
      ...(shadow === undefined ? {} : { shadow }),
    });
  }

  return function settle(settlement: Settlement, bring: Bring, nowMs: number, at: string): readonly string[] {
    // The lease ended meanwhile and the delivery was given back as uncertain: its next try finds out what this one did.
    if (!deliveries.isHeld(settlement.delivery)) return nobody;
    needs.clear(settlement.delivery.seq);
    switch (settlement.outcome) {
      case 'retry':
        retry(settlement, at);
        return nobody;
      case 'waiting':
        return waiting(settlement, nowMs, at);
      case 'proposed':
        return decide.propose(settlement, nowMs, at);
      default: {
        const woken = end(settlement, bring, nowMs, at);
        const { delivery } = settlement;
        return [...woken, ...decide.ended(sourceObject(delivery), delivery.target, nowMs, at)];
      }
    }
  };

  function end(
    settlement: SettledDone | SettledDead | SettledShadowed,
    bring: Bring,
    nowMs: number,
    at: string,
  ) {
    if (settlement.outcome === 'shadowed') return shadowed(settlement, nowMs, at);
    if (settlement.outcome !== 'dead') return done(settlement, bring, nowMs, at);
    dead(settlement, at);
    return wakeNextEvent(settlement.delivery, nowMs);
  }
}

const nobody: readonly string[] = [];
