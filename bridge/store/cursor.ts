import type { OpenDatabase } from './database.ts';
import { prepare, slot } from './statement.ts';

/** How far each stream of a system has been read. */
export function cursorTable({ connection, kysely }: OpenDatabase) {
  const get = prepare<{ system: string; stream: string }, { value: string }>(
    connection,
    kysely
      .selectFrom('cursor')
      .select('value')
      .where('system', '=', slot<string>('system'))
      .where('stream', '=', slot<string>('stream')),
  );
  const put = prepare<object>(
    connection,
    kysely
      .insertInto('cursor')
      .values({ system: slot('system'), stream: slot('stream'), value: slot('value'), moved_at: slot('at') })
      .onConflict((conflict) =>
        conflict.columns(['system', 'stream']).doUpdateSet((excluded) => ({
          value: excluded.ref('excluded.value'),
          moved_at: excluded.ref('excluded.moved_at'),
        })),
      ),
  );

  const complete = prepare<{ system: string; stream: string; at: string }>(
    connection,
    kysely
      .updateTable('cursor')
      .set({ complete_at: slot<string>('at') })
      .where('system', '=', slot<string>('system'))
      .where('stream', '=', slot<string>('stream'))
      .where('complete_at', 'is', null),
  );
  const isComplete = prepare<{ system: string; stream: string }>(
    connection,
    kysely
      .selectFrom('cursor')
      .select('stream')
      .where('system', '=', slot<string>('system'))
      .where('stream', '=', slot<string>('stream'))
      .where('complete_at', 'is not', null),
  );

  return {
    /** A poll came to the end of the stream. */
    complete(system: string, stream: string, at: string): void {
      complete.run({ system, stream, at });
    },
    isComplete: (system: string, stream: string): boolean => isComplete.get({ system, stream }) !== undefined,
    get: (system: string, stream: string): string | undefined => get.get({ system, stream })?.value,
    put(system: string, stream: string, value: string, at: string): void {
      put.run({ system, stream, value, at });
    },
  };
}
