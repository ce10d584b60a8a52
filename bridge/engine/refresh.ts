import { type EntityName, isEntityName } from '../entities/catalogue.ts';
import type { Reading, Route } from '../store/apply.ts';
import type { StoredEvent } from '../store/event.ts';
import type { Store } from '../store/store.ts';
import { SystemError } from '../systems/error.ts';
import type { Connector, ObjectKey, Snapshot } from '../systems/system.ts';
import { startDeadline } from './deadline.ts';
import { asSystemError, blamesItem } from './failure.ts';
import type { Health } from './health.ts';
import type { Next } from './loop.ts';
import type { Observe } from './observer.ts';
import type { Readiness } from './readiness.ts';

export interface RefreshOptions {
  readonly store: Store;
  readonly connector: Connector;
  readonly route: Route;
  readonly health: Health;
  readonly readiness: Readiness;
  readonly observe: Observe;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** There are deliveries to be made. */
  readonly onChanged: () => void;
}

const eventsPerStep = 1000;
const readTimeoutMs = 120_000;

/**
 * One step of working off a system's events: many events on one object become one reading. An event is finished in
 * the transaction that keeps what it led to; when the system cannot be read, it stays.
 */
export function createRefreshStep(options: RefreshOptions): () => Promise<Next> {
  const { store, connector, route, health, observe, now } = options;
  const { system } = connector;

  return async function step(): Promise<Next> {
    const wait = health.waitMs();
    if (wait > 0) return { afterMs: wait };
    const events = await store.openEvents(system, eventsPerStep);
    if (events.length === 0) return 'when-woken';
    if (!(await options.readiness.ensure(options.signal))) return { afterMs: health.waitMs() };
    const startedAt = now();
    const work = sortEvents(events, connector);
    const deadline = startDeadline(options.signal, readTimeoutMs);
    let read: { readings: Reading[]; failed: { seq: number; error: string }[] };
    try {
      read = await readAll(connector, work, deadline.signal, observe);
    } catch (error) {
      const failure = asSystemError(error, system, 'unavailable');
      if (failure === undefined) throw error;
      if (options.signal.aborted) return 'when-woken';
      const untilMs = health.failed(failure.retryAfterMilliseconds);
      observe({ kind: 'paused', system, error: failure.kind, message: failure.message, untilMs });
      return { afterMs: untilMs - now() };
    } finally {
      deadline.clear();
    }
    if (work.wanted.size > 0) health.succeeded();
    const readings = [...work.delivered, ...read.readings];
    const failedSeqs = new Set(read.failed.map((failure) => failure.seq));
    const finished = events.flatMap(({ seq }) => (failedSeqs.has(seq) ? [] : [seq]));
    const { changed } = await store.apply({ readings, finished, failed: read.failed, route });
    if (changed > 0) options.onChanged();
    observe({
      kind: 'refreshed',
      system,
      events: events.length,
      readings: readings.length,
      changed,
      durationMs: now() - startedAt,
    });
    return events.length === eventsPerStep ? 'now' : 'when-woken';
  };
}

interface Wanted extends ObjectKey {
  readonly correlation: string;
  /** True while only events say so that the bridge itself caused. */
  readonly echo: boolean;
  readonly seqs: readonly number[];
}

interface Work {
  /** Readings that came with their events, in order. */
  readonly delivered: readonly Reading[];
  /** Objects to be read. */
  readonly wanted: Map<string, Wanted>;
}

const keyOf = ({ entity, id }: ObjectKey): string => `${entity}:${id}`;

function sortEvents(events: readonly StoredEvent[], connector: Connector): Work {
  const delivered: Reading[] = [];
  const wanted = new Map<string, Wanted>();
  for (const event of events) {
    const { correlation, echo, seq } = event;
    if (event.state !== undefined) {
      const entity = event.type as EntityName;
      delivered.push({
        system: event.system,
        entity,
        id: event.objectId,
        state: event.state,
        correlation,
        echo,
      });
      continue;
    }
    const entities = isEntityName(event.type) ? [event.type] : connector.entitiesOf(event.type);
    for (const entity of entities)
      want(wanted, { entity, id: event.objectId, correlation, echo, seqs: [seq] });
  }
  return { delivered, wanted };
}

function want(wanted: Map<string, Wanted>, next: Wanted): void {
  const key = keyOf(next);
  const known = wanted.get(key);
  // The newest cause gives its name to what follows.
  const echo = next.echo && (known?.echo ?? true);
  wanted.set(key, { ...next, echo, seqs: known === undefined ? next.seqs : [...known.seqs, ...next.seqs] });
}

async function readAll(connector: Connector, work: Work, signal: AbortSignal, observe: Observe) {
  const readings: Reading[] = [];
  const failed: { seq: number; error: string }[] = [];
  const { wanted } = work;
  const done = new Set<string>();

  async function readRound(objects: readonly Wanted[]): Promise<Wanted[]> {
    const touched = new Map<string, Wanted>();
    for (const [entity, group] of Map.groupBy(objects, (object) => object.entity)) {
      const batch = connector.entities[entity]?.read?.batch;
      if (batch === undefined) continue;
      for (let start = 0; start < group.length; start += batch) {
        const chunk = group.slice(start, start + batch);
        for (const { snapshot, cause } of await readChunk(entity, chunk)) {
          done.add(keyOf(snapshot));
          const { correlation, echo } = cause;
          readings.push({
            system: connector.system,
            entity,
            id: snapshot.id,
            state: snapshot.state,
            correlation,
            echo,
          });
          for (const key of snapshot.touches ?? []) {
            if (!done.has(keyOf(key)) && !wanted.has(keyOf(key))) {
              touched.set(keyOf(key), { ...key, correlation, echo: false, seqs: [] });
            }
          }
        }
      }
    }
    return [...touched.values()];
  }

  async function readChunk(entity: EntityName, chunk: readonly Wanted[]) {
    const byId = new Map(chunk.map((object) => [object.id, object]));
    try {
      const snapshots = await connector.read(entity, [...byId.keys()], signal);
      return snapshots.map((snapshot) => ({ snapshot, cause: causeOf(snapshot, byId) }));
    } catch (error) {
      if (!(error instanceof SystemError) || !blamesItem(error)) throw error;
      // One object that cannot be read must not hold up the others.
      const [only] = chunk;
      if (chunk.length === 1 && only !== undefined) {
        observe({
          kind: 'unreadable',
          system: connector.system,
          entity,
          id: only.id,
          message: error.message,
        });
        for (const seq of only.seqs) failed.push({ seq, error: error.message });
        return [];
      }
      const parts: { snapshot: Snapshot; cause: Wanted }[] = [];
      for (const object of chunk) parts.push(...(await readChunk(entity, [object])));
      return parts;
    }
  }

  let round = [...wanted.values()];
  while (round.length > 0) round = await readRound(round);
  return { readings, failed };
}

function causeOf(snapshot: Snapshot, byId: ReadonlyMap<string, Wanted>): Wanted {
  const cause = byId.get(snapshot.id);
  if (cause === undefined)
    throw new Error(`A connector answered ${snapshot.entity} ${snapshot.id} without being asked`);
  return cause;
}
