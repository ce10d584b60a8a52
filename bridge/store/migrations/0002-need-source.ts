import type { Kysely } from 'kysely';

/** When an object changes, what waits for it in any target is looked up. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createIndex('need_source')
    .on('need')
    .columns(['source', 'entity', 'source_id'])
    .execute();
}
