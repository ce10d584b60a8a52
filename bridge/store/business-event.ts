import { sql } from 'kysely';
import type { BusinessEventData } from '../entities/business-event.ts';
import type { BusinessEventName } from '../entities/business-event-name.ts';
import type { EntityName } from '../entities/catalogue.ts';
import type { OpenDatabase } from './database.ts';
import type { NewDelivery } from './delivery.ts';
import type { needTable } from './need.ts';
import type { SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';

/** Stands for the system that deliveries of business events come from. No system may have this name. */
export const eventSource = 'bridge';

/** Stands where other deliveries name an entity. No entity has this name, and nothing looks it up among them. */
export const eventEntity = 'business_event' as EntityName;

/** A change that people have a name for. */
export interface BusinessEvent {
  /** UUIDv7; the same for everybody who is told, and at every try. */
  readonly id: string;
  readonly name: BusinessEventName;
  readonly version: number;
  readonly data: BusinessEventData;
}

/** A business event with the deliveries that tell of it. */
export interface NewBusinessEvent extends BusinessEvent {
  readonly deliveries: readonly NewDelivery[];
}

export interface Occurrence {
  readonly object: SystemObject;
  /** Id of the business object, where it is linked already. */
  readonly objectId: string | undefined;
  readonly correlation: string;
  /** When it happened, as far as the system tells: UTC ISO. */
  readonly occurredAt: string;
}

export type StoredBusinessEvent = BusinessEvent & Occurrence;

interface Row {
  id: string;
  name: BusinessEventName;
  version: number;
  system: string;
  entity: EntityName;
  external_id: string;
  object_id: string | null;
  correlation: string;
  occurred_at: string;
  data: string;
}

export function businessEventTable(
  { connection, kysely }: OpenDatabase,
  needs: Pick<ReturnType<typeof needTable>, 'add'>,
) {
  const insert = prepare<object>(
    connection,
    kysely.insertInto('business_event').values({
      id: slot('id'),
      name: slot('name'),
      version: slot('version'),
      system: slot('system'),
      entity: slot('entity'),
      external_id: slot('externalId'),
      object_id: slot('objectId'),
      correlation: slot('correlation'),
      occurred_at: slot('occurredAt'),
      recorded_at: slot('at'),
      data: slot('data'),
    }),
  );
  const get = prepare<{ id: string }, Row>(
    connection,
    kysely
      .selectFrom('business_event')
      .select(['id', 'name', 'version', 'system', 'entity', 'external_id', 'object_id'])
      .select(['correlation', 'occurred_at', 'data'])
      .where('id', '=', slot<string>('id')),
  );
  const lastUntold = prepare<SystemObject & { target: string }, { id: string }>(
    connection,
    kysely
      .selectFrom('business_event')
      .select('id')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id'))
      .where(
        sql<boolean>`exists (select 1 from delivery where delivery.entity = 'business_event'
          and delivery.source_id = business_event.id and delivery.target = @target
          and delivery.state in ('pending', 'leased', 'waiting'))`,
      )
      .orderBy('seq', 'desc')
      .limit(sql.lit(1)),
  );
  const enqueue = prepare<object>(
    connection,
    kysely.insertInto('delivery').values({
      id: slot('id'),
      target: slot('target'),
      source: slot('source'),
      entity: slot('entity'),
      source_id: slot('sourceId'),
      state: slot('state'),
      lane: slot('lane'),
      due_ms: slot('dueMs'),
      tries: sql.lit(0),
      uncertain: sql.lit(0),
      rules_version: slot('rulesVersion'),
      correlation: slot('correlation'),
      created_at: slot('at'),
      cause: slot('cause'),
    }),
  );

  /** Subscribers hear of an object in the order of what happened: a later event waits until the earlier one is settled. */
  function tell(delivery: NewDelivery, previous: string | undefined, nowMs: number, at: string): void {
    const waits = previous !== undefined;
    const { lastInsertRowid } = enqueue.run({
      ...delivery,
      state: waits ? 'waiting' : 'pending',
      cause: waits ? `Waits for event ${previous} of the same object, which is told first.` : null,
      dueMs: nowMs,
      at,
    });
    if (waits) needs.add(Number(lastInsertRowid), delivery.target, asObject(previous));
  }

  return {
    /** Keeps an event, and puts its deliveries behind those of the object's earlier ones. */
    insert(event: NewBusinessEvent, occurrence: Occurrence, nowMs: number, at: string): void {
      const { object, objectId, correlation, occurredAt } = occurrence;
      const previous = event.deliveries.map(({ target }) => lastUntold.get({ ...object, target })?.id);
      insert.run({
        id: event.id,
        name: event.name,
        version: event.version,
        system: object.system,
        entity: object.entity,
        externalId: object.id,
        objectId: objectId ?? null,
        correlation,
        occurredAt,
        at,
        data: JSON.stringify(event.data),
      });
      for (const [index, delivery] of event.deliveries.entries()) tell(delivery, previous[index], nowMs, at);
    },
    get(id: string): StoredBusinessEvent | undefined {
      const row = get.get({ id });
      return row === undefined ? undefined : fromRow(row);
    },
  };
}

/** An event, as what a delivery brings and others wait for. */
const asObject = (id: string): SystemObject => ({ system: eventSource, entity: eventEntity, id });

function fromRow(row: Row): StoredBusinessEvent {
  return {
    id: row.id,
    name: row.name,
    version: row.version,
    data: JSON.parse(row.data),
    object: { system: row.system, entity: row.entity, id: row.external_id },
    objectId: row.object_id ?? undefined,
    correlation: row.correlation,
    occurredAt: row.occurred_at,
  };
}
