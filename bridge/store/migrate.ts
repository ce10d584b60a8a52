import { type Kysely, sql } from 'kysely';
import * as first from './migrations/0001-first.ts';
import * as needSource from './migrations/0002-need-source.ts';
import * as matching from './migrations/0003-matching.ts';
import * as businessEvent from './migrations/0004-business-event.ts';
import * as shadow from './migrations/0005-shadow.ts';
import * as flow from './migrations/0006-flow.ts';
import * as reconciliation from './migrations/0007-reconciliation.ts';
import type { Schema } from './schema.ts';

interface Migration {
  readonly name: string;
  up(database: Kysely<unknown>): Promise<void>;
}

/** In order; a name that has been released never changes. */
const migrations: readonly Migration[] = [
  { name: '0001-first', up: first.up },
  { name: '0002-need-source', up: needSource.up },
  { name: '0003-matching', up: matching.up },
  { name: '0004-business-event', up: businessEvent.up },
  { name: '0005-shadow', up: shadow.up },
  { name: '0006-flow', up: flow.up },
  { name: '0007-reconciliation', up: reconciliation.up },
];

class NewerDatabaseError extends Error {
  constructor(name: string) {
    super(
      `The database was last used by a newer release of the bridge (it has "${name}", which this one does not know). Start that release, or restore a backup.`,
    );
    this.name = 'NewerDatabaseError';
  }
}

/**
 * How many migrations a database still lacks that has those of these names.
 * @throws NewerDatabaseError when it has one that this release does not know
 */
export function missingMigrations(done: ReadonlySet<string>): number {
  for (const name of done) {
    if (!migrations.some((migration) => migration.name === name)) throw new NewerDatabaseError(name);
  }
  return migrations.length - done.size;
}

/**
 * Brings the tables up to date. Each migration runs in a transaction of its own together with its entry in the
 * `migration` table (Kysely's own migrator does not do that on SQLite), so a failure leaves nothing half done.
 */
export async function migrate(database: Kysely<Schema>): Promise<void> {
  await sql`create table if not exists migration (name text primary key, run_at text not null) without rowid`.execute(
    database,
  );
  const { rows } = await sql<{ name: string }>`select name from migration`.execute(database);
  const done = new Set(rows.map((row) => row.name));
  if (missingMigrations(done) === 0) return;
  for (const migration of migrations) {
    if (done.has(migration.name)) continue;
    await database.transaction().execute(async (transaction) => {
      await migration.up(transaction as unknown as Kysely<unknown>);
      await sql`insert into migration values (${migration.name}, ${new Date().toISOString()})`.execute(
        transaction,
      );
    });
  }
}
