import type { Kysely } from 'kysely';
import type { OpenDatabase } from './database.ts';
import type { Schema } from './schema.ts';

/** One thing that happened. */
export interface TraceEntry {
  readonly at: string;
  readonly kind: 'event' | 'change' | 'delivery' | 'attempt' | 'link';
  readonly correlation: string;
  /** `<system>:<entity or type>:<id>` */
  readonly object: string;
  readonly text: string;
}

interface Key {
  readonly system: string;
  readonly entity: string;
  readonly id: string;
}

/**
 * Everything that happened to a business object, or under a correlation id, in order.
 *
 * @param id `<system>:<entity>:<id>`, the id of a business object or of a delivery, or a correlation id
 */
export async function readTrace({ kysely }: OpenDatabase, id: string): Promise<TraceEntry[]> {
  const objects = await objectsNamed(kysely, id);
  const correlations = objects.length > 0 ? await correlationsOf(kysely, objects) : [id];
  const entries = [
    ...(await events(kysely, objects, correlations)),
    ...(await changes(kysely, objects, correlations)),
    ...(await deliveries(kysely, objects, correlations)),
    ...(await links(kysely, objects)),
  ];
  return entries.sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
}

/** All names of the business object, over all systems. */
async function objectsNamed(kysely: Kysely<Schema>, id: string): Promise<Key[]> {
  const delivery = await kysely
    .selectFrom('delivery')
    .select(['source as system', 'entity', 'source_id as id'])
    .where('id', '=', id)
    .executeTakeFirst();
  const [system, entity, ...rest] = id.split(':');
  const named =
    delivery ??
    (rest.length > 0 ? { system: system ?? '', entity: entity ?? '', id: rest.join(':') } : undefined);
  const link = kysely.selectFrom('link');
  const found =
    named === undefined
      ? await link.select('object_id').where('object_id', '=', id).executeTakeFirst()
      : await link
          .select('object_id')
          .where('system', '=', named.system)
          .where('entity', '=', named.entity)
          .where('external_id', '=', named.id)
          .executeTakeFirst();
  if (found !== undefined) {
    return link
      .select(['system', 'entity', 'external_id as id'])
      .where('object_id', '=', found.object_id)
      .execute();
  }
  if (named === undefined) return [];
  const known = await kysely
    .selectFrom('record')
    .select('system')
    .where('system', '=', named.system)
    .where('entity', '=', named.entity)
    .where('external_id', '=', named.id)
    .executeTakeFirst();
  return known === undefined && delivery === undefined ? [] : [named];
}

async function correlationsOf(kysely: Kysely<Schema>, objects: readonly Key[]): Promise<string[]> {
  const rows = await kysely
    .selectFrom('change')
    .select('correlation')
    .distinct()
    .where((where) =>
      where.or(
        objects.map((object) =>
          where.and({ system: object.system, entity: object.entity, external_id: object.id }),
        ),
      ),
    )
    .execute();
  return rows.map((row) => row.correlation);
}

async function events(
  kysely: Kysely<Schema>,
  objects: readonly Key[],
  correlations: readonly string[],
): Promise<TraceEntry[]> {
  if (correlations.length === 0) return [];
  const rows = await kysely
    .selectFrom('event')
    .select([
      'system',
      'type',
      'object_id',
      'operation',
      'fields',
      'correlation',
      'received_at',
      'done_at',
      'echo',
      'error',
      'author',
    ])
    .where('correlation', 'in', correlations)
    .orderBy('seq')
    .execute();
  const ids = new Set(objects.map((object) => `${object.system}:${object.id}`));
  return rows
    .filter((row) => objects.length === 0 || ids.has(`${row.system}:${row.object_id}`))
    .map((row) => ({
      at: row.received_at,
      kind: 'event',
      correlation: row.correlation,
      object: `${row.system}:${row.type}:${row.object_id}`,
      text: [
        row.operation,
        (JSON.parse(row.fields) as string[]).join(', '),
        row.author === null ? '' : `by user ${row.author}`,
        row.echo === 1 ? '(made by the bridge)' : '',
        row.error === null ? '' : `could not be read: ${row.error}`,
        row.done_at === null ? '(not read yet)' : '',
      ]
        .filter((part) => part !== '')
        .join(' '),
    }));
}

async function changes(
  kysely: Kysely<Schema>,
  objects: readonly Key[],
  correlations: readonly string[],
): Promise<TraceEntry[]> {
  const query = kysely
    .selectFrom('change')
    .select(['system', 'entity', 'external_id', 'correlation', 'differences', 'gone', 'at'])
    .orderBy('seq');
  const rows = await (objects.length > 0
    ? query.where((where) =>
        where.or(
          objects.map((object) =>
            where.and({ system: object.system, entity: object.entity, external_id: object.id }),
          ),
        ),
      )
    : query.where('correlation', 'in', correlations)
  ).execute();
  return rows.map((row) => ({
    at: row.at,
    kind: 'change',
    correlation: row.correlation,
    object: `${row.system}:${row.entity}:${row.external_id}`,
    text: row.gone === 1 ? 'is gone' : differencesText(row.differences),
  }));
}

function differencesText(json: string): string {
  const differences = JSON.parse(json) as Record<string, { before?: unknown; after?: unknown }>;
  const show = (value: unknown) => (value === undefined ? 'unknown' : JSON.stringify(value));
  return Object.entries(differences)
    .map(([field, { before, after }]) =>
      before === undefined ? `${field} = ${show(after)}` : `${field}: ${show(before)} → ${show(after)}`,
    )
    .join(', ');
}

async function deliveries(
  kysely: Kysely<Schema>,
  objects: readonly Key[],
  correlations: readonly string[],
): Promise<TraceEntry[]> {
  const query = kysely
    .selectFrom('delivery')
    .select([
      'id',
      'target',
      'source',
      'entity',
      'source_id',
      'state',
      'correlation',
      'created_at',
      'settled_at',
      'cause',
      'rules_version',
    ]);
  const rows = await (objects.length > 0
    ? query.where((where) =>
        where.or(
          objects.map((object) =>
            where.and({ source: object.system, entity: object.entity, source_id: object.id }),
          ),
        ),
      )
    : query.where('correlation', 'in', correlations)
  ).execute();
  const attempts =
    rows.length === 0
      ? []
      : await kysely
          .selectFrom('attempt')
          .select([
            'delivery_id',
            'number',
            'started_at',
            'duration_ms',
            'outcome',
            'external_id',
            'message',
            'fields',
          ])
          .where(
            'delivery_id',
            'in',
            rows.map((row) => row.id),
          )
          .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return [
    ...rows.map((row) => ({
      at: row.created_at,
      kind: 'delivery' as const,
      correlation: row.correlation,
      object: `${row.source}:${row.entity}:${row.source_id}`,
      text: `${row.id} to ${row.target}: ${row.state}${row.cause === null ? '' : ` – ${row.cause}`} (rules ${row.rules_version.slice(0, 12)})`,
    })),
    ...attempts.map((attempt) => {
      const row = byId.get(attempt.delivery_id);
      const to =
        attempt.external_id === null ? row?.target : `${row?.target}:${row?.entity}:${attempt.external_id}`;
      return {
        at: attempt.started_at,
        kind: 'attempt' as const,
        correlation: row?.correlation ?? '',
        object: `${row?.source}:${row?.entity}:${row?.source_id}`,
        text: `${attempt.outcome} in ${to}, try ${attempt.number}, ${attempt.duration_ms} ms${attempt.message === null ? '' : ` – ${attempt.message}`}${attempt.fields === null ? '' : ` ${attempt.fields}`}`,
      };
    }),
  ];
}

async function links(kysely: Kysely<Schema>, objects: readonly Key[]): Promise<TraceEntry[]> {
  if (objects.length < 2) return [];
  const rows = await kysely
    .selectFrom('link')
    .select(['system', 'entity', 'external_id', 'object_id', 'linked_at'])
    .where((where) =>
      where.or(
        objects.map((object) =>
          where.and({ system: object.system, entity: object.entity, external_id: object.id }),
        ),
      ),
    )
    .execute();
  return rows.map((row) => ({
    at: row.linked_at,
    kind: 'link',
    correlation: '',
    object: `${row.system}:${row.entity}:${row.external_id}`,
    text: `is business object ${row.object_id}`,
  }));
}
