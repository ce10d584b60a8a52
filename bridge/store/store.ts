import { type Consequences, createApply, type Reading } from './apply.ts';
import { attemptTable } from './attempt.ts';
import { businessEventTable, type StoredBusinessEvent } from './business-event.ts';
import { changeTable } from './change.ts';
import { cursorTable } from './cursor.ts';
import { type OpenDatabase, openDatabase, otherLayout } from './database.ts';
import { createDecide } from './decide.ts';
import { createDeliveryStore, type DeliveryStore } from './delivery-store.ts';
import { deliveryTable } from './delivery-table.ts';
import { eventTable, type NewEvent, type StoredEvent } from './event.ts';
import { createEventCounts, type EventCount } from './event-count.ts';
import { flowCallTable, type StoredCall } from './flow-call.ts';
import { createFlowDesk, type FlowDesk } from './flow-desk.ts';
import { createFlowHousekeeping } from './flow-housekeeping.ts';
import { countFlows, type FlowCount } from './flow-report.ts';
import { createHousekeeping } from './housekeeping.ts';
import { linkTable } from './link.ts';
import { lockForWriting } from './lock.ts';
import { matchKeyTable } from './match-key.ts';
import { createMatchingStore, type MatchingStore } from './matching-store.ts';
import { type MetaKey, metaTable } from './meta.ts';
import { needTable } from './need.ts';
import { createNews } from './news.ts';
import { type PollFailure, pollTable } from './poll.ts';
import { proposalTable } from './proposal.ts';
import { createQueueCounts } from './queue.ts';
import { createReader } from './reader.ts';
import { createReconciliationStore, type ReconciliationStore } from './reconciliation.ts';
import { recordTable, type StoredRecord, type SystemObject } from './record.ts';
import { createSettle } from './settle.ts';
import { createWriter, type WriterOptions } from './writer.ts';

export interface ApplyResult {
  readonly changed: number;
  readonly unchanged: number;
}

/**
 * Everything the bridge remembers. Every method is one transaction; those that write resolve once it is on disk.
 * Nothing here says SQLite, so that another database can stand behind the same functions.
 */
export interface Store extends DeliveryStore, MatchingStore, ReconciliationStore {
  /** Keeps events; those with a known id are counted as duplicates and change nothing. */
  appendEvents(events: readonly NewEvent[]): Promise<{ accepted: number; duplicates: number }>;
  /**
   * Keeps one page of a poll together with the cursor behind it, where it has one. Objects whose state is the one on record are left out.
   * Once the stream has been read to its end, an object that nobody knew was created since.
   */
  appendPage(page: {
    system: string;
    stream: string;
    cursor?: string;
    events: readonly NewEvent[];
  }): Promise<number>;
  /** A poll came to the end of a stream. */
  endPoll(system: string, stream: string): Promise<void>;
  /** A poll of a stream failed: kept, for people, until one works. */
  failPoll(system: string, stream: string, failure: PollFailure): Promise<void>;
  cursor(system: string, stream: string): Promise<string | undefined>;
  /** The oldest events of a system that are not worked off, of the first of these lanes that has any. */
  openEvents(system: string, lanes: readonly number[], limit: number): Promise<StoredEvent[]>;
  /** Takes readings in as records, changes, business events and deliveries, and finishes the events they answer. */
  apply(
    work: Consequences & {
      readings: readonly Reading[];
      finished: readonly number[];
      failed: readonly { seq: number; error: string }[];
    },
  ): Promise<ApplyResult>;
  /** Business events by their ids; `undefined` for one that is not kept any more. */
  businessEvents(ids: readonly string[]): Promise<(StoredBusinessEvent | undefined)[]>;
  /** The id of each object in `system`, where it is linked. */
  idsIn(system: string, objects: readonly SystemObject[]): Promise<(string | undefined)[]>;
  /** As `idsIn`, without those known to be gone. */
  presentIdsIn(system: string, objects: readonly SystemObject[]): Promise<(string | undefined)[]>;
  /** When the oldest event of a system that is not worked off came in. */
  oldestOpenEvent(system: string, laneCount: number): Promise<string | undefined>;
  /** How many events of each system are not worked off. */
  eventCounts(): Promise<EventCount[]>;
  record(object: SystemObject): Promise<StoredRecord | undefined>;
  /** One turn of the flow engine: what it looks at and what it decides, in one transaction. */
  flowTurn<Result>(turn: (desk: FlowDesk) => Result): Promise<Result>;
  /** How the instances of each flow stand; `done` counts those since `doneSince` (an instant). */
  flowCounts(doneSince: string): Promise<FlowCount[]>;
  /** What steps of flows ask systems to do, by id; `undefined` for what was cleared away. */
  flowCalls(ids: readonly string[]): Promise<(StoredCall | undefined)[]>;
  /** Removes one round of what is settled and older than `before` (an instant); answers how many rows went. */
  removeSettled(before: string): Promise<number>;
  meta(key: MetaKey): Promise<string | undefined>;
  /** Keeps the first value that was ever given, and answers it. */
  pinMeta(key: MetaKey, value: string): Promise<string>;
  /** Writes everything out, makes the file compact to copy, and lets go of it. */
  close(): Promise<void>;
}

/**
 * Opens the store at `path`; this process is then its only writer. Throws `StoreError` with a plain sentence.
 *
 * @param elapsed milliseconds that only go forward, for how long a commit waits for company
 */
export async function openStore(
  path: string,
  now: () => number = Date.now,
  elapsed?: WriterOptions['elapsed'],
): Promise<Store> {
  const lock = lockForWriting(path);
  try {
    const database = await openDatabase(path);
    try {
      return createStore(database, now, elapsed, () => lock.release());
    } catch (error) {
      database.connection.close();
      throw otherLayout(path, error);
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

function createStore(
  database: OpenDatabase,
  now: () => number,
  elapsed: WriterOptions['elapsed'],
  release: () => void,
): Store {
  const events = eventTable(database);
  const records = recordTable(database);
  const writer = createWriter(database.connection, {
    onRollback: records.forgetRecent,
    ...(elapsed === undefined ? {} : { elapsed }),
  });
  const read = createReader(database.connection);
  const changes = changeTable(database);
  const links = linkTable(database);
  const deliveries = deliveryTable(database);
  const needs = needTable(database);
  const attempts = attemptTable(database);
  const businessEvents = businessEventTable(database, needs);
  const cursors = cursorTable(database);
  const polls = pollTable(database);
  const meta = metaTable(database);
  const began = meta.pin('began', new Date(now()).toISOString());
  const matchKeys = matchKeyTable(database, records, meta);
  const proposals = proposalTable(database);
  const decide = createDecide({ deliveries, links, matchKeys, needs, proposals, records });
  const apply = createApply(
    {
      decide,
      matchKeys,
      businessEvents,
      records,
      changes,
      deliveries,
      events,
      attempts,
      links,
      needs,
    },
    began,
  );
  const settle = createSettle({ decide, deliveries, attempts, events, links, needs, records });
  const flowDesk = createFlowDesk(database, { deliveries, events, links, records }, began);
  const flowCalls = flowCallTable(database);
  const eventCounts = createEventCounts(database);
  const queueCounts = createQueueCounts(database);
  const removeRound = createHousekeeping(database);
  const removeFlows = createFlowHousekeeping(database);
  const newsOf = createNews({ events, links, records });
  const { removeEnded, ...reconciliations } = createReconciliationStore({
    database,
    writer,
    read,
    newsOf,
    now,
    deliveries,
    events,
    links,
    records,
  });
  const instant = () => new Date(now()).toISOString();

  return {
    ...reconciliations,
    ...createDeliveryStore({
      attempts,
      deliveries,
      links,
      needs,
      records,
      settle,
      queueCounts,
      writer,
      read,
      now,
    }),
    ...createMatchingStore({ links, matchKeys, proposals, records, decide, writer, read, now }),
    appendEvents: (batch) =>
      writer.write(() => {
        const at = instant();
        const accepted = events.insertAll(batch, at);
        return { accepted, duplicates: batch.length - accepted };
      }),

    appendPage: ({ system, stream, cursor, events: page }) =>
      writer.write(() => {
        const at = instant();
        let accepted = 0;
        const complete = polls.isComplete(system, stream);
        for (const event of page) {
          const news = newsOf(event, complete);
          if (news !== undefined && events.insert(news, at)) accepted++;
        }
        if (cursor !== undefined) cursors.put(system, stream, cursor, at);
        return accepted;
      }),

    endPoll: (system, stream) => writer.write(() => polls.end(system, stream, instant())),
    failPoll: (system, stream, failure) => writer.write(() => polls.fail(system, stream, failure, instant())),
    cursor: async (system, stream) => cursors.get(system, stream),
    openEvents: async (system, lanes, limit) =>
      read(() => {
        for (const lane of lanes) {
          const open = events.open(system, lane, limit);
          if (open.length > 0) return open;
        }
        return [];
      }),

    apply: ({ readings, finished, failed, ...consequences }) =>
      writer.write(() => {
        const nowMs = now();
        const at = new Date(nowMs).toISOString();
        let changed = 0;
        records.lookAhead(readings);
        for (const reading of readings) if (apply(reading, consequences, nowMs, at) === 'changed') changed++;
        events.finish(finished, at);
        for (const { seq, error } of failed) events.finish([seq], at, error);
        return { changed, unchanged: readings.length - changed };
      }),

    businessEvents: async (ids) => ids.map((id) => businessEvents.get(id)),

    idsIn: async (system, objects) => read(() => objects.map((object) => links.idIn(object, system))),
    presentIdsIn: async (system, objects) =>
      read(() =>
        objects.map((object) => {
          const id = links.idIn(object, system);
          return id !== undefined && records.isGone({ ...object, system, id }) ? undefined : id;
        }),
      ),
    async oldestOpenEvent(system, laneCount) {
      const byLane = Array.from({ length: laneCount }, (_, lane) => events.oldestOpen(system, lane));
      return byLane.filter((at) => at !== undefined).sort()[0];
    },
    eventCounts: async () => eventCounts(),
    record: async (object) => records.get(object),

    flowTurn: (turn) => writer.write(() => turn(flowDesk(now()))),
    flowCounts: async (doneSince) => countFlows(database, doneSince),
    flowCalls: async (ids) => ids.map((id) => flowCalls.get(id)),
    removeSettled: (before) =>
      writer.write(() => removeRound(before) + removeFlows(before) + removeEnded(before)),

    meta: async (key) => meta.get(key),
    pinMeta: (key, value) => writer.write(() => meta.pin(key, value)),

    async close() {
      writer.close();
      database.connection.pragma('wal_checkpoint(TRUNCATE)');
      await database.kysely.destroy();
      release();
    },
  };
}
