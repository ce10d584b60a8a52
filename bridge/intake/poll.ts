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
  // A page says how things were when it was asked for, or later.
  let askedAt = new Date(startedAt).toISOString();
  for await (const page of connector.poll(stream, cursor, signal)) {
    const events = eventsOf(page, { system, correlation, at: askedAt, laneOf });
    const kept = await store.appendPage({
      system,
      stream,
      events,
      ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
    });
    pages++;
    accepted += kept;
    if (kept > 0) options.onEvents();
    askedAt = new Date(now()).toISOString();
  }
  await store.endPoll(system, stream);
  observe({ kind: 'polled', system, stream, pages, accepted, durationMs: now() - startedAt });
  return accepted;
}

interface Origin {
  readonly system: string;
  readonly correlation: string;
  readonly at: string;
  readonly laneOf: EventLane;
}

function eventsOf(page: PollPage, origin: Origin): NewEvent[] {
  const { system, laneOf } = origin;
  return [
    ...(page.hints ?? []).map((hint) => eventOfHint(hint, system, laneOf(system, hint.type))),
    ...(page.snapshots ?? []).flatMap((snapshot) => [
      eventOfSnapshot(snapshot, origin),
      // What follows from a polled object has to be read.
      ...(snapshot.touches ?? []).map((touched) => eventOf(touched, 'write', origin)),
    ]),
  ];
}

const eventOfSnapshot = (snapshot: Snapshot, origin: Origin): NewEvent => ({
  ...eventOf(snapshot, snapshot.state === null ? 'unlink' : 'write', origin),
  state: snapshot.state,
});

const eventOf = (
  { entity, id }: ObjectKey,
  operation: NewEvent['operation'],
  { system, correlation, at, laneOf }: Origin,
): NewEvent => ({
  id: newId(),
  system,
  type: entity,
  objectId: id,
  operation,
  fields: [],
  correlation,
  occurredAt: at,
  echo: false,
  lane: laneOf(system, entity),
});
