import type { OpenDatabase } from './database.ts';
import { prepare, slot } from './statement.ts';

/**
 * How far the flow engine is: `change`, the last change it took in; `unfinished`, whether instances that it concerns were not
 * looked at yet; `linked`, when all links that were there had been looked at; `relations`; `scan:<flow>`.
 */
export function flowProgressTable({ connection, kysely }: OpenDatabase) {
  const get = prepare<{ name: string }, { value: string }>(
    connection,
    kysely.selectFrom('flow_progress').select('value').where('name', '=', slot<string>('name')),
  );
  const put = prepare<{ name: string; value: string }>(
    connection,
    kysely
      .insertInto('flow_progress')
      .values({ name: slot('name'), value: slot('value') })
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet((excluded) => ({ value: excluded.ref('excluded.value') })),
      ),
  );
  const forgetScans = connection.prepare<[string]>(
    `delete from flow_progress where name >= 'scan:' and name < 'scan;' and substr(name, 6) not in (select value from json_each(?))`,
  );
  const clear = connection.prepare('delete from flow_progress');

  return {
    get: (name: string): string | undefined => get.get({ name })?.value,
    put(name: string, value: string): void {
      put.run({ name, value });
    },
    /** Forgets the scans of all flows but these. */
    keepScans(flows: readonly string[]): void {
      forgetScans.run(JSON.stringify(flows));
    },
    clear(): void {
      clear.run();
    },
  };
}
