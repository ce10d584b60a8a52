import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import { createBulk, createList } from './bulk.ts';
import type { OpenDatabase } from './database.ts';
import type { ClaimedDelivery, NewDelivery, ObjectOfDelivery } from './delivery.ts';
import { deliveryClaims } from './delivery-claim.ts';
import { deliveriesInDoubt } from './delivery-doubt.ts';
import { endedDeliveries } from './delivery-ended.ts';
import { pick, sameObject } from './delivery-row.ts';
import { assertTransition, type DeliveryState } from './delivery-state.ts';
import { leasesOf } from './lease.ts';
import { prepare, slot } from './statement.ts';

const newColumns = ['state', 'tries', 'uncertain'];
const asNew = ['pending', 0, 0];

// A retry keeps its time; what waited for a link or a counterpart looks again, its record has changed. What was never tried,
// or waits for its window, leaves at the earlier of the times that the rules give it.
const joinOpenOne = `on conflict (target, source, entity, source_id) where state in ('pending', 'waiting') do update set
  due_ms = case when delivery.state = 'waiting' or delivery.error = 'unmatched' then excluded.due_ms
    when delivery.tries = 0 or delivery.error = 'window' then min(delivery.due_ms, excluded.due_ms)
    else delivery.due_ms end,
  state = 'pending', lane = min(delivery.lane, excluded.lane), rules_version = excluded.rules_version,
  correlation = excluded.correlation`;

export function deliveryTable(database: OpenDatabase) {
  const { connection, kysely } = database;
  const leases = leasesOf(database);
  const ended = endedDeliveries(database);
  const doubt = deliveriesInDoubt(database);

  // What simply worked is written down together, before anything takes its place.
  const done = createList(connection, 'delivery', {
    sql: `update delivery set state = 'done', tries = tries + 1, uncertain = 0, settled_at = ?, error = null, cause = null
      where state in ('pending', 'leased') and seq in (select value from json_each(?))`,
    missing: 'a delivery is not under way any more',
  });
  const added = createBulk(connection, {
    table: 'delivery',
    shared: ['target', 'source', 'entity', 'lane', 'due_ms', 'rules_version', 'created_at', ...newColumns],
    each: ['id', 'source_id', 'correlation'],
    onConflict: joinOpenOne,
  });
  // One that ended in doubt may have had its effect; whatever brings the object next has to look.
  const addInDoubt = prepare<object>(connection, {
    compile: () =>
      sql`insert into delivery (id, target, source, entity, source_id, lane, due_ms, rules_version, correlation,
          created_at, state, tries, uncertain)
        values (@id, @target, @source, @entity, @sourceId, @lane, @dueMs, @rulesVersion, @correlation, @at, 'pending', 0,
          exists (select 1 from delivery as earlier where earlier.uncertain = 1
            and earlier.target = @target and earlier.source = @source and earlier.entity = @entity
            and earlier.source_id = @sourceId and earlier.state in ('dead', 'done', 'shadowed')))
        ${sql.raw(joinOpenOne)}`.compile(kysely),
  });
  const move = prepare<object>(
    connection,
    kysely
      .updateTable('delivery')
      .set({
        state: slot<string>('to'),
        due_ms: sql<number>`coalesce(@dueMs, due_ms)`,
        tries: sql<number>`tries + @counted`,
        uncertain: slot<0 | 1>('uncertain'),
        settled_at: slot<string | null>('settledAt'),
        error: slot<string | null>('error'),
        cause: slot<string | null>('cause'),
      })
      .where('seq', '=', slot<number>('seq'))
      .where('state', 'in', sql<string>`('pending', 'leased')`),
  );
  const openOne = prepare<ObjectOfDelivery & { seq: number }, { seq: number }>(
    connection,
    kysely
      .selectFrom('delivery')
      .select('seq')
      .where(sameObject)
      .where('seq', '<>', slot<number>('seq'))
      .where('state', 'in', sql<string>`('pending', 'waiting')`),
  );
  const wakeUnmatched = prepare<{ target: string; entity: string; nowMs: number }>(
    connection,
    kysely
      .updateTable('delivery')
      .set({ due_ms: slot<number>('nowMs') })
      .where('state', '=', sql.lit('pending'))
      .where('error', '=', sql.lit('unmatched'))
      .where('target', '=', slot<string>('target'))
      .where('entity', '=', slot<string>('entity'))
      .where('due_ms', '>', slot<number>('nowMs')),
  );
  // Mostly there are none of these, and then nothing has to be looked for with each change.
  let anyUnmatched =
    connection
      .prepare(`select 1 from delivery where state = 'pending' and error = 'unmatched' limit 1`)
      .get() !== undefined;

  return {
    ...ended,
    ...doubt,
    ...deliveryClaims(database, leases),
    /** Adds a delivery, or joins the one of the same object and target that has not left yet. */
    enqueue(delivery: NewDelivery, nowMs: number, at: string): void {
      const {
        id,
        target,
        source,
        entity,
        sourceId,
        lane,
        dueMs = nowMs,
        rulesVersion,
        correlation,
      } = delivery;
      leases.makeRoom(delivery);
      if (doubt.any()) addInDoubt.run({ ...delivery, dueMs, at });
      else
        added.add(
          [target, source, entity, lane, dueMs, rulesVersion, at, ...asNew],
          [id, sourceId, correlation],
        );
    },
    /** Ends a try; throws when the state machine does not allow that, or the delivery is not under way any more. */
    move(delivery: ClaimedDelivery, to: DeliveryState, change: DeliveryMove): void {
      assertTransition('leased', to);
      leases.end(delivery);
      if (to === 'done' && isPlain(change)) {
        done.add(delivery.seq, change.at);
        return;
      }
      ended.notice(to);
      anyUnmatched ||= change.error === 'unmatched';
      if (change.uncertain === true) doubt.notice();
      const settled = to === 'done' || to === 'dead' || to === 'shadowed' || to === 'superseded';
      const { changes } = move.run({
        seq: delivery.seq,
        to,
        dueMs: change.dueMs ?? null,
        counted: change.countTry === false ? 0 : 1,
        uncertain: change.uncertain === true ? 1 : 0,
        settledAt: settled ? change.at : null,
        error: change.error ?? null,
        cause: change.cause ?? null,
      });
      if (changes !== 1) throw new Error(`Delivery ${delivery.id} is not under way any more`);
    },
    /** Another delivery of the same object and target, one that has not left yet. */
    openOne: (delivery: ClaimedDelivery): number | undefined =>
      openOne.get({ ...pick(delivery), seq: delivery.seq })?.seq,
    /** An object of this entity appeared in the target: deliveries that found no counterpart look again now. */
    wakeUnmatched(target: string, entity: EntityName, nowMs: number): void {
      if (anyUnmatched) wakeUnmatched.run({ target, entity, nowMs });
    },
    /** Deliveries under way whose lease ended before `nowMs`. */
    expired: leases.expired,
    /** True while this try still holds its lease. */
    isHeld: leases.holds,
    /** True while a try to bring the object to the target is under way. */
    underWay: (object: ObjectOfDelivery): boolean => leases.bringing(object) !== undefined,
  };
}

/** It worked, and there is nothing else to be said about it. */
const isPlain = ({ uncertain, countTry, error, cause }: DeliveryMove): boolean =>
  uncertain !== true && countTry !== false && error === undefined && cause === undefined;

export interface DeliveryMove {
  readonly at: string;
  readonly dueMs?: number;
  readonly uncertain?: boolean;
  /** False when the try never began, so that it does not count. */
  readonly countTry?: boolean;
  /** Why it is not done: the kind of error, or `unmatched` when no counterpart was found and none may be created. */
  readonly error?: string;
  readonly cause?: string;
}
