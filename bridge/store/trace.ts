import type { ExpressionBuilder, Kysely, StringReference } from 'kysely';
import { eventEntity } from './business-event.ts';
import type { OpenDatabase } from './database.ts';
import { namedByLeases } from './lease.ts';
import type { Schema } from './schema.ts';
import {
  attemptEntry,
  businessEventEntry,
  changeEntry,
  deliveryEntry,
  eventEntry,
  linkEntry,
  othersEntry,
  proposalEntries,
  type TraceEntry,
} from './trace-entry.ts';

interface Key {
  readonly system: string;
  readonly entity: string;
  readonly id: string;
}

/** What is looked for: all names of one business object, or correlation ids. */
type Subject = { readonly objects: readonly Key[] } | { readonly correlations: readonly string[] };

/**
 * Everything that happened to a business object, or under a correlation id, in order.
 *
 * @param id `<system>:<entity>:<id>`, the id of a business object, of a business event or of a delivery, or a correlation id
 */
export async function readTrace({ kysely }: OpenDatabase, id: string): Promise<TraceEntry[]> {
  const objects = await objectsNamed(kysely, id);
  const subject: Subject = objects.length > 0 ? { objects } : { correlations: [id] };
  const changes = await readChanges(kysely, subject);
  const correlations = objects.length > 0 ? [...new Set(changes.map((change) => change.correlation))] : [id];
  const business = await readBusinessEvents(kysely, subject);
  const [events, deliveries, links, proposals] = await Promise.all([
    readEvents(kysely, correlations, objects),
    readDeliveries(
      kysely,
      subject,
      business.map((row) => row.id),
    ),
    readLinks(kysely, objects),
    readProposals(kysely, objects),
  ]);
  return [
    ...events,
    ...changes,
    ...business.map(businessEventEntry),
    ...deliveries,
    ...links,
    ...proposals,
  ].sort((left, right) => left.at.localeCompare(right.at));
}

/** All names of the business object that `id` means; empty when it means none. */
async function objectsNamed(kysely: Kysely<Schema>, id: string): Promise<Key[]> {
  const key = (await objectOfDelivery(kysely, id)) ?? parseKey(id);
  const named = (await objectOfEvent(kysely, key?.entity === eventEntity ? key.id : id)) ?? key;
  const link = await kysely
    .selectFrom('link')
    .select('object_id')
    .where((where) =>
      named === undefined
        ? where('object_id', '=', id)
        : where.and({ system: named.system, entity: named.entity, external_id: named.id }),
    )
    .executeTakeFirst();
  if (link !== undefined) {
    return kysely
      .selectFrom('link')
      .select(['system', 'entity', 'external_id as id'])
      .where('object_id', '=', link.object_id)
      .execute();
  }
  if (named === undefined) return [];
  const record = await kysely
    .selectFrom('record')
    .select('system')
    .where((where) => where.and({ system: named.system, entity: named.entity, external_id: named.id }))
    .executeTakeFirst();
  return record === undefined ? [] : [named];
}

function objectOfDelivery(kysely: Kysely<Schema>, id: string): Promise<Key | undefined> {
  return kysely
    .selectFrom('delivery')
    .select(['source as system', 'entity', 'source_id as id'])
    .where('id', '=', id)
    .executeTakeFirst();
}

function objectOfEvent(kysely: Kysely<Schema>, id: string): Promise<Key | undefined> {
  return kysely
    .selectFrom('business_event')
    .select(['system', 'entity', 'external_id as id'])
    .where('id', '=', id)
    .executeTakeFirst();
}

function parseKey(text: string): Key | undefined {
  const [system, entity, ...rest] = text.split(':');
  return system === undefined || entity === undefined || rest.length === 0
    ? undefined
    : { system, entity, id: rest.join(':') };
}

/** Keeps the rows of these objects, whatever the columns are called. */
function among<Table extends keyof Schema>(
  objects: readonly Key[],
  system: StringReference<Schema, Table>,
  id: StringReference<Schema, Table>,
) {
  return (where: ExpressionBuilder<Schema, Table>) =>
    where.or(
      objects.map((object) =>
        where.and([
          where(system, '=', object.system as never),
          where('entity' as StringReference<Schema, Table>, '=', object.entity as never),
          where(id, '=', object.id as never),
        ]),
      ),
    );
}

async function readEvents(kysely: Kysely<Schema>, correlations: readonly string[], objects: readonly Key[]) {
  if (correlations.length === 0) return [];
  const rows = await kysely
    .selectFrom('event')
    .selectAll()
    .where('correlation', 'in', correlations)
    .orderBy('seq')
    .execute();
  // A hint on another object may be what changed this one: an opportunity because its invoice was paid. A state that a
  // poll brought along says something of its own object only.
  const names = new Set(objects.map(({ system, entity, id }) => `${system}:${entity}:${id}`));
  if (names.size === 0) return rows.map(eventEntry);
  const related = rows.filter(
    (row) => row.state === null || names.has(`${row.system}:${row.type}:${row.object_id}`),
  );
  const ids = new Set(objects.map(({ system, id }) => `${system}:${id}`));
  return [...Map.groupBy(related, (row) => row.correlation).values()].flatMap((group) => {
    if (group.length <= mostEventsTogether) return group.map(eventEntry);
    // An import of thousands is one correlation. What has the object's own id is most likely the object itself.
    const own = group.filter((row) => ids.has(`${row.system}:${row.object_id}`));
    return [...own.map(eventEntry), ...othersEntry(group.filter((row) => !own.includes(row)))];
  });
}

/** More events of one correlation are not all shown for one object. */
const mostEventsTogether = 20;

async function readChanges(kysely: Kysely<Schema>, subject: Subject) {
  const query = kysely.selectFrom('change').selectAll().orderBy('seq');
  const rows = await ('objects' in subject
    ? query.where(among<'change'>(subject.objects, 'system', 'external_id'))
    : query.where('correlation', 'in', subject.correlations)
  ).execute();
  return rows.map(changeEntry);
}

function readBusinessEvents(kysely: Kysely<Schema>, subject: Subject) {
  const query = kysely.selectFrom('business_event').selectAll().orderBy('seq');
  return (
    'objects' in subject
      ? query.where(among<'business_event'>(subject.objects, 'system', 'external_id'))
      : query.where('correlation', 'in', subject.correlations)
  ).execute();
}

async function readDeliveries(kysely: Kysely<Schema>, subject: Subject, eventIds: readonly string[]) {
  const query = kysely.selectFrom('delivery').selectAll();
  const ofObjects = await ('objects' in subject
    ? query.where(among<'delivery'>(subject.objects, 'source', 'source_id'))
    : query.where('correlation', 'in', subject.correlations).where('entity', '<>', eventEntity)
  ).execute();
  const ofEvents = await query
    .where('entity', '=', eventEntity)
    .where('source_id', 'in', eventIds)
    .orderBy('seq')
    .execute();
  const ofCalls =
    'objects' in subject
      ? await query
          .where('seq', 'in', (from) =>
            from
              .selectFrom('flow_call')
              .select('delivery')
              .where(among<'flow_call'>(subject.objects, 'system', 'external_id')),
          )
          .execute()
      : [];
  const rows = [...ofObjects, ...ofEvents, ...ofCalls];
  const underWay = await kysely
    .selectFrom('delivery')
    .select('seq')
    .where('state', '=', 'pending')
    .where('seq', 'in', namedByLeases)
    .execute();
  const leased = new Set(underWay.map(({ seq }) => seq));
  const entries: TraceEntry[] = [];
  for (const row of rows) {
    if (leased.has(row.seq)) row.state = 'leased';
    const attempts = await kysely.selectFrom('attempt').selectAll().where('delivery', '=', row.seq).execute();
    entries.push(deliveryEntry(row), ...attempts.map((attempt) => attemptEntry(attempt, row)));
  }
  return entries;
}

async function readLinks(kysely: Kysely<Schema>, objects: readonly Key[]) {
  if (objects.length === 0) return [];
  const rows = await kysely
    .selectFrom('link')
    .selectAll()
    .where(among<'link'>(objects, 'system', 'external_id'))
    .execute();
  return rows.map(linkEntry);
}

async function readProposals(kysely: Kysely<Schema>, objects: readonly Key[]) {
  if (objects.length === 0) return [];
  const rows = await kysely
    .selectFrom('proposal')
    .selectAll()
    .where((where) =>
      where.or([
        among<'proposal'>(objects, 'source', 'source_id')(where),
        among<'proposal'>(objects, 'target', 'target_id')(where),
      ]),
    )
    .execute();
  return rows.flatMap(proposalEntries);
}
