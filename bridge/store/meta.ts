import type { OpenDatabase } from './database.ts';
import { prepare, slot } from './statement.ts';

/** Which database or account of a system this bridge belongs to: the first one that answered. */
export const pinnedKinds = ['odoo.database', 'hubspot.account', 'harvest.account'] as const;
export type Pinned = (typeof pinnedKinds)[number];

/** Facts about this installation that have to outlive a restart. */
export type MetaKey =
  | Pinned
  /** When this database was begun: UTC ISO. */
  | 'began'
  /** Which match keys all records have; empty while they are being made. */
  | 'match.keys';

export function metaTable({ connection, kysely }: OpenDatabase) {
  const get = prepare<{ key: string }, { value: string }>(
    connection,
    kysely.selectFrom('meta').select('value').where('key', '=', slot<string>('key')),
  );
  const insert = prepare<{ key: string; value: string }>(
    connection,
    kysely
      .insertInto('meta')
      .values({ key: slot('key'), value: slot('value') })
      .onConflict((conflict) => conflict.column('key').doNothing()),
  );

  const upsert = prepare<{ key: string; value: string }>(
    connection,
    kysely
      .insertInto('meta')
      .values({ key: slot('key'), value: slot('value') })
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet((excluded) => ({ value: excluded.ref('excluded.value') })),
      ),
  );

  return {
    put(key: MetaKey, value: string): void {
      upsert.run({ key, value });
    },
    get: (key: MetaKey): string | undefined => get.get({ key })?.value,
    /** Keeps the first value that was ever given, and answers it. */
    pin(key: MetaKey, value: string): string {
      insert.run({ key, value });
      return get.get({ key })?.value ?? value;
    },
  };
}
