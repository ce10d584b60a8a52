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

  return {
    get: (system: string, stream: string): string | undefined => get.get({ system, stream })?.value,
    put(system: string, stream: string, value: string, at: string): void {
      put.run({ system, stream, value, at });
    },
  };
}
