import { sql } from 'kysely';
import type { State } from '../entities/field.ts';
import { createBulk } from './bulk.ts';
import type { OpenDatabase } from './database.ts';
import type { ObjectOfDelivery } from './delivery.ts';
import { prepare, slot } from './statement.ts';

/** One try at a delivery. */
export interface Attempt {
  /** Number of the delivery. */
  readonly delivery: number;
  /** 1 for the first. */
  readonly number: number;
  readonly startedAt: string;
  readonly durationMs: number;
  /** `created`, `updated`, … when it worked, else the error kind. */
  readonly outcome: string;
  readonly externalId?: string;
  readonly message?: string;
  /** JSON of the canonical fields that were sent. */
  readonly fields?: string;
  /** JSON of a `ShadowNote`: what would have been done, where it was not because of shadow. */
  readonly shadow?: string;
}

export function attemptTable({ connection, kysely }: OpenDatabase) {
  const rows = createBulk(connection, {
    table: 'attempt',
    shared: ['number', 'started_at', 'duration_ms', 'outcome', 'message', 'shadow'],
    each: ['delivery', 'external_id', 'fields'],
    // A look for a counterpart, or a call to a system that does not listen, does not count as a try, so its number may come
    // again: the last one is kept. What a try in doubt has sent is needed until another ends in doubt or one works, which
    // has no message.
    onConflict: `on conflict (delivery, number) do update set started_at = excluded.started_at,
      duration_ms = excluded.duration_ms, outcome = excluded.outcome, external_id = excluded.external_id,
      fields = excluded.fields, shadow = excluded.shadow, message = excluded.message
      where attempt.outcome <> 'ambiguous' or excluded.outcome = 'ambiguous' or excluded.message is null`,
  });

  const written = prepare<{ delivery: number }, { source: string; fields: string }>(
    connection,
    kysely
      .selectFrom('attempt')
      .innerJoin('delivery', 'delivery.seq', 'attempt.delivery')
      .select(['delivery.source', sql<string>`attempt.fields`.as('fields')])
      .where('attempt.delivery', '=', slot<number>('delivery'))
      .where('attempt.fields', 'is not', null)
      .orderBy('attempt.number', 'desc')
      .limit(sql.lit(1)),
  );

  const inDoubt = prepare<ObjectOfDelivery, { fields: string; started_at: string }>(
    connection,
    kysely
      .selectFrom('delivery')
      .innerJoin('attempt', 'attempt.delivery', 'delivery.seq')
      .select([sql<string>`attempt.fields`.as('fields'), 'attempt.started_at'])
      .where('delivery.target', '=', slot<string>('target'))
      .where('delivery.source', '=', slot<string>('source'))
      .where('delivery.entity', '=', slot<string>('entity'))
      .where('delivery.source_id', '=', slot<string>('sourceId'))
      .where('delivery.uncertain', '=', sql.lit(1))
      .where('attempt.fields', 'is not', null),
  );

  return {
    /** What the deliveries of an object that are in doubt have sent, newest first, each only once. */
    inDoubt({ target, source, entity, sourceId }: ObjectOfDelivery): State[] {
      const found = inDoubt.all({ target, source, entity, sourceId });
      found.sort((left, right) => right.started_at.localeCompare(left.started_at));
      return [...new Set(found.map(({ fields }) => fields))].map((fields) => JSON.parse(fields));
    },
    /** Which system a delivery came from, and the canonical fields that it sent last. */
    written(delivery: number): { source: string; fields: State } | undefined {
      const row = written.get({ delivery });
      return row === undefined ? undefined : { source: row.source, fields: JSON.parse(row.fields) };
    },
    insert(attempt: Attempt): void {
      const { delivery, number, startedAt, durationMs, outcome, externalId, message, fields, shadow } =
        attempt;
      rows.add(
        [number, startedAt, durationMs, outcome, message ?? null, shadow ?? null],
        [delivery, externalId ?? null, fields ?? null],
      );
    },
  };
}
