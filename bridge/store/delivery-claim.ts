import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import type { ClaimedDelivery } from './delivery.ts';
import { type ClaimedRow, claimedColumns, claimedFrom } from './delivery-row.ts';
import type { leasesOf } from './lease.ts';
import { prepare, slot } from './statement.ts';

/** Takes deliveries that are due. Those under way keep their place among what is due, so they are passed over here. */
export function deliveryClaims({ connection, kysely }: OpenDatabase, leases: ReturnType<typeof leasesOf>) {
  const due = prepare<{ target: string; lane: number; nowMs: number; limit: number }, ClaimedRow>(
    connection,
    kysely
      .selectFrom('delivery')
      .select(claimedColumns)
      .where('target', '=', slot<string>('target'))
      .where('lane', '=', slot<number>('lane'))
      .where('state', '=', sql.lit('pending'))
      .where('due_ms', '<=', slot<number>('nowMs'))
      .orderBy('due_ms')
      .limit(slot<number>('limit')),
  );
  const nextDue = prepare<{ target: string; lane: number; limit: number }, { seq: number; dueMs: number }>(
    connection,
    kysely
      .selectFrom('delivery')
      .select(['seq', 'due_ms as dueMs'])
      .where('target', '=', slot<string>('target'))
      .where('lane', '=', slot<number>('lane'))
      .where('state', '=', sql.lit('pending'))
      .orderBy('due_ms')
      .limit(slot<number>('limit')),
  );

  return {
    /** Takes up to `limit` due deliveries of one lane, oldest first; they are ours until the lease ends. */
    claim(
      target: string,
      lane: number,
      limit: number,
      nowMs: number,
      leasedUntilMs: number,
    ): ClaimedDelivery[] {
      // Of an object that is under way two may stand here: the one that is, and one that came after it.
      const rows = due.all({ target, lane, nowMs, limit: limit + 2 * leases.countOf(target) });
      const claimed: ClaimedDelivery[] = [];
      for (const row of rows) {
        if (claimed.length === limit) break;
        const delivery = claimedFrom(row, leasedUntilMs);
        // Nothing of an object is claimed while something of it is under way: that keeps its order.
        if (leases.bringing(delivery) === undefined) claimed.push(delivery);
      }
      if (claimed.length > 0) leases.take(target, claimed, leasedUntilMs);
      return claimed;
    },
    /** When the next delivery of a target and lane is due that is not under way. */
    nextDueMs: (target: string, lane: number): number | undefined =>
      nextDue.all({ target, lane, limit: leases.countOf(target) + 1 }).find(({ seq }) => !leases.has(seq))
        ?.dueMs,
  };
}
