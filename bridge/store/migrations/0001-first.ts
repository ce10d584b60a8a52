import { type Kysely, sql } from 'kysely';

/** The tables of the way of a change. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;

  await schema
    .createTable('meta')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .modifyEnd(sql`without rowid`)
    .execute();

  await schema
    .createTable('event')
    .addColumn('seq', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('object_id', 'text', (column) => column.notNull())
    .addColumn('operation', 'text', (column) => column.notNull())
    .addColumn('fields', 'text', (column) => column.notNull())
    .addColumn('author', 'text')
    .addColumn('company', 'text')
    .addColumn('correlation', 'text', (column) => column.notNull())
    .addColumn('occurred_at', 'text', (column) => column.notNull())
    .addColumn('received_at', 'text', (column) => column.notNull())
    .addColumn('echo', 'integer', (column) => column.notNull())
    .addColumn('lane', 'integer', (column) => column.notNull())
    .addColumn('state', 'text')
    .addColumn('entity_version', 'integer')
    .addColumn('done_at', 'text')
    .addColumn('error', 'text')
    .execute();
  await schema
    .createIndex('event_open')
    .on('event')
    .columns(['system', 'lane', 'seq'])
    .where(sql.ref('done_at'), 'is', null)
    .execute();
  // A poll asks for each object whether its newest state waits to be worked off; hints do not count.
  await sql`create index event_open_state on event (system, type, object_id)
    where done_at is null and state is not null`.execute(database);

  await schema
    .createTable('record')
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('entity_version', 'integer', (column) => column.notNull())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('gone', 'integer', (column) => column.notNull())
    .addColumn('read_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('record_key', ['system', 'entity', 'external_id'])
    .modifyEnd(sql`without rowid`)
    .execute();

  await schema
    .createTable('change')
    .addColumn('seq', 'integer', (column) => column.primaryKey())
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text', (column) => column.notNull())
    .addColumn('correlation', 'text', (column) => column.notNull())
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .addColumn('entity_version', 'integer', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .execute();

  await schema
    .createTable('link')
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text', (column) => column.notNull())
    .addColumn('object_id', 'text', (column) => column.notNull())
    .addColumn('linked_at', 'text', (column) => column.notNull())
    // What the bridge itself wrote there last: the ledger.
    .addColumn('written_fingerprint', 'text')
    .addColumn('written_by', 'integer')
    // What somebody changed there that another system owns: JSON.
    .addColumn('drift', 'text')
    .addPrimaryKeyConstraint('link_key', ['system', 'entity', 'external_id'])
    .modifyEnd(sql`without rowid`)
    .execute();
  await schema.createIndex('link_object').on('link').columns(['object_id', 'system']).unique().execute();
  await sql`create index link_drift on link (system) where drift is not null`.execute(database);

  await schema
    .createTable('delivery')
    // A number is never given twice, so that what refers to a delivery that was cleared away refers to nothing.
    .addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('source_id', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('lane', 'integer', (column) => column.notNull())
    .addColumn('due_ms', 'integer', (column) => column.notNull())
    .addColumn('tries', 'integer', (column) => column.notNull())
    .addColumn('uncertain', 'integer', (column) => column.notNull())
    .addColumn('rules_version', 'text', (column) => column.notNull())
    .addColumn('correlation', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('settled_at', 'text')
    .addColumn('error', 'text')
    .addColumn('cause', 'text')
    .execute();
  // One open delivery per object and target: a newer state joins it instead of standing behind it.
  await sql`create unique index delivery_open on delivery (target, source, entity, source_id)
    where state in ('pending', 'waiting')`.execute(database);
  // What a claim walks along, passing over what it has under way; stays as small as the work that is due, whatever the table holds.
  await sql`create index delivery_due on delivery (target, lane, due_ms) where state = 'pending'`.execute(
    database,
  );
  await sql`create index delivery_leased on delivery (target, source, entity, source_id) where state = 'leased'`.execute(
    database,
  );
  await sql`create index delivery_dead on delivery (target, source, entity, source_id) where state = 'dead'`.execute(
    database,
  );

  await sql`create index delivery_waiting on delivery (target) where state = 'waiting'`.execute(database);
  await sql`create index delivery_doubt on delivery (target, source, entity, source_id) where uncertain = 1`.execute(
    database,
  );
  // Deliveries that wait for a counterpart to appear are found by it at once.
  await sql`create index delivery_unmatched on delivery (target, entity)
    where state = 'pending' and error = 'unmatched'`.execute(database);

  // What is under way, one row for each claim. A delivery itself stays pending meanwhile, unless another one of its object
  // comes after it.
  await schema
    .createTable('lease')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('until_ms', 'integer', (column) => column.notNull())
    // JSON list of their numbers.
    .addColumn('deliveries', 'text', (column) => column.notNull())
    .execute();

  await schema
    .createTable('need')
    .addColumn('delivery', 'integer', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('source_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('need_key', ['target', 'source', 'entity', 'source_id', 'delivery'])
    .modifyEnd(sql`without rowid`)
    .execute();
  await schema.createIndex('need_delivery').on('need').column('delivery').execute();

  await schema
    .createTable('attempt')
    .addColumn('delivery', 'integer', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('started_at', 'text', (column) => column.notNull())
    .addColumn('duration_ms', 'integer', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text')
    .addColumn('message', 'text')
    .addColumn('fields', 'text')
    .addPrimaryKeyConstraint('attempt_key', ['delivery', 'number'])
    .modifyEnd(sql`without rowid`)
    .execute();

  await schema
    .createTable('cursor')
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('stream', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('moved_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('cursor_key', ['system', 'stream'])
    .modifyEnd(sql`without rowid`)
    .execute();

  // How the polls of a stream end. Most of them find nothing and move no cursor.
  await schema
    .createTable('poll')
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('stream', 'text', (column) => column.notNull())
    .addColumn('ended_at', 'text')
    .addColumn('failing_since', 'text')
    .addColumn('error', 'text')
    .addColumn('cause', 'text')
    .addPrimaryKeyConstraint('poll_key', ['system', 'stream'])
    .modifyEnd(sql`without rowid`)
    .execute();
}
