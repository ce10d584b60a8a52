import { sql } from 'kysely';
import type { OpenDatabase } from './database.ts';
import { prepare, slot } from './statement.ts';

export interface PollFailure {
  /** An `ErrorKind`, or `failed` for a bug. */
  readonly error: string;
  /** For people; without secrets and values of business objects. */
  readonly cause: string;
}

/** How the polls of each stream end. */
export function pollTable({ connection, kysely }: OpenDatabase) {
  const end = prepare<object>(
    connection,
    kysely
      .insertInto('poll')
      .values({ system: slot('system'), stream: slot('stream'), ended_at: slot('at') })
      .onConflict((conflict) =>
        conflict.columns(['system', 'stream']).doUpdateSet((excluded) => ({
          ended_at: excluded.ref('excluded.ended_at'),
          // None of these is given: they are empty again.
          failing_since: excluded.ref('excluded.failing_since'),
          error: excluded.ref('excluded.error'),
          cause: excluded.ref('excluded.cause'),
        })),
      ),
  );
  const fail = prepare<object>(
    connection,
    kysely
      .insertInto('poll')
      .values({
        system: slot('system'),
        stream: slot('stream'),
        failing_since: slot('at'),
        error: slot('error'),
        cause: slot('cause'),
      })
      .onConflict((conflict) =>
        conflict.columns(['system', 'stream']).doUpdateSet((excluded) => ({
          failing_since: sql<string>`coalesce(poll.failing_since, excluded.failing_since)`,
          error: excluded.ref('excluded.error'),
          cause: excluded.ref('excluded.cause'),
        })),
      ),
  );
  const ended = prepare<{ system: string; stream: string }>(
    connection,
    kysely
      .selectFrom('poll')
      .select('stream')
      .where('system', '=', slot<string>('system'))
      .where('stream', '=', slot<string>('stream'))
      .where('ended_at', 'is not', null),
  );

  return {
    /** A poll came to the end of the stream. */
    end(system: string, stream: string, at: string): void {
      end.run({ system, stream, at });
    },
    fail(system: string, stream: string, { error, cause }: PollFailure, at: string): void {
      fail.run({ system, stream, error, cause, at });
    },
    /** Whether a poll has ever come to the end of the stream. */
    isComplete: (system: string, stream: string): boolean => ended.get({ system, stream }) !== undefined,
  };
}

/** How a stream is read. */
export interface StreamReport {
  readonly system: string;
  readonly stream: string;
  /** When it was last read to its end: UTC ISO; `null` for never. */
  readonly readAt: string | null;
  /** Since when every poll has failed, and how the last one did. */
  readonly failing: (PollFailure & { readonly since: string }) | null;
}

/** How all streams are read that were ever polled. */
export async function readStreams({ kysely }: Pick<OpenDatabase, 'kysely'>): Promise<StreamReport[]> {
  const rows = await kysely.selectFrom('poll').selectAll().orderBy('system').orderBy('stream').execute();
  return rows.map(({ system, stream, ended_at: readAt, failing_since: since, error, cause }) => ({
    system,
    stream,
    readAt,
    failing: since === null ? null : { since, error: error ?? '', cause: cause ?? '' },
  }));
}
