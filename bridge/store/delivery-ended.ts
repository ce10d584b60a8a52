import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import type { ClaimedDelivery, ObjectOfDelivery } from './delivery.ts';
import { type ClaimedRow, claimedColumns, claimedFrom, pick, sameObject } from './delivery-row.ts';
import type { DeliveryState } from './delivery-state.ts';
import { prepare, slot } from './statement.ts';

/** Deliveries that ended without having done anything: those that need a person, and those that were only recorded. */
export function endedDeliveries({ connection, kysely }: OpenDatabase) {
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
      .select(claimedColumns)
      .where('state', '=', sql.lit('shadowed'))
      .where('id', '>', slot<string>('after'))
      .orderBy('id')
      .limit(slot<number>('limit')),
  );

  // Mostly there are none of these, and then nothing has to be looked for with each delivery.
  const some = (state: DeliveryState) =>
    connection.prepare(`select 1 from delivery where state = '${state}' limit 1`).get() !== undefined;
  let anyDead = some('dead');
  let anyShadowed = some('shadowed');

  return {
    /** A delivery comes into this state. */
    notice(state: DeliveryState): void {
      anyDead ||= state === 'dead';
      anyShadowed ||= state === 'shadowed';
    },
    /** True when a delivery of the object was given to a person at this instant or later. */
    diedSince: (object: ObjectOfDelivery, instant: string): boolean =>
      diedSince.get({ ...pick(object), instant }) !== undefined,
    /** True when a delivery of the object was given to a person, and no later one has succeeded. */
    isDead: (object: ObjectOfDelivery): boolean =>
      anyDead && diedSince.get({ ...pick(object), instant: '' }) !== undefined,
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
      shadowedPage.all({ after, limit }).map((row) => claimedFrom(row, 0)),
  };
}
