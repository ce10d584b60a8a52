import { type Kysely, sql } from 'kysely';

/** What would have been done is kept with the attempt; which objects it was worked out for last is found at once. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema.alterTable('attempt').addColumn('shadow', 'text').execute();
  await sql`create index delivery_shadowed on delivery (target, source, entity, source_id)
    where state = 'shadowed'`.execute(database);
  await sql`create index delivery_shadowed_id on delivery (id) where state = 'shadowed'`.execute(database);
}
