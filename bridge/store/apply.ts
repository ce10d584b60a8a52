import type { EntityName } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { newId } from '../entities/id.ts';
import { canonicalJson, type Difference, differences, fingerprint, sameValue } from '../entities/state.ts';
import type { attemptTable } from './attempt.ts';
import type { businessEventTable, NewBusinessEvent } from './business-event.ts';
import type { changeTable } from './change.ts';
import type { createDecide } from './decide.ts';
import type { NewDelivery } from './delivery.ts';
import type { deliveryTable } from './delivery-table.ts';
import type { eventTable } from './event.ts';
import type { Drift, linkTable } from './link.ts';
import type { matchKeyTable } from './match-key.ts';
import type { needTable } from './need.ts';
import type { recordTable, StoredRecord, SystemObject } from './record.ts';

/** What was read of one object. */
export interface Reading extends SystemObject {
  /** `null` when the object is not there. */
  readonly state: State | null;
  readonly correlation: string;
  /** True when every event that led to this reading says that the bridge itself made the change. */
  readonly echo: boolean;
  /** True when the object was created while the bridge watched, so that the first state that is read is its first of all. */
  readonly created?: boolean;
  /** When the latest of the events that led to this reading happened: UTC ISO. */
  readonly occurredAt?: string;
  /**
   * When the system was asked for the page that this comes from: UTC ISO. Where the object was read or written since then, it
   * is read once more by its id instead. Absent: it was read just now, or cannot be read by its id.
   */
  readonly askedAt?: string;
}

/** A record that became different, as the rules look at it. */
export interface RecordChange extends SystemObject {
  /** Known state before; `null` for an object that was not known, or was gone. */
  readonly before: State | null;
  /** State now; `null` when the object is gone. */
  readonly after: State | null;
  readonly differences: Readonly<Record<string, Difference>>;
  readonly correlation: string;
}

export interface RouteContext {
  /** True when the changed object is linked to one in that system. */
  linkedIn(system: string): boolean;
  /** True when a delivery to that system waits for the changed object. */
  neededIn(system: string): boolean;
  /** True while a try to bring the changed object to that system is under way; it carries the state before. */
  onTheWayTo(system: string): boolean;
  /** True when the last delivery of the changed object to that system waits for a person, who may have corrected it now. */
  failedIn(system: string): boolean;
}

/** Decides which deliveries follow from a change. Pure: it only looks at its arguments. */
export type Route = (change: RecordChange, context: RouteContext) => readonly NewDelivery[];

/** Where an object comes from that has no state before. */
export interface Origin {
  readonly created: boolean;
  /** Its last state before it was gone. */
  readonly last: State | undefined;
}

/** Tells which business events a change is. Pure: it only looks at its arguments. */
export type Derive = (change: RecordChange, origin: Origin) => readonly NewBusinessEvent[];

export interface GuardContext {
  /**
   * True when every field has to be looked at, whether or not it differs from the record: something was found there before,
   * or the bridge wrote it since it was read last.
   */
  again(): boolean;
  /** The record of the same business object in that system. */
  counterpart(system: string): StoredRecord | undefined;
  /** Id in `system` of an object of another one. */
  idIn(object: SystemObject, system: string): string | undefined;
  /** What was found before. */
  drift(): Drift | undefined;
}

/** What is to be remembered of the changed object, and what brings the owners' values again. */
export interface Verdict {
  readonly drift: Drift | undefined;
  readonly deliveries: readonly NewDelivery[];
}

/** Looks whether somebody changed what another system owns. Pure: it only looks at its arguments. */
export type Guard = (change: RecordChange, context: GuardContext) => Verdict | undefined;

/** What follows from a change. */
export interface Consequences {
  /** Absent: nothing is guarded. */
  readonly guard?: Guard | undefined;
  readonly route: Route;
  /** Absent: no change makes a business event. */
  readonly derive?: Derive | undefined;
}

interface Tables {
  readonly decide: ReturnType<typeof createDecide>;
  readonly matchKeys: ReturnType<typeof matchKeyTable>;
  readonly businessEvents: ReturnType<typeof businessEventTable>;
  readonly records: ReturnType<typeof recordTable>;
  readonly changes: ReturnType<typeof changeTable>;
  readonly deliveries: ReturnType<typeof deliveryTable>;
  readonly events: ReturnType<typeof eventTable>;
  readonly attempts: ReturnType<typeof attemptTable>;
  readonly links: ReturnType<typeof linkTable>;
  readonly needs: ReturnType<typeof needTable>;
}

/** Turns a reading into a record, a change and deliveries. Runs inside a transaction. */
export function createApply(tables: Tables, beganAt: string) {
  const { businessEvents, decide, matchKeys, records, changes, deliveries, events, attempts, links, needs } =
    tables;

  /**
   * The system that does not have to hear of a change, because all of it was written by a delivery from there. What
   * people changed in the same breath, and what the written values led to, is news for it like any other change.
   */
  function echoOf(change: RecordChange): string | undefined {
    const delivery = links.writtenBy(change);
    const written = delivery === undefined ? undefined : attempts.written(delivery);
    if (written === undefined) return undefined;
    for (const name of Object.keys(change.differences))
      if (!sameValue(change.after?.[name], written.fields[name])) return undefined;
    return written.source;
  }

  function keepEvents(
    events: readonly NewBusinessEvent[],
    object: SystemObject,
    reading: Reading,
    nowMs: number,
    at: string,
  ): void {
    if (events.length === 0) return;
    const { correlation, occurredAt = at } = reading;
    const occurrence = { object, objectId: links.objectOf(object), correlation, occurredAt };
    for (const event of events) businessEvents.insert(event, occurrence, nowMs, at);
  }

  /**
   * @param again every field has to be looked at, see `GuardContext`
   * @returns whether something has to be delivered for it
   */
  function watch(
    change: RecordChange,
    again: () => boolean,
    guard: Guard | undefined,
    nowMs: number,
    at: string,
  ): boolean {
    const { system, entity, id } = change;
    const object: SystemObject = { system, entity, id };
    const verdict = guard?.(change, {
      again,
      counterpart(other) {
        const otherId = links.idIn(object, other);
        return otherId === undefined ? undefined : records.get({ system: other, entity, id: otherId });
      },
      idIn: (other, target) => links.idIn(other, target),
      drift: () => links.drift(object),
    });
    if (verdict === undefined) return false;
    links.setDrift(object, verdict.drift);
    for (const delivery of verdict.deliveries) deliveries.enqueue(delivery, nowMs, at);
    return verdict.deliveries.length > 0;
  }

  /** A page that was asked for before the object was read last, or written by the bridge, knows nothing of that. */
  function isOvertaken({ askedAt, ...object }: Reading, known: StoredRecord): boolean {
    return askedAt !== undefined && (known.readAt > askedAt || links.writtenSince(object, askedAt));
  }

  function readAgain({ system, entity, id, correlation }: Reading, at: string): void {
    const known = { id: newId(), system, type: entity, objectId: id, correlation, occurredAt: at };
    events.insert({ ...known, operation: 'write', fields: [], echo: false }, at);
  }

  return function apply(
    reading: Reading,
    { route, derive, guard }: Consequences,
    nowMs: number,
    at: string,
  ): 'changed' | 'unchanged' {
    const object: SystemObject = { system: reading.system, entity: reading.entity, id: reading.id };
    const known = records.get(object);
    const way = (target: string) => ({
      target,
      source: object.system,
      entity: object.entity,
      sourceId: object.id,
    });
    const context: RouteContext = {
      // What only exists in shadow is treated as if it were there, so that its changes are recorded too.
      linkedIn: (system) => links.idIn(object, system) !== undefined || deliveries.isShadowed(way(system)),
      neededIn: (system) => needs.exists(system, object),
      onTheWayTo: (system) => deliveries.underWay(way(system)),
      failedIn: (system) => deliveries.isDead(way(system)),
    };
    const gone = reading.state === null;
    const readAt = reading.askedAt ?? at;
    // Of one that is linked it is news all the same: whatever it is the same as has lost its counterpart.
    if (gone && known === undefined && links.objectOf(object) === undefined) return 'unchanged';
    const json = gone ? undefined : canonicalJson(reading.state);
    const mark = json === undefined ? (known?.fingerprint ?? '') : fingerprint(json);
    const same = known !== undefined && known.gone === gone && known.fingerprint === mark;
    if (same) {
      if (gone) return 'unchanged';
      // What the bridge wrote since then was never read, and somebody has set it back.
      const setBack = links.writtenSince(object, known.readAt);
      if (setBack && isOvertaken(reading, known)) {
        readAgain(reading, at);
        return 'unchanged';
      }
      if (setBack) records.put({ ...known, readAt }, json as string);
      else if (links.drift(object) === undefined) return 'unchanged';
      const { state, correlation } = reading;
      const asItWas = { ...object, before: state, after: state, differences: {}, correlation };
      return watch(asItWas, () => true, guard, nowMs, at) ? 'changed' : 'unchanged';
    }

    if (known !== undefined && isOvertaken(reading, known)) {
      readAgain(reading, at);
      return 'unchanged';
    }

    const before = known === undefined || known.gone ? null : known.state;
    const change: RecordChange = {
      ...object,
      before,
      after: reading.state,
      differences: differences(before, reading.state),
      correlation: reading.correlation,
    };
    const state = reading.state ?? known?.state ?? {};
    records.put({ ...object, state, fingerprint: mark, gone, readAt }, json ?? canonicalJson(state));
    const newKeys = matchKeys.note(object, before, reading.state, Object.keys(change.differences));
    changes.insert(change, json, at);
    if (derive !== undefined && !(gone && before === null)) {
      // What was created before this bridge began is as old as whatever it never saw change.
      const created = reading.created === true && (reading.occurredAt ?? at) >= beganAt;
      const origin: Origin = { created, last: known?.state };
      keepEvents(derive(change, origin), object, reading, nowMs, at);
    }
    if (before === null && !gone) deliveries.wakeUnmatched(object.system, object.entity as EntityName, nowMs);
    const echoTo = reading.echo ? echoOf(change) : undefined;
    const routed = new Set<string>();
    for (const delivery of route(change, context)) {
      routed.add(delivery.target);
      if (delivery.target !== echoTo) deliveries.enqueue(delivery, nowMs, at);
    }
    const written = () => known !== undefined && links.writtenSince(object, known.readAt);
    watch(change, written, guard, nowMs, at);
    needs.lookAgain(object, nowMs, routed);
    decide.changed(object, gone, newKeys, nowMs, at);
    return 'changed';
  };
}
