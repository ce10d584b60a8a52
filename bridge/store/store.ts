import type { State } from '../entities/field.ts';
import type { KeyPlan, MatchKey } from '../matching/key.ts';
import { type Consequences, createApply, type Reading } from './apply.ts';
import { attemptTable } from './attempt.ts';
import { businessEventTable, type StoredBusinessEvent } from './business-event.ts';
import { changeTable } from './change.ts';
import { createCounterparts, type KnownCounterpart, type Standing } from './counterpart.ts';
import { cursorTable } from './cursor.ts';
import { type OpenDatabase, openDatabase, otherLayout } from './database.ts';
import { createDecide, type Decided, type Decision } from './decide.ts';
import { type ClaimedDelivery, type NewDelivery, sourceObject } from './delivery.ts';
import { deliveryTable } from './delivery-table.ts';
import { eventTable, type NewEvent, type StoredEvent } from './event.ts';
import { flowCallTable, type StoredCall } from './flow-call.ts';
import { createFlowDesk, type FlowDesk } from './flow-desk.ts';
import { createFlowHousekeeping } from './flow-housekeeping.ts';
import { countFlows, type FlowCount } from './flow-report.ts';
import { createHousekeeping } from './housekeeping.ts';
import { type Drift, linkTable } from './link.ts';
import { lockForWriting } from './lock.ts';
import { matchKeyTable } from './match-key.ts';
import { type MetaKey, metaTable } from './meta.ts';
import { needTable } from './need.ts';
import { createNews } from './news.ts';
import { type Candidate, type Proposal, proposalTable } from './proposal.ts';
import { createQueueCounts, type QueueCount } from './queue.ts';
import { createReader } from './reader.ts';
import { createReconciliationStore, type ReconciliationStore } from './reconciliation.ts';
import { recordTable, type StoredRecord, type SystemObject } from './record.ts';
import type { Bring } from './reunite.ts';
import { createSettle, type Settlement } from './settle.ts';
import { createWriter, type WriterOptions } from './writer.ts';

/** What a delivery needs to be tried, as the store knows it. */
export interface DeliveryContext {
  readonly record: StoredRecord | undefined;
  /** Id of the object in the target, when it is linked. */
  readonly targetId: string | undefined;
  /** Fingerprint of what was last written there. */
  readonly writtenFingerprint: string | undefined;
  /** What somebody changed there that another system owns. */
  readonly drift?: Drift | undefined;
  /** What earlier tries that are in doubt have sent, newest first; only for an object that is not linked. */
  readonly earlier: readonly State[];
}

export interface ApplyResult {
  readonly changed: number;
  readonly unchanged: number;
}

/**
 * Everything the bridge remembers. Every method is one transaction; those that write resolve once it is on disk.
 * Nothing here says SQLite, so that another database can stand behind the same functions.
 */
export interface Store extends ReconciliationStore {
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
  /**
   * Takes due deliveries of a target: `shares` says how many of each lane; what a lane leaves goes to the
   * others. A lane with `null` is left alone.
   */
  claim(target: string, shares: readonly (number | null)[], leaseMs: number): Promise<ClaimedDelivery[]>;
  /** What is known about each delivery's object. */
  context(deliveries: readonly ClaimedDelivery[]): Promise<DeliveryContext[]>;
  /** The id of each object in `system`, where it is linked. */
  idsIn(system: string, objects: readonly SystemObject[]): Promise<(string | undefined)[]>;
  /**
   * From now on keeps the match keys that the plan asks for with every record. Makes those of the records so far when the
   * plan is another one than before, which takes seconds for every hundred thousand.
   */
  keepMatchKeys(plan: KeyPlan): Promise<void>;
  /** Whether each candidate can become the counterpart of the object. */
  standings(object: SystemObject, candidates: readonly SystemObject[]): Promise<Standing[]>;
  /** Objects of `target` that are known by each exact key. */
  knownBy(object: SystemObject, target: string, keys: readonly MatchKey[]): Promise<KnownCounterpart[][]>;
  /** Known objects of `target` that are likely the same as each object, the likeliest first. */
  likely(target: string, records: readonly StoredRecord[]): Promise<Candidate[][]>;
  /** When the oldest event of a system that is not worked off came in. */
  oldestOpenEvent(system: string, laneCount: number): Promise<string | undefined>;
  /** Whether the object of each delivery may have been created by one the other way round, whose answer was lost. */
  creationsInDoubt(deliveries: readonly NewDelivery[]): Promise<boolean[]>;
  /** Proposals that are open, the oldest first. */
  openProposals(): Promise<Proposal[]>;
  /** A person decides about a proposal. */
  decide(id: string, decision: Decision, bring?: Bring): Promise<Decided>;
  record(object: SystemObject): Promise<StoredRecord | undefined>;
  /** Writes down how tries ended. Answers the targets of deliveries that waited for this and can go on now. */
  settle(settlements: readonly Settlement[], bring?: Bring): Promise<ReadonlySet<string>>;
  /** When the next pending delivery of a target is due in any of these lanes. */
  nextDueMs(target: string, lanes: readonly number[]): Promise<number | undefined>;
  /**
   * Gives deliveries back whose lease has ended, or all leased ones when the process that held them is gone.
   * Their tries may have had an effect, so they are marked uncertain.
   */
  releaseLeases(which: 'expired' | 'all'): Promise<number>;
  /** The rules may have changed: deliveries to these targets that waited for what no rule brings look again. */
  wakeUnmet(targets: readonly string[]): Promise<void>;
  /** Whether the last that was done to bring each object to the target was only recorded, because of shadow. */
  shadowed(target: string, objects: readonly SystemObject[]): Promise<boolean[]>;
  /** Deliveries that were only recorded, in the order of their ids, from behind `after`. */
  shadowedAfter(after: string, limit: number): Promise<ClaimedDelivery[]>;
  /** Has objects delivered; joins what has not left yet. */
  enqueue(deliveries: readonly NewDelivery[]): Promise<void>;
  /** One turn of the flow engine: what it looks at and what it decides, in one transaction. */
  flowTurn<Result>(turn: (desk: FlowDesk) => Result): Promise<Result>;
  /** How the instances of each flow stand; `done` counts those since `doneSince` (an instant). */
  flowCounts(doneSince: string): Promise<FlowCount[]>;
  /** What steps of flows ask systems to do, by id; `undefined` for what was cleared away. */
  flowCalls(ids: readonly string[]): Promise<(StoredCall | undefined)[]>;
  /** The deliveries that are not done, counted by target and state. */
  queues(): Promise<QueueCount[]>;
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
  const meta = metaTable(database);
  const matchKeys = matchKeyTable(database, records, meta);
  const proposals = proposalTable(database);
  const counterparts = createCounterparts({ links, matchKeys, proposals, records });
  const decide = createDecide({ deliveries, links, matchKeys, needs, proposals, records });
  const apply = createApply({
    decide,
    matchKeys,
    businessEvents,
    records,
    changes,
    deliveries,
    attempts,
    links,
    needs,
  });
  const settle = createSettle({ decide, deliveries, attempts, events, links, needs, records });
  const flowDesk = createFlowDesk(database, { deliveries, events, links, records });
  const flowCalls = flowCallTable(database);
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
        const complete = cursors.isComplete(system, stream);
        for (const event of page) {
          const news = newsOf(event, complete);
          if (news !== undefined && events.insert(news, at)) accepted++;
        }
        if (cursor !== undefined) cursors.put(system, stream, cursor, at);
        return accepted;
      }),

    endPoll: (system, stream) => writer.write(() => cursors.complete(system, stream, instant())),
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

    claim: (target, shares, leaseMs) =>
      writer.write(() => {
        const nowMs = now();
        const claimed: ClaimedDelivery[] = [];
        const take = (lane: number, limit: number): number => {
          const got = deliveries.claim(target, lane, limit, nowMs, nowMs + leaseMs);
          claimed.push(...got);
          return got.length;
        };
        const taken = shares.map((share, lane) => (share === null ? null : take(lane, share)));
        let left = shares.reduce<number>((sum, share) => sum + (share ?? 0), 0) - claimed.length;
        for (const [lane, share] of shares.entries()) {
          // A lane that gave less than it was asked for has nothing left.
          if (left > 0 && share !== null && taken[lane] === share) left -= take(lane, left);
        }
        return claimed;
      }),

    context: async (claimed) =>
      read(() =>
        claimed.map((delivery) => {
          const object: SystemObject = {
            system: delivery.source,
            entity: delivery.entity,
            id: delivery.sourceId,
          };
          const counterpart = links.counterpart(object, delivery.target);
          const targetId = counterpart?.id;
          return {
            record: records.get(object),
            targetId,
            writtenFingerprint: counterpart?.writtenFingerprint ?? undefined,
            drift: counterpart?.drift,
            earlier: delivery.uncertain && targetId === undefined ? attempts.inDoubt(delivery) : [],
          };
        }),
      ),

    idsIn: async (system, objects) => read(() => objects.map((object) => links.idIn(object, system))),
    async keepMatchKeys(plan) {
      if (matchKeys.use(plan)) return;
      let last = await writer.write(() => matchKeys.rebuildAfter(undefined));
      while (last !== undefined) {
        const from = last;
        last = await writer.write(() => matchKeys.rebuildAfter(from));
      }
    },
    standings: async (object, candidates) =>
      read(() => candidates.map((candidate) => counterparts.standing(object, candidate))),
    knownBy: async (object, target, keys) =>
      read(() => keys.map((key) => counterparts.known(object, target, key))),
    likely: async (target, list) =>
      read(() => list.map((record) => counterparts.likely(record, record.state, target))),
    async oldestOpenEvent(system, laneCount) {
      const byLane = Array.from({ length: laneCount }, (_, lane) => events.oldestOpen(system, lane));
      return byLane.filter((at) => at !== undefined).sort()[0];
    },
    creationsInDoubt: async (list) =>
      read(() => list.map((delivery) => deliveries.creationInDoubt(delivery))),
    openProposals: async () => proposals.open(),
    decide: (id, decision, bring = nothing) =>
      writer.write(() => {
        const nowMs = now();
        return decide.decide(id, decision, bring, nowMs, new Date(nowMs).toISOString());
      }),
    record: async (object) => records.get(object),

    settle: (settlements, bring = nothing) =>
      writer.write(() => {
        const nowMs = now();
        const at = new Date(nowMs).toISOString();
        const woken = new Set<string>();
        links.lookAhead(objectsOf(settlements));
        for (const settlement of settlements)
          for (const target of settle(settlement, bring, nowMs, at)) woken.add(target);
        return woken;
      }),

    async nextDueMs(target, lanes) {
      let next: number | undefined;
      for (const lane of lanes) {
        const due = deliveries.nextDueMs(target, lane);
        if (due !== undefined && (next === undefined || due < next)) next = due;
      }
      return next;
    },

    releaseLeases: (which) =>
      writer.write(() => {
        const nowMs = now();
        const at = new Date(nowMs).toISOString();
        const found = deliveries.expired(which === 'all' ? Number.MAX_SAFE_INTEGER : nowMs);
        for (const delivery of found) {
          settle(
            {
              delivery,
              outcome: 'retry',
              startedAt: at,
              durationMs: 0,
              dueMs: nowMs,
              error: 'ambiguous',
              cause: 'The bridge stopped while this was under way; whether it arrived is looked up now.',
              uncertain: true,
              countTry: true,
            },
            nothing,
            nowMs,
            at,
          );
        }
        return found.length;
      }),

    wakeUnmet: (targets) =>
      writer.write(() => {
        const nowMs = now();
        for (const target of targets) needs.wakeUnmet(target, nowMs);
      }),

    shadowed: async (target, objects) =>
      read(() =>
        objects.map(({ system, entity, id }) =>
          deliveries.isShadowed({ target, source: system, entity, sourceId: id }),
        ),
      ),
    shadowedAfter: async (after, limit) => deliveries.shadowedAfter(after, limit),
    enqueue: (wanted) =>
      writer.write(() => {
        const nowMs = now();
        const at = new Date(nowMs).toISOString();
        for (const delivery of wanted) deliveries.enqueue(delivery, nowMs, at);
      }),

    flowTurn: (turn) => writer.write(() => turn(flowDesk(now()))),
    flowCounts: async (doneSince) => countFlows(database, doneSince),
    flowCalls: async (ids) => ids.map((id) => flowCalls.get(id)),
    queues: async () => queueCounts(),
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

/** What will be linked by these. */
const objectsOf = (settlements: readonly Settlement[]): SystemObject[] =>
  settlements.flatMap((settlement) => {
    const { delivery } = settlement;
    if (!('externalId' in settlement) || settlement.externalId === undefined) return [];
    const target = { system: delivery.target, entity: delivery.entity, id: settlement.externalId };
    return [sourceObject(delivery), target];
  });

const nothing: Bring = () => undefined;
