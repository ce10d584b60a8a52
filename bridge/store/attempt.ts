import type { OpenDatabase } from './database.ts';
import { prepare, slot } from './statement.ts';

/** One try at a delivery. */
export interface Attempt {
  readonly deliveryId: string;
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
}

export function attemptTable({ connection, kysely }: OpenDatabase) {
  const insert = prepare<object>(
    connection,
    kysely
      .insertInto('attempt')
      .values({
        delivery_id: slot('deliveryId'),
        number: slot('number'),
        started_at: slot('startedAt'),
        duration_ms: slot('durationMs'),
        outcome: slot('outcome'),
        external_id: slot('externalId'),
        message: slot('message'),
        fields: slot('fields'),
      })
      // Looking for a counterpart does not count as a try, so its number may come again: the last look is kept.
      .onConflict((conflict) =>
        conflict.columns(['delivery_id', 'number']).doUpdateSet((excluded) => ({
          started_at: excluded.ref('excluded.started_at'),
          duration_ms: excluded.ref('excluded.duration_ms'),
          outcome: excluded.ref('excluded.outcome'),
          message: excluded.ref('excluded.message'),
        })),
      ),
  );

  return {
    insert(attempt: Attempt): void {
      insert.run({
        ...attempt,
        externalId: attempt.externalId ?? null,
        message: attempt.message ?? null,
        fields: attempt.fields ?? null,
      });
    },
  };
}
