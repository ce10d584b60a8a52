import { type EntityName, isEntityName } from '../entities/catalogue.ts';
import type { Reading } from '../store/apply.ts';
import type { StoredEvent } from '../store/event.ts';
import { SystemError } from '../systems/error.ts';
import type { Connector, ObjectKey, Snapshot } from '../systems/system.ts';
import { asSystemError, blamesItem } from './failure.ts';
import type { Observe } from './observer.ts';

/** An object that has to be read. */
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

/** An event that was not worked off in one go: some of what it leads to is read, the rest is not. */
export interface BegunEvent {
  /** What is still to be read for it. */
  readonly left: readonly Wanted[];
  /** What could not be read. */
  readonly failed: readonly FailedEvent[];
}

export interface Work {
  /** Readings that came with their events, in order. */
  readonly delivered: readonly Answer[];
  /** Objects to be read. */
  readonly wanted: Map<string, Wanted>;
  /** What could not be read before, for events that were begun. */
  readonly failed: readonly FailedEvent[];
}

/** What came of reading, as far as it got. */
export interface Read {
  readonly answers: readonly Answer[];
  /** Also of events that have objects left. */
  readonly failed: readonly FailedEvent[];
  /** The objects that are still to be read, by the event that is not finished before they are. */
  readonly left: ReadonlyMap<number, readonly Wanted[]>;
  /** True when the system said something of at least one object. */
  readonly answered: boolean;
  /** Why something is left: the system could not be read any further. */
  readonly failure: SystemError | undefined;
}

const keyOf = ({ entity, id }: ObjectKey): string => `${entity}:${id}`;

/**
 * Tells what came with its event from what has to be read: each object once, however many events name it.
 *
 * @param begun events that go on where they are, by their number
 */
export function sortEvents(
  events: readonly StoredEvent[],
  connector: Connector,
  begun: ReadonlyMap<number, BegunEvent>,
): Work {
  const delivered: Answer[] = [];
  const wanted = new Map<string, Wanted>();
  const failed: FailedEvent[] = [];
  for (const event of events) {
    const known = begun.get(event.seq);
    if (known !== undefined) {
      for (const object of known.left) want(wanted, object);
      failed.push(...known.failed);
      continue;
    }
    const { correlation, echo, occurredAt, seq } = event;
    const created = event.operation === 'create';
    if (event.state !== undefined) {
      const entity = event.type as EntityName;
      const { system, objectId: id, state } = event;
      const reading = { system, entity, id, state, correlation, echo, created, occurredAt };
      const canRead = connector.entities[entity]?.read !== undefined;
      delivered.push({ reading: canRead ? { ...reading, askedAt: occurredAt } : reading, seqs: [seq] });
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
  return { delivered, wanted, failed };
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
 * Where the system cannot be read any further, what was read until then is answered, and what is left.
 *
 * @param isKnown whether an object was read before, and was there; what is hidden from the start is nobody's concern
 * @throws what `isKnown` throws
 */
export async function readAll(
  connector: Connector,
  work: Work,
  signal: AbortSignal,
  observe: Observe,
  isKnown: (object: ObjectKey) => Promise<boolean>,
): Promise<Read> {
  const { system } = connector;
  const { wanted } = work;
  const answers: Answer[] = [];
  const failed: FailedEvent[] = [...work.failed];
  const done = new Set<string>();
  /** What is not read yet, with all the events that are not finished before it is. */
  const open = new Map<string, Wanted>();
  let answered = false;

  const batchOf = (entity: EntityName) => connector.entities[entity]?.read?.batch;

  function owe(object: Wanted): void {
    if (batchOf(object.entity) === undefined) return;
    const key = keyOf(object);
    const known = open.get(key);
    open.set(key, known === undefined ? object : { ...known, seqs: [...known.seqs, ...object.seqs] });
  }

  async function readRound(objects: readonly Wanted[]): Promise<Wanted[]> {
    const touched = new Map<string, Wanted>();
    for (const [entity, group] of Map.groupBy(objects, (object) => object.entity)) {
      const batch = batchOf(entity);
      if (batch === undefined) continue;
      for (let start = 0; start < group.length; start += batch)
        await readChunk(entity, group.slice(start, start + batch), touched);
    }
    return [...touched.values()];
  }

  async function readChunk(
    entity: EntityName,
    chunk: readonly Wanted[],
    touched: Map<string, Wanted>,
  ): Promise<void> {
    const byId = new Map(chunk.map((object) => [object.id, object]));
    let read: { snapshot: Snapshot; cause: Wanted }[];
    try {
      const snapshots = await connector.read(entity, [...byId.keys()], signal);
      read = snapshots.map((snapshot) => ({ snapshot, cause: causeOf(snapshot, byId) }));
    } catch (error) {
      const failure = asSystemError(error, system, 'unavailable');
      if (failure !== undefined && !blamesItem(failure)) throw failure;
      // A connector that is interrupted may throw anything.
      signal.throwIfAborted();
      const [only] = chunk;
      if (chunk.length === 1 && only !== undefined) {
        giveUp(only, error, failure);
        settle(chunk);
      } else for (const object of chunk) await readChunk(entity, [object], touched);
      return;
    }
    for (const { snapshot, cause } of read) await take(snapshot, cause, touched);
    settle(chunk);
  }

  async function take(snapshot: Snapshot, cause: Wanted, touched: Map<string, Wanted>): Promise<void> {
    done.add(keyOf(snapshot));
    const { entity, id, state, touches = [] } = snapshot;
    if (snapshot.hidden) {
      if (await isKnown({ entity, id })) giveUpHidden(cause);
      return;
    }
    const { correlation, echo, created, occurredAt, seqs } = cause;
    answers.push({
      reading: { system, entity, id, state, correlation, echo, created, occurredAt },
      seqs,
    });
    for (const key of touches) {
      if (done.has(keyOf(key))) continue;
      const next = { ...key, correlation, echo: false, created: false, occurredAt, seqs, touched: true };
      // The event that led here answers for what it touches too: it is not worked off before that is read.
      if (!wanted.has(keyOf(key))) {
        want(touched, next);
        owe(next);
      } else if (open.has(keyOf(key))) owe(next);
    }
  }

  /** Whatever came of them, they were read. */
  function settle(objects: readonly Wanted[]): void {
    answered = true;
    for (const object of objects) open.delete(keyOf(object));
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

  for (const object of wanted.values()) owe(object);
  let failure: SystemError | undefined;
  try {
    let round = [...wanted.values()];
    while (round.length > 0) round = await readRound(round);
  } catch (error) {
    failure = asSystemError(error, system, 'unavailable');
    if (failure === undefined) throw error;
  }
  return { answers, failed, left: byEvent(open.values()), answered, failure };
}

function byEvent(objects: Iterable<Wanted>): Map<number, Wanted[]> {
  const left = new Map<number, Wanted[]>();
  for (const object of objects)
    for (const seq of new Set(object.seqs)) {
      const own = { ...object, seqs: [seq] };
      const known = left.get(seq);
      if (known === undefined) left.set(seq, [own]);
      else known.push(own);
    }
  return left;
}

function causeOf(snapshot: Snapshot, byId: ReadonlyMap<string, Wanted>): Wanted {
  const cause = byId.get(snapshot.id);
  if (cause === undefined)
    throw new Error(`A connector answered ${snapshot.entity} ${snapshot.id} without being asked`);
  return cause;
}
