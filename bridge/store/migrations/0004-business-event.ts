import { type Kysely, sql } from 'kysely';

/** Business events, and what is needed to tell those who subscribed to them. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;

  // In the order in which they happened to an object.
  await schema
    .createTable('business_event')
    .addColumn('seq', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text', (column) => column.notNull())
    .addColumn('object_id', 'text')
    .addColumn('correlation', 'text', (column) => column.notNull())
    .addColumn('occurred_at', 'text', (column) => column.notNull())
    .addColumn('recorded_at', 'text', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createIndex('business_event_object')
    .on('business_event')
    .columns(['system', 'entity', 'external_id'])
    .execute();
  await schema.createIndex('business_event_correlation').on('business_event').column('correlation').execute();
  // The deliveries of an event, whoever they go to.
  await sql`create index delivery_business_event on delivery (source_id, target)
    where entity = 'business_event'`.execute(database);
}
