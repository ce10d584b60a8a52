import { type RawBuilder, sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import type { OpenDatabase } from './database.ts';
import { assertTransition, type DeliveryState } from './delivery-state.ts';
import type { SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';

/** Bring this object to that system. */
export interface NewDelivery {
  readonly id: string;
  readonly target: string;
  readonly source: string;
  readonly entity: EntityName;
  readonly sourceId: string;
  /** Index in `lanes`; lower is served first. */
  readonly lane: number;
  /** When it may leave, milliseconds since 1970; absent: at once. */
  readonly dueMs?: number;
  readonly rulesVersion: string;
  readonly correlation: string;
}

export interface ClaimedDelivery extends NewDelivery {
  /** Its number in the store. */
  readonly seq: number;
  /** When its lease ends. */
  readonly leasedUntilMs: number;
  /** This one included. */
  readonly tries: number;
  /** True when an earlier try may have had its effect without our knowing. */
  readonly uncertain: boolean;
}

interface ClaimedRow {
  seq: number;
  leased_until_ms: number;
  id: string;
  target: string;
  source: string;
  entity: EntityName;
  source_id: string;
  lane: number;
  tries: number;
  uncertain: 0 | 1;
  rules_version: string;
  correlation: string;
}

/** An object and the system that deliveries bring it to. */
export interface ObjectOfDelivery {
  target: string;
  source: string;
  entity: string;
  sourceId: string;
}

const sameObject = sql<boolean>`target = @target and source = @source and entity = @entity and source_id = @sourceId`;

export function deliveryTable({ connection, kysely }: OpenDatabase) {
  const enqueueWith = (uncertain: RawBuilder<0 | 1>) =>
    prepare<object>(
      connection,
      kysely
        .insertInto('delivery')
        .values({
          id: slot('id'),
          target: slot('target'),
          source: slot('source'),
          entity: slot('entity'),
          source_id: slot('sourceId'),
          state: sql.lit('pending'),
          lane: slot('lane'),
          due_ms: slot('dueMs'),
          tries: sql.lit(0),
          uncertain,
          rules_version: slot('rulesVersion'),
          correlation: slot('correlation'),
          created_at: slot('at'),
        })
        .onConflict((conflict) =>
          conflict
            .columns(['target', 'source', 'entity', 'source_id'])
            .where('state', 'in', sql<string>`('pending', 'waiting')`)
            .doUpdateSet({
              // A retry keeps its time; what waited for a link or a counterpart looks again, its record has changed. What
              // was never tried, or waits for its window, leaves at the earlier of the times that the rules give it.
              due_ms: sql`case when delivery.state = 'waiting' or delivery.error = 'unmatched'
              then excluded.due_ms when delivery.tries = 0 or delivery.error = 'window'
              then min(delivery.due_ms, excluded.due_ms)
              else delivery.due_ms end`,
              state: sql.lit('pending'),
              lane: sql`min(delivery.lane, excluded.lane)`,
              rules_version: sql`excluded.rules_version`,
              correlation: sql`excluded.correlation`,
            }),
        ),
    );
  const enqueue = enqueueWith(sql.lit(0));
  // One that ended in doubt may have had its effect; whatever brings the object next has to look.
  const enqueueInDoubt = enqueueWith(sql<
    0 | 1
  >`exists (select 1 from delivery as earlier where earlier.uncertain = 1
    and earlier.target = @target and earlier.source = @source and earlier.entity = @entity
    and earlier.source_id = @sourceId and earlier.state in ('dead', 'done', 'shadowed'))`);
  const claim = prepare<object, ClaimedRow>(
    connection,
    kysely
      .updateTable('delivery')
      .set({
        state: sql.lit('leased'),
        leased_until_ms: slot<number>('leasedUntilMs'),
        tries: sql<number>`tries + 1`,
      })
      .where(
        'seq',
        'in',
        // Nothing of an object is claimed while something of it is under way: that keeps its order.
        sql<number>`(select seq from delivery as due
          where due.target = @target and due.lane = @lane and due.state = 'pending' and due.due_ms <= @nowMs
            and not exists (select 1 from delivery as busy where busy.state = 'leased' and busy.target = due.target
              and busy.source = due.source and busy.entity = due.entity and busy.source_id = due.source_id)
          order by due.due_ms limit @limit)`,
      )
      .returning(['seq', 'id', 'target', 'source', 'entity', 'source_id', 'lane', 'tries', 'uncertain'])
      .returning(['leased_until_ms', 'rules_version', 'correlation'])
      .$narrowType<{ leased_until_ms: number }>(),
  );
  const move = prepare<object>(
    connection,
    kysely
      .updateTable('delivery')
      .set({
        state: slot<string>('to'),
        due_ms: sql<number>`coalesce(@dueMs, due_ms)`,
        leased_until_ms: sql.lit(null),
        tries: sql<number>`tries - @uncount`,
        uncertain: slot<0 | 1>('uncertain'),
        settled_at: slot<string | null>('settledAt'),
        error: slot<string | null>('error'),
        cause: slot<string | null>('cause'),
      })
      .where('seq', '=', slot<number>('seq'))
      .where('state', '=', slot<string>('from')),
  );
  const openOne = prepare<ObjectOfDelivery, { seq: number }>(
    connection,
    kysely
      .selectFrom('delivery')
      .select('seq')
      .where(sameObject)
      .where('state', 'in', sql<string>`('pending', 'waiting')`),
  );
  const diedSince = prepare<ObjectOfDelivery & { instant: string }>(
    connection,
    kysely
      .selectFrom('delivery')
      .select('seq')
      .where(sameObject)
      .where('state', '=', sql.lit('dead'))
      .where('settled_at', '>=', slot<string>('instant'))
      .limit(sql.lit(1)),
  );
  const carryDoubt = prepare<{ seq: number; dueMs: number }>(
    connection,
    kysely
      .updateTable('delivery')
      .set({ uncertain: sql.lit(1), due_ms: sql<number>`max(due_ms, @dueMs)` })
      .where('seq', '=', slot<number>('seq')),
  );
  const clearDoubt = prepare<ObjectOfDelivery>(
    connection,
    kysely
      .updateTable('delivery')
      .set({ uncertain: sql.lit(0) })
      .where(sameObject)
      .where('uncertain', '=', sql.lit(1))
      .where('state', 'in', sql<string>`('dead', 'done', 'shadowed', 'superseded')`),
  );
  const supersedeDead = prepare<ObjectOfDelivery & { at: string }>(
    connection,
    kysely
      .updateTable('delivery')
      .set({ state: sql.lit('superseded'), settled_at: slot<string>('at') })
      .where(sameObject)
      .where('state', '=', sql.lit('dead')),
  );
  const supersedeShadowed = prepare<ObjectOfDelivery & { at: string }>(
    connection,
    kysely
      .updateTable('delivery')
      .set({ state: sql.lit('superseded'), settled_at: slot<string>('at') })
      .where(sameObject)
      .where('state', '=', sql.lit('shadowed')),
  );
  const shadowedOne = prepare<ObjectOfDelivery, { id: string }>(
    connection,
    kysely.selectFrom('delivery').select('id').where(sameObject).where('state', '=', sql.lit('shadowed')),
  );
  const shadowedPage = prepare<{ after: string; limit: number }, ClaimedRow>(
    connection,
    kysely
      .selectFrom('delivery')
      .select(['seq', 'id', 'target', 'source', 'entity', 'source_id', 'lane', 'tries', 'uncertain'])
      .select([sql.lit(0).as('leased_until_ms'), 'rules_version', 'correlation'])
      .where('state', '=', sql.lit('shadowed'))
      .where('id', '>', slot<string>('after'))
      .orderBy('id')
      .limit(slot<number>('limit')),
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
  const expired = prepare<{ nowMs: number }, ClaimedRow>(
    connection,
    kysely
      .selectFrom('delivery')
      .select(['seq', 'id', 'target', 'source', 'entity', 'source_id', 'lane', 'tries', 'uncertain'])
      .select(['leased_until_ms', 'rules_version', 'correlation'])
      .where('state', '=', sql.lit('leased'))
      .where('leased_until_ms', '<=', slot<number>('nowMs')),
  );
  const nextDue = prepare<{ target: string; lane: number }, { due: number | null }>(
    connection,
    kysely
      .selectFrom('delivery')
      .select(sql<number | null>`min(due_ms)`.as('due'))
      .where('target', '=', slot<string>('target'))
      .where('lane', '=', slot<number>('lane'))
      .where('state', '=', sql.lit('pending')),
  );
  const held = prepare<{ seq: number; tries: number }>(
    connection,
    kysely
      .selectFrom('delivery')
      .select('seq')
      .where('seq', '=', slot<number>('seq'))
      .where('state', '=', sql.lit('leased'))
      .where('tries', '=', slot<number>('tries')),
  );
  const underWay = prepare<ObjectOfDelivery>(
    connection,
    kysely
      .selectFrom('delivery')
      .select('seq')
      .where(sameObject)
      .where('state', '=', sql.lit('leased'))
      .limit(sql.lit(1)),
  );

  // Whoever was seen first was not made by the other, so of two that are in doubt one always goes on.
  const creationInDoubt = prepare<ObjectOfDelivery & { id: string }>(
    connection,
    kysely
      .selectFrom('delivery')
      .select('seq')
      .where('target', '=', slot<string>('source'))
      .where('source', '=', slot<string>('target'))
      .where('entity', '=', slot<string>('entity'))
      .where('uncertain', '=', sql.lit(1))
      .where('state', 'in', sql<string>`('pending', 'leased', 'waiting')`)
      .where(
        sql<boolean>`exists (select 1 from delivery as first where first.target = delivery.target
          and first.source = delivery.source and first.entity = delivery.entity
          and first.source_id = delivery.source_id and first.uncertain = 1
          and first.id < min(@id, coalesce((select min(own.id) from delivery as own where own.target = @target
            and own.source = @source and own.entity = @entity and own.source_id = @sourceId and own.uncertain = 1), @id)))`,
      )
      .where(
        sql<boolean>`not exists (select 1 from link as here join link as there on there.object_id = here.object_id
          and there.system = delivery.target where here.system = delivery.source and here.entity = delivery.entity
          and here.external_id = delivery.source_id)`,
      )
      .limit(sql.lit(1)),
  );

  // Mostly there are none of these, and then nothing has to be looked for with each delivery.
  const some = (condition: string) =>
    connection.prepare(`select 1 from delivery where ${condition} limit 1`).get() !== undefined;
  let anyDead = some(`state = 'dead'`);
  let anyShadowed = some(`state = 'shadowed'`);
  let anyUnmatched = some(`state = 'pending' and error = 'unmatched'`);
  let anyDoubt = some('uncertain = 1');
  let anyGivenBack = false;

  return {
    /** Adds a delivery, or joins the one of the same object and target that has not left yet. */
    enqueue(delivery: NewDelivery, nowMs: number, at: string): void {
      (anyDoubt ? enqueueInDoubt : enqueue).run({ ...delivery, dueMs: delivery.dueMs ?? nowMs, at });
    },
    /** Takes up to `limit` due deliveries of one lane, oldest first; they are ours until the lease ends. */
    claim(
      target: string,
      lane: number,
      limit: number,
      nowMs: number,
      leasedUntilMs: number,
    ): ClaimedDelivery[] {
      return claim.all({ target, lane, limit, nowMs, leasedUntilMs }).map(fromRow);
    },
    /** Moves one delivery; throws when the state machine does not allow it or it is no longer in state `from`. */
    move({ seq, id }: ClaimedDelivery, from: DeliveryState, to: DeliveryState, change: DeliveryMove): void {
      assertTransition(from, to);
      anyDead ||= to === 'dead';
      anyShadowed ||= to === 'shadowed';
      anyUnmatched ||= change.error === 'unmatched';
      anyDoubt ||= change.uncertain === true;
      const settled = to === 'done' || to === 'dead' || to === 'shadowed' || to === 'superseded';
      const { changes } = move.run({
        seq,
        from,
        to,
        dueMs: change.dueMs ?? null,
        uncount: change.countTry === false ? 1 : 0,
        uncertain: change.uncertain === true ? 1 : 0,
        settledAt: settled ? change.at : null,
        error: change.error ?? null,
        cause: change.cause ?? null,
      });
      if (changes !== 1) throw new Error(`Delivery ${id} is not ${from} any more`);
    },
    /** The delivery of the same object and target that has not left yet. */
    openOne: (object: ObjectOfDelivery): number | undefined => openOne.get(pick(object))?.seq,
    /** True when a delivery of the object was given to a person at this instant or later. */
    diedSince: (object: ObjectOfDelivery, instant: string): boolean =>
      diedSince.get({ ...pick(object), instant }) !== undefined,
    /** True when a delivery of the object was given to a person, and no later one has succeeded. */
    isDead: (object: ObjectOfDelivery): boolean =>
      anyDead && diedSince.get({ ...pick(object), instant: '' }) !== undefined,
    carryDoubt(seq: number, dueMs: number): void {
      anyDoubt = true;
      carryDoubt.run({ seq, dueMs });
    },
    /** It is known now what became of the object: earlier deliveries that ended in doubt are in none any more. */
    clearDoubt(object: ObjectOfDelivery): void {
      clearDoubt.run(pick(object));
    },
    /** A later delivery of the object succeeded: its dead ones need nobody any more. */
    supersedeDead(object: ObjectOfDelivery, at: string): void {
      if (anyDead) supersedeDead.run({ ...pick(object), at });
    },
    /** A later delivery of the object came to an end: what was only recorded for it is history. */
    supersedeShadowed(object: ObjectOfDelivery, at: string): void {
      if (anyShadowed) supersedeShadowed.run({ ...pick(object), at });
    },
    /** True when the last that was done to bring the object to the target was in shadow. */
    isShadowed: (object: ObjectOfDelivery): boolean =>
      anyShadowed && shadowedOne.get(pick(object)) !== undefined,
    /** The deliveries that were only recorded, in the order of their ids. */
    shadowedAfter: (after: string, limit: number): ClaimedDelivery[] =>
      shadowedPage.all({ after, limit }).map(fromRow),
    /** An object of this entity appeared in the target: deliveries that found no counterpart look again now. */
    wakeUnmatched(target: string, entity: EntityName, nowMs: number): void {
      if (anyUnmatched) wakeUnmatched.run({ target, entity, nowMs });
    },
    /** Leased deliveries whose lease ended before `nowMs`. */
    expired(nowMs: number): ClaimedDelivery[] {
      const found = expired.all({ nowMs }).map(fromRow);
      anyGivenBack ||= found.length > 0;
      return found;
    },
    /** When the next pending delivery of a target and lane is due. */
    nextDueMs: (target: string, lane: number): number | undefined =>
      nextDue.get({ target, lane })?.due ?? undefined,
    /** True while this try still holds its lease. */
    isHeld: ({ seq, tries, leasedUntilMs }: ClaimedDelivery, nowMs: number): boolean =>
      // As long as no lease was ever given back, one that has not ended is held: this process is the only one.
      (!anyGivenBack && nowMs < leasedUntilMs) || held.get({ seq, tries }) !== undefined,
    /**
     * True when the object may have been created by a delivery the other way round, one that is open, in doubt, and was
     * made before this object was seen.
     */
    creationInDoubt: (delivery: NewDelivery): boolean =>
      creationInDoubt.get({ ...pick(delivery), id: delivery.id }) !== undefined,
    /** True while a try to bring the object to the target is under way. */
    underWay: (object: ObjectOfDelivery): boolean => underWay.get(pick(object)) !== undefined,
  };
}

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

const pick = ({ target, source, entity, sourceId }: ObjectOfDelivery): ObjectOfDelivery => ({
  target,
  source,
  entity,
  sourceId,
});

/** The object that a delivery brings. */
export const sourceObject = (delivery: NewDelivery): SystemObject => ({
  system: delivery.source,
  entity: delivery.entity,
  id: delivery.sourceId,
});

function fromRow(row: ClaimedRow): ClaimedDelivery {
  return {
    seq: row.seq,
    leasedUntilMs: row.leased_until_ms,
    id: row.id,
    target: row.target,
    source: row.source,
    entity: row.entity,
    sourceId: row.source_id,
    lane: row.lane,
    tries: row.tries,
    uncertain: row.uncertain === 1,
    rulesVersion: row.rules_version,
    correlation: row.correlation,
  };
}
