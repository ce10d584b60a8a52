import { type EntityName, isEntityName } from '../entities/catalogue.ts';
import type { Reading } from '../store/apply.ts';
import type { StoredEvent } from '../store/event.ts';
import { SystemError } from '../systems/error.ts';
import type { Connector, ObjectKey, Snapshot } from '../systems/system.ts';
import { asSystemError, blamesItem } from './failure.ts';
import type { Observe } from './observer.ts';

interface Wanted extends ObjectKey {
  readonly correlation: string;
  /** True while only events say so that the bridge itself caused. */
  readonly echo: boolean;
  /** True when one of the events says that the object was created. */
  readonly created: boolean;
  /** When the latest of the events happened. */
  readonly occurredAt: string;
  /** The events that this answers. */
  readonly seqs: readonly number[];
  /** True when no event names it, only the state of another object that was read. */
  readonly touched: boolean;
}

/** What was read, and the events that it answers. */
export interface Answer {
  readonly reading: Reading;
  readonly seqs: readonly number[];
}

/** An event whose object could not be read. */
export interface FailedEvent {
  readonly seq: number;
  readonly error: string;
}

export interface Work {
  /** Readings that came with their events, in order. */
  readonly delivered: readonly Answer[];
  /** Objects to be read. */
  readonly wanted: Map<string, Wanted>;
}

const keyOf = ({ entity, id }: ObjectKey): string => `${entity}:${id}`;

/** Tells what came with its event from what has to be read: each object once, however many events name it. */
export function sortEvents(events: readonly StoredEvent[], connector: Connector): Work {
  const delivered: Answer[] = [];
  const wanted = new Map<string, Wanted>();
  for (const event of events) {
    const { correlation, echo, occurredAt, seq } = event;
    const created = event.operation === 'create';
    if (event.state !== undefined) {
      const entity = event.type as EntityName;
      const { system, objectId: id, state } = event;
      const reading = { system, entity, id, state, correlation, echo, created, occurredAt };
      delivered.push({ reading, seqs: [seq] });
      continue;
    }
    const entities = isEntityName(event.type) ? [event.type] : connector.entitiesOf(event.type);
    for (const entity of entities)
      want(wanted, {
        entity,
        id: event.objectId,
        correlation,
        echo,
        created,
        occurredAt,
        seqs: [seq],
        touched: false,
      });
  }
  return { delivered, wanted };
}

function want(wanted: Map<string, Wanted>, next: Wanted): void {
  const key = keyOf(next);
  const known = wanted.get(key);
  // The newest cause gives its name to what follows.
  const echo = next.echo && (known?.echo ?? true);
  const created = next.created || (known?.created ?? false);
  wanted.set(key, {
    ...next,
    echo,
    created,
    seqs: known === undefined ? next.seqs : [...known.seqs, ...next.seqs],
  });
}

/**
 * Reads what is wanted, and what its state touches. One object that cannot be read does not hold up the others: the
 * events that asked for it are failed. So are those of an object that is hidden now: what is known of it stays as it is.
 *
 * @param isKnown whether an object was read before, and was there; what is hidden from the start is nobody's concern
 * @throws SystemError or an abort when the system cannot be read at all
 */
export async function readAll(
  connector: Connector,
  work: Work,
  signal: AbortSignal,
  observe: Observe,
  isKnown: (object: ObjectKey) => Promise<boolean>,
) {
  const { system } = connector;
  const { wanted } = work;
  const answers: Answer[] = [];
  const failed: FailedEvent[] = [];
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
          const { id, state, touches = [] } = snapshot;
          if (snapshot.hidden) {
            if (await isKnown({ entity, id })) giveUpHidden(cause);
            continue;
          }
          const { correlation, echo, created, occurredAt, seqs } = cause;
          answers.push({
            reading: { system, entity, id, state, correlation, echo, created, occurredAt },
            seqs,
          });
          for (const key of touches) {
            // The event that led here answers for what it touches too: it is not worked off before that is read.
            if (!done.has(keyOf(key)) && !wanted.has(keyOf(key)))
              want(touched, {
                ...key,
                correlation,
                echo: false,
                created: false,
                occurredAt,
                seqs,
                touched: true,
              });
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
      const failure = asSystemError(error, system, 'unavailable');
      if (failure !== undefined && !blamesItem(failure)) throw error;
      // A connector that is interrupted may throw anything.
      signal.throwIfAborted();
      const [only] = chunk;
      if (chunk.length === 1 && only !== undefined) {
        giveUp(only, error, failure);
        return [];
      }
      const parts: { snapshot: Snapshot; cause: Wanted }[] = [];
      for (const object of chunk) parts.push(...(await readChunk(entity, [object])));
      return parts;
    }
  }

  function giveUp(object: Wanted, error: unknown, failure: SystemError | undefined): void {
    const { entity, id } = object;
    if (failure === undefined)
      observe({ kind: 'failed', where: `reading ${entity} ${id} of ${system}`, error });
    const message = failure?.message ?? `The bridge failed at this: ${error}`;
    observe({ kind: 'unreadable', system, entity, id, message });
    for (const seq of object.seqs)
      failed.push({ seq, error: object.touched ? `${entity} ${id}: ${message}` : message });
  }

  function giveUpHidden(object: Wanted): void {
    const message =
      `${system} has it still, but the bridge's user may not read it any more. ` +
      'What was read before stays as it is; let that user read it again, or delete it there.';
    giveUp(object, undefined, new SystemError('denied', message, { system }));
  }

  let round = [...wanted.values()];
  while (round.length > 0) round = await readRound(round);
  return { answers, failed };
}

function causeOf(snapshot: Snapshot, byId: ReadonlyMap<string, Wanted>): Wanted {
  const cause = byId.get(snapshot.id);
  if (cause === undefined)
    throw new Error(`A connector answered ${snapshot.entity} ${snapshot.id} without being asked`);
  return cause;
}
