import { type EventLane, usualLane } from '../engine/event-lane.ts';
import type { Observe } from '../engine/observer.ts';
import { newId } from '../entities/id.ts';
import type { NewEvent } from '../store/event.ts';
import type { Store } from '../store/store.ts';
import type { Connector, ObjectKey, PollPage, Snapshot } from '../systems/system.ts';
import { eventOfHint } from './hint.ts';

export interface PollOptions {
  readonly store: Store;
  readonly connector: Connector;
  readonly observe: Observe;
  readonly now: () => number;
  /** How urgent events are. Absent: all the same. */
  readonly laneOf?: EventLane;
  /** Events of the system have come in. */
  readonly onEvents: () => void;
}

/** Reads a stream from its cursor up to now; each page is kept together with the cursor behind it. */
export async function pollStream(stream: string, options: PollOptions, signal: AbortSignal): Promise<number> {
  const { store, connector, observe, now, laneOf = () => usualLane } = options;
  const { system } = connector;
  const startedAt = now();
  const correlation = `poll:${system}:${stream}:${newId()}`;
  const cursor = await store.cursor(system, stream);
  let accepted = 0;
  let pages = 0;
  for await (const page of connector.poll(stream, cursor, signal)) {
    const events = eventsOf(page, system, correlation, new Date(now()).toISOString()).map((event) => ({
      ...event,
      lane: laneOf(system, event.type),
    }));
    const kept = await store.appendPage({ system, stream, cursor: page.cursor, events });
    pages++;
    accepted += kept;
    if (kept > 0) options.onEvents();
  }
  await store.endPoll(system, stream);
  observe({ kind: 'polled', system, stream, pages, accepted, durationMs: now() - startedAt });
  return accepted;
}

function eventsOf(page: PollPage, system: string, correlation: string, at: string): NewEvent[] {
  return [
    ...(page.hints ?? []).map((hint) => eventOfHint(hint, system, usualLane)),
    ...(page.snapshots ?? []).flatMap((snapshot) => [
      eventOfSnapshot(snapshot, system, correlation, at),
      ...(snapshot.touches ?? []).map((touched) => eventOfTouched(touched, system, correlation, at)),
    ]),
  ];
}

const eventOfSnapshot = (snapshot: Snapshot, system: string, correlation: string, at: string): NewEvent => ({
  id: newId(),
  system,
  type: snapshot.entity,
  objectId: snapshot.id,
  operation: snapshot.state === null ? 'unlink' : 'write',
  fields: [],
  correlation,
  occurredAt: at,
  echo: false,
  state: snapshot.state,
});

/** What follows from a polled object has to be read. */
const eventOfTouched = (touched: ObjectKey, system: string, correlation: string, at: string): NewEvent => ({
  id: newId(),
  system,
  type: touched.entity,
  objectId: touched.id,
  operation: 'write',
  fields: [],
  correlation,
  occurredAt: at,
  echo: false,
});
