import { type Kysely, sql } from 'kysely';

/** Where each business process stands, what it asked for, and what needs a person. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;

  await schema
    .createTable('flow_instance')
    // A number is never given twice: what it was looked up for may come later than its end.
    .addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('flow', 'text', (column) => column.notNull())
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text', (column) => column.notNull())
    .addColumn('round', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('holding', 'integer', (column) => column.notNull())
    .addColumn('steps', 'text', (column) => column.notNull())
    .addColumn('watched', 'text', (column) => column.notNull())
    .addColumn('correlation', 'text', (column) => column.notNull())
    .addColumn('started_at', 'text', (column) => column.notNull())
    .addColumn('started_behind', 'integer', (column) => column.notNull())
    .addColumn('ended_at', 'text')
    .addColumn('reason', 'text')
    .addColumn('due_ms', 'integer')
    .addColumn('waits_for', 'text')
    .addColumn('late', 'integer', (column) => column.notNull())
    .addColumn('exception', 'integer')
    .addColumn('delivery', 'integer')
    .execute();
  await schema
    .createIndex('flow_instance_subject')
    .on('flow_instance')
    .columns(['system', 'entity', 'external_id', 'flow', 'round'])
    .unique()
    .execute();
  await sql`create index flow_instance_running on flow_instance (flow, late) where state = 'running'`.execute(
    database,
  );
  await sql`create index flow_instance_due on flow_instance (due_ms) where due_ms is not null`.execute(
    database,
  );
  await sql`create index flow_instance_exception on flow_instance (exception) where exception is not null`.execute(
    database,
  );
  await sql`create index flow_instance_ended on flow_instance (ended_at)
    where ended_at is not null and steps <> '[]'`.execute(database);

  // Which running instances have to look when an object changes.
  await schema
    .createTable('flow_object')
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text', (column) => column.notNull())
    .addColumn('fields', 'text', (column) => column.notNull())
    .addColumn('instance', 'integer', (column) => column.notNull())
    // Many instances look at one object for the same fields, and only few kinds of them for others.
    .addPrimaryKeyConstraint('flow_object_key', ['system', 'entity', 'external_id', 'fields', 'instance'])
    .modifyEnd(sql`without rowid`)
    .execute();

  await schema
    .createTable('flow_call')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('instance', 'integer', (column) => column.notNull())
    .addColumn('step', 'text', (column) => column.notNull())
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('reference', 'text', (column) => column.notNull())
    .addColumn('input', 'text', (column) => column.notNull())
    .addColumn('delivery', 'integer', (column) => column.notNull())
    .addColumn('asked_ms', 'integer', (column) => column.notNull())
    .modifyEnd(sql`without rowid`)
    .execute();
  await schema
    .createIndex('flow_call_instance')
    .on('flow_call')
    .columns(['instance', 'step', 'external_id'])
    .unique()
    .execute();
  await schema
    .createIndex('flow_call_object')
    .on('flow_call')
    .columns(['system', 'entity', 'external_id'])
    .execute();

  // Which objects refer to another one, for the references that flows follow backwards.
  await schema
    .createTable('relation')
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('field', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('relation_key', ['system', 'entity', 'field', 'value', 'external_id'])
    .modifyEnd(sql`without rowid`)
    .execute();

  await schema
    .createTable('flow_progress')
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .modifyEnd(sql`without rowid`)
    .execute();

  await schema
    .createTable('exception')
    .addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('flow', 'text')
    .addColumn('step', 'text')
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('person', 'text')
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('cause', 'text', (column) => column.notNull())
    .addColumn('remedy', 'text', (column) => column.notNull())
    .addColumn('opened_at', 'text', (column) => column.notNull())
    .addColumn('closed_at', 'text')
    .addColumn('instances', 'integer', (column) => column.notNull())
    .execute();
  // One root cause, one exception.
  await sql`create unique index exception_open on exception (source, key) where closed_at is null`.execute(
    database,
  );
  await sql`create index exception_closed on exception (closed_at) where closed_at is not null`.execute(
    database,
  );
  await schema
    .createIndex('exception_object')
    .on('exception')
    .columns(['system', 'entity', 'external_id'])
    .execute();
}
