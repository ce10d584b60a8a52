import { type Kysely, sql } from 'kysely';

/** By which texts records are found from another system, and which of them may be the same. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('match_key')
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text', (column) => column.notNull())
    .addColumn('field', 'text', (column) => column.notNull())
    .addColumn('value', 'text')
    .addPrimaryKeyConstraint('match_key_key', ['system', 'entity', 'external_id', 'field'])
    .modifyEnd(sql`without rowid`)
    .execute();
  await sql`create index match_key_value on match_key (entity, field, value, system, external_id)
    where value is not null`.execute(database);

  await schema
    .createTable('proposal')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('source_id', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('target_id', 'text', (column) => column.notNull())
    .addColumn('score', 'real', (column) => column.notNull())
    .addColumn('evidence', 'text', (column) => column.notNull())
    .addColumn('taken_by', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('proposed_at', 'text', (column) => column.notNull())
    .addColumn('decided_at', 'text')
    .addColumn('decided_by', 'text')
    .modifyEnd(sql`without rowid`)
    .execute();
  await sql`create unique index proposal_pair on proposal (entity, source, source_id, target, target_id)`.execute(
    database,
  );
  // What is decided and over is only looked up by its pair.
  await sql`create index proposal_source on proposal (entity, source, source_id) where state = 'open'`.execute(
    database,
  );
  await sql`create index proposal_target on proposal (entity, target, target_id) where state = 'open'`.execute(
    database,
  );
  await sql`create index proposal_open on proposal (proposed_at) where state = 'open'`.execute(database);
}
