import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import type { OpenDatabase } from './database.ts';
import type { NewDelivery, ObjectOfDelivery } from './delivery.ts';
import { sourceObject } from './delivery.ts';
import type { deliveryTable } from './delivery-table.ts';
import type { eventTable, NewEvent } from './event.ts';
import type { NewException, StoredException } from './exception.ts';
import { type FlowInstance, flowInstanceTable } from './flow-instance.ts';
import type { Deviation, linkTable } from './link.ts';
import type { createNews } from './news.ts';
import type { createReader } from './reader.ts';
import { raisedTable } from './reconciliation-exception.ts';
import {
  type Finding,
  type FindingAction,
  type FindingKind,
  findingTable,
  type NewFinding,
} from './reconciliation-finding.ts';
import { type SameKey, sameKeyTable } from './reconciliation-key.ts';
import { type Pair, pairTable, type RecordExtent, type Stretch } from './reconciliation-pair.ts';
import {
  type NewRun,
  type ReconciliationRun,
  type RunProgress,
  type RunState,
  runTable,
} from './reconciliation-run.ts';
import { openScratch, type Scratch, type Unlisted } from './reconciliation-scratch.ts';
import { type StoredTotal, totalTable } from './reconciliation-total.ts';
import { unlistedTable } from './reconciliation-unlisted.ts';
import { type OpenWay, wayTable } from './reconciliation-way.ts';
import type { recordTable, StoredRecord, SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';
import type { Writer } from './writer.ts';

/** What a listed object brings that was not known. */
export interface News {
  readonly event: NewEvent;
  /** What was known; absent when the object was not. */
  readonly before?: StoredRecord;
  /** True when an event on the object is there already that is not worked off. */
  readonly told: boolean;
}

/** What a run has come to, kept in one transaction with how far it is. */
export interface RunResults {
  readonly findings?: readonly NewFinding[];
  /** More about findings that are kept already, of the same kind and object. */
  readonly amended?: readonly NewFinding[];
  /** Whole sums, in place of those kept before. */
  readonly totals?: readonly StoredTotal[];
  readonly events?: readonly NewEvent[];
  /** What was known of objects that are not listed and are being read by their ids; kept until a side is done. */
  readonly unlisted?: readonly Unlisted[];
  /** A side is done with. */
  readonly sideDone?: true;
  /** What became of earlier findings. */
  readonly settled?: readonly SettledFinding[];
  readonly repairs?: readonly Repair[];
  /** What people have to look at, and the keys of what they need not look at any more. */
  readonly raised?: readonly NewException[];
  readonly closed?: readonly string[];
}

export interface SettledFinding {
  readonly seq: number;
  readonly action: FindingAction;
  readonly cause?: string;
}

/** Brings an object again. */
export interface Repair {
  readonly delivery: NewDelivery;
  /** Id in the target of an object that is not there any more: it is made anew. */
  readonly lost?: string;
  /** How the object in the target differs, by field; these are written though nothing changed. */
  readonly restore?: {
    readonly id: string;
    readonly deviations: Readonly<Record<string, Omit<Deviation, 'tries'>>>;
  };
}

/** What reconciliations ask of the store. Those that write resolve once it is on disk. */
export interface ReconciliationStore {
  /** False when another run of the same declaration is running. */
  startRun(run: NewRun): Promise<boolean>;
  reconciliation(id: string): Promise<ReconciliationRun | undefined>;
  /** The newest first. */
  reconciliations(limit: number): Promise<ReconciliationRun[]>;
  runningReconciliation(declaration: string): Promise<ReconciliationRun | undefined>;
  moveRun(id: string, progress: RunProgress, results?: RunResults): Promise<void>;
  /** False when it cannot be running, because another run of its declaration is. */
  changeRun(
    id: string,
    state: RunState,
    note?: string,
    results?: Pick<RunResults, 'raised' | 'closed'>,
  ): Promise<boolean>;
  findings(run: string, after: number, limit: number): Promise<Finding[]>;
  /** The kinds of findings that a run has of each object. */
  foundOf(run: string, objects: readonly SystemObject[]): Promise<FindingKind[][]>;
  /** Objects of the run that were not listed, in the order of their ids, behind `after`. */
  unlistedAfter(run: string, after: string, limit: number): Promise<Unlisted[]>;
  totals(run: string): Promise<StoredTotal[]>;
  /** What people still have to look at because of runs, where its key begins with `prefix`, behind `after`. */
  raisedAfter(prefix: string, after: string, limit: number): Promise<StoredException[]>;
  /** Nobody has to look at these any more. */
  closeRaised(keys: readonly string[]): Promise<void>;
  /** What of these events of one system says something new. */
  newsAmong(system: string, events: readonly NewEvent[]): Promise<(News | undefined)[]>;
  /** Number of the newest event. */
  lastEvent(): Promise<number>;
  /** True when an event of the system up to this one is not worked off. */
  hasOpenEvents(system: string, upTo: number, laneCount: number): Promise<boolean>;
  pairs(extent: RecordExtent, target: string, after: string): Promise<Stretch<Pair>>;
  strangers(extent: RecordExtent, source: string, after: string): Promise<Stretch<Pair>>;
  /** Ids in `system` of what is in the extent of another one, where they were never read. */
  unread(extent: RecordExtent, system: string, after: string): Promise<Stretch<string>>;
  recordsIn(extent: RecordExtent, after: string): Promise<Stretch<StoredRecord>>;
  /** What is known of one object and its counterpart now. */
  pairOf(object: SystemObject, target: string): Promise<Pair>;
  records(objects: readonly SystemObject[]): Promise<(StoredRecord | undefined)[]>;
  ways(objects: readonly ObjectOfDelivery[]): Promise<(OpenWay | undefined)[]>;
  /** The last round of a business process for an object. */
  latestProcess(flow: string, subject: SystemObject): Promise<FlowInstance | undefined>;
  /** Whether the bridge wrote each object at this instant or later. */
  writtenSince(objects: readonly (SystemObject & { readonly since: string })[]): Promise<boolean[]>;
  sameKeys(
    entity: EntityName,
    field: string,
    systems: readonly string[],
    after: string,
  ): Promise<Stretch<SameKey>>;
  /** A place for what one run has to remember meanwhile; whoever opens it closes it. */
  scratch(): Promise<Scratch>;
}

interface Tables {
  readonly deliveries: ReturnType<typeof deliveryTable>;
  readonly events: ReturnType<typeof eventTable>;
  readonly links: ReturnType<typeof linkTable>;
  readonly records: ReturnType<typeof recordTable>;
}

interface Means extends Tables {
  readonly database: OpenDatabase;
  readonly writer: Writer;
  readonly read: ReturnType<typeof createReader>;
  readonly newsOf: ReturnType<typeof createNews>;
  readonly now: () => number;
}

/** Events on which it is looked whether one tells of a listed object already. */
const mostTold = 5000;

export function createReconciliationStore(means: Means): ReconciliationStore & {
  /** Removes runs that ended before an instant; answers how many rows went. Runs inside a transaction. */
  removeEnded(before: string): number;
} {
  const { database, writer, read, newsOf, deliveries, events, links, records } = means;
  const { connection, kysely } = database;
  const runs = runTable(database);
  const findings = findingTable(database);
  const totals = totalTable(database);
  const pairs = pairTable(database);
  const keys = sameKeyTable(database);
  const ways = wayTable(database);
  const unlisted = unlistedTable(database);
  const raised = raisedTable(database);
  const processes = flowInstanceTable(database);
  const instant = () => new Date(means.now()).toISOString();

  const lastEvent = prepare<object, { seq: number | null }>(
    connection,
    kysely.selectFrom('event').select(sql<number | null>`max(seq)`.as('seq')),
  );
  const openUpTo = prepare<{ system: string; lane: number; upTo: number }>(
    connection,
    kysely
      .selectFrom('event')
      .select('seq')
      .where('system', '=', slot<string>('system'))
      .where('lane', '=', slot<number>('lane'))
      .where('done_at', 'is', null)
      .where('seq', '<=', slot<number>('upTo'))
      .limit(sql.lit(1)),
  );
  const told = prepare<{ system: string; limit: number }, { id: string }>(
    connection,
    kysely
      .selectFrom('event')
      .select('object_id as id')
      .where('system', '=', slot<string>('system'))
      .where('done_at', 'is', null)
      .limit(slot<number>('limit')),
  );
  const ended = prepare<{ before: string }, { id: string }>(
    connection,
    kysely
      .selectFrom('reconciliation')
      .select('id')
      .where('state', '<>', sql.lit('running'))
      .where('moved_at', '<', slot<string>('before'))
      .orderBy('id')
      .limit(sql.lit(1)),
  );
  const removeFindings = prepare<{ id: string; limit: number }>(
    connection,
    kysely
      .deleteFrom('reconciliation_finding')
      .where('seq', 'in', sql<number>`(select seq from reconciliation_finding where run = @id limit @limit)`),
  );
  const removeTotals = prepare<{ id: string }>(
    connection,
    kysely.deleteFrom('reconciliation_total').where('run', '=', slot<string>('id')),
  );
  const removeRun = prepare<{ id: string }>(
    connection,
    kysely.deleteFrom('reconciliation').where('id', '=', slot<string>('id')),
  );

  function mend({ delivery, lost, restore }: Repair, nowMs: number, at: string): void {
    const { target, entity } = delivery;
    const object = sourceObject(delivery);
    if (lost !== undefined) {
      const gone: SystemObject = { system: target, entity, id: lost };
      // It may have come back, or been linked anew, since somebody looked.
      if (links.idIn(object, target) === lost && records.get(gone)?.gone === true) links.unlink(gone);
    }
    if (restore !== undefined && links.idIn(object, target) === restore.id) {
      const there: SystemObject = { system: target, entity, id: restore.id };
      const known = links.drift(there);
      const deviations = { ...known?.deviations };
      for (const [field, deviation] of Object.entries(restore.deviations))
        deviations[field] = { ...deviation, tries: known?.deviations[field]?.tries ?? 0 };
      const open = [...new Set([...(known?.open ?? []), ...Object.keys(restore.deviations)])];
      links.setDrift(there, { deviations, open, looks: (known?.looks ?? 0) + 1 });
    }
    deliveries.enqueue(delivery, nowMs, at);
  }

  function pairOf(object: SystemObject, target: string): Pair {
    const record = records.get(object);
    const counterpart = links.counterpart(object, target);
    const { entity } = object;
    const there: SystemObject | undefined =
      counterpart === undefined ? undefined : { system: target, entity, id: counterpart.id };
    const other = there === undefined ? undefined : records.get(there);
    const writtenBy = there === undefined ? undefined : links.writtenBy(there);
    return {
      id: object.id,
      ...(record === undefined ? {} : { record }),
      ...(there === undefined ? {} : { otherId: there.id }),
      ...(other === undefined ? {} : { other }),
      ...(counterpart?.writtenFingerprint ? { written: counterpart.writtenFingerprint } : {}),
      ...(writtenBy === undefined ? {} : { writtenBy }),
      ...(counterpart?.drift === undefined ? {} : { drift: counterpart.drift }),
    };
  }

  function tell(results: Pick<RunResults, 'raised' | 'closed'>, at: string): void {
    for (const exception of results.raised ?? []) raised.raise(exception, 1, at);
    for (const key of results.closed ?? []) raised.close(key, at);
  }

  return {
    startRun: (run) => writer.write(() => runs.insert(run, instant())),
    reconciliation: async (id) => runs.get(id),
    reconciliations: async (limit) => runs.newest(limit),
    runningReconciliation: async (declaration) => runs.runningOf(declaration),
    moveRun: (id, progress, results = {}) =>
      writer.write(() => {
        const nowMs = means.now();
        const at = new Date(nowMs).toISOString();
        for (const finding of results.findings ?? []) findings.insert(id, finding, at);
        for (const finding of results.amended ?? []) findings.amend(id, finding);
        for (const total of results.totals ?? []) totals.put(id, total);
        for (const event of results.events ?? []) events.insert(event, at);
        for (const object of results.unlisted ?? []) unlisted.insert(id, object);
        if (results.sideDone === true) unlisted.remove(id);
        for (const { seq, action, cause } of results.settled ?? []) findings.settle(seq, action, cause);
        for (const repair of results.repairs ?? []) mend(repair, nowMs, at);
        tell(results, at);
        runs.move(id, progress, at);
      }),
    changeRun: (id, state, note, results = {}) =>
      writer.write(() => {
        const run = runs.get(id);
        const other = run === undefined ? undefined : runs.runningOf(run.declaration);
        if (state === 'running' && other !== undefined && other.id !== id) return false;
        const at = instant();
        runs.change(id, state, note, at);
        tell(results, at);
        return true;
      }),
    findings: async (run, after, limit) => findings.after(run, after, limit),
    foundOf: async (run, objects) => read(() => objects.map((object) => findings.kindsOf(run, object))),
    unlistedAfter: async (run, after, limit) => unlisted.after(run, after, limit),
    totals: async (run) => totals.ofRun(run),
    closeRaised: (keys) => writer.write(() => tell({ closed: keys }, instant())),
    raisedAfter: async (prefix, after, limit) => raised.after(prefix, after, limit),
    newsAmong: async (system, list) =>
      read(() => {
        let open: Set<string> | undefined;
        return list.map((event) => {
          const news = newsOf(event, false);
          if (news === undefined) return undefined;
          open ??= new Set(told.all({ system, limit: mostTold }).map(({ id }) => id));
          const before = records.get({ system, entity: event.type as EntityName, id: event.objectId });
          return { event: news, told: open.has(event.objectId), ...(before === undefined ? {} : { before }) };
        });
      }),
    lastEvent: async () => lastEvent.get({})?.seq ?? 0,
    hasOpenEvents: async (system, upTo, laneCount) =>
      read(() =>
        Array.from({ length: laneCount }, (_, lane) => openUpTo.get({ system, lane, upTo })).some(
          (row) => row !== undefined,
        ),
      ),
    pairs: async (extent, target, after) => read(() => pairs.pairs(extent, target, after)),
    strangers: async (extent, source, after) => read(() => pairs.strangers(extent, source, after)),
    unread: async (extent, system, after) => read(() => pairs.unread(extent, system, after)),
    recordsIn: async (extent, after) => read(() => pairs.records(extent, after)),
    pairOf: async (object, target) => read(() => pairOf(object, target)),
    records: async (objects) => read(() => objects.map((object) => records.get(object))),
    ways: async (objects) => read(() => objects.map((object) => ways.of(object))),
    latestProcess: async (flow, subject) => processes.latest(flow, subject),
    writtenSince: async (objects) =>
      read(() =>
        objects.map(({ system, entity, id, since }) => links.writtenSince({ system, entity, id }, since)),
      ),
    sameKeys: async (entity, field, systems, after) =>
      read(() => keys.sameKeys(entity, field, systems, after)),
    scratch: async () => openScratch(),

    removeEnded(before) {
      const run = ended.get({ before });
      if (run === undefined) return 0;
      const removed = removeFindings.run({ id: run.id, limit: mostRemoved }).changes;
      // What is left goes with the next round.
      if (removed === mostRemoved) return removed;
      unlisted.remove(run.id);
      removeTotals.run({ id: run.id });
      removeRun.run({ id: run.id });
      return removed + 1;
    },
  };
}

const mostRemoved = 2000;
