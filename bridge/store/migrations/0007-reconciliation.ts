import { type Kysely, sql } from 'kysely';

/** Runs that compare both sides of rules, what they found, and what each side adds up to. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('reconciliation')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('declaration', 'text', (column) => column.notNull())
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('phase', 'text', (column) => column.notNull())
    .addColumn('position', 'text', (column) => column.notNull())
    .addColumn('done', 'integer', (column) => column.notNull())
    .addColumn('estimated', 'integer')
    .addColumn('counts', 'text', (column) => column.notNull())
    .addColumn('note', 'text')
    .addColumn('started_by', 'text', (column) => column.notNull())
    .addColumn('started_at', 'text', (column) => column.notNull())
    .addColumn('moved_at', 'text', (column) => column.notNull())
    .addColumn('ended_at', 'text')
    .modifyEnd(sql`without rowid`)
    .execute();
  await sql`create unique index reconciliation_running on reconciliation (declaration)
    where state = 'running'`.execute(database);

  await schema
    .createTable('reconciliation_finding')
    .addColumn('seq', 'integer', (column) => column.primaryKey())
    .addColumn('run', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text', (column) => column.notNull())
    .addColumn('other_system', 'text')
    .addColumn('other_id', 'text')
    .addColumn('fields', 'text', (column) => column.notNull())
    .addColumn('effects', 'text', (column) => column.notNull())
    .addColumn('cause', 'text')
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('found_at', 'text', (column) => column.notNull())
    .execute();
  // With it stands the number of the row, so a run's findings are read in their order.
  await sql`create index reconciliation_finding_run on reconciliation_finding (run)`.execute(database);
  await sql`create index reconciliation_finding_object
    on reconciliation_finding (run, system, external_id)`.execute(database);

  await schema
    .createTable('reconciliation_total')
    .addColumn('run', 'text', (column) => column.notNull())
    .addColumn('dimensions', 'text', (column) => column.notNull())
    .addColumn('field', 'text', (column) => column.notNull())
    .addColumn('currency', 'text', (column) => column.notNull())
    .addColumn('here', 'text', (column) => column.notNull())
    .addColumn('there', 'text', (column) => column.notNull())
    .addColumn('waiting', 'text', (column) => column.notNull())
    .addColumn('whole_here', 'text', (column) => column.notNull())
    .addColumn('whole_there', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('reconciliation_total_key', ['run', 'dimensions', 'field', 'currency'])
    .modifyEnd(sql`without rowid`)
    .execute();

  await schema
    .createTable('reconciliation_unlisted')
    .addColumn('run', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text', (column) => column.notNull())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('reconciliation_unlisted_key', ['run', 'external_id'])
    .modifyEnd(sql`without rowid`)
    .execute();
}
