import type { OpenDatabase } from './database.ts';
import type { Unlisted } from './reconciliation-scratch.ts';
import { prepare, slot } from './statement.ts';

/** What was known of objects that a system did not list, until it is known what became of them. */
export function unlistedTable({ connection, kysely }: OpenDatabase) {
  const insert = prepare<object>(
    connection,
    kysely
      .insertInto('reconciliation_unlisted')
      .values({
        run: slot('run'),
        external_id: slot('id'),
        fingerprint: slot('fingerprint'),
        state: slot('state'),
      })
      // What was known at first counts: it may have been read since, for a run that was taken up again.
      .onConflict((conflict) => conflict.doNothing()),
  );
  const after = prepare<{ run: string; id: string; limit: number }, Unlisted>(
    connection,
    kysely
      .selectFrom('reconciliation_unlisted')
      .select(['external_id as id', 'fingerprint', 'state'])
      .where('run', '=', slot<string>('run'))
      .where('external_id', '>', slot<string>('id'))
      .orderBy('external_id')
      .limit(slot<number>('limit')),
  );
  const remove = prepare<{ run: string }>(
    connection,
    kysely.deleteFrom('reconciliation_unlisted').where('run', '=', slot<string>('run')),
  );
  return {
    insert: (run: string, unlisted: Unlisted): void => void insert.run({ run, ...unlisted }),
    after: (run: string, id: string, limit: number): Unlisted[] => after.all({ run, id, limit }),
    remove: (run: string): void => void remove.run({ run }),
  };
}
