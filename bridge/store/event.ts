import { sql } from 'kysely';
import { isEntityName } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { createBulk } from './bulk.ts';
import type { OpenDatabase } from './database.ts';
import { prepare, slot } from './statement.ts';
import { readStored, storedVersion } from './stored-state.ts';

/** That something changed in a system. */
export interface NewEvent {
  /** Unique for ever: the same event always comes with the same id. */
  readonly id: string;
  readonly system: string;
  /** The system's own type of object; the entity's name when `state` is given. */
  readonly type: string;
  readonly objectId: string;
  readonly operation: 'create' | 'write' | 'unlink';
  readonly fields: readonly string[];
  readonly author?: string;
  readonly company?: string;
  readonly correlation: string;
  readonly occurredAt: string;
  /** True when the bridge itself made the change. */
  readonly echo: boolean;
  /** Index in `lanes`; lower is worked off first. Absent: 1. */
  readonly lane?: number;
  /** The state, where a poll delivered it already; `null` when the object is gone. */
  readonly state?: State | null;
}

export interface StoredEvent extends NewEvent {
  readonly seq: number;
}

interface OpenRow {
  seq: number;
  id: string;
  system: string;
  type: string;
  object_id: string;
  operation: NewEvent['operation'];
  fields: string;
  author: string | null;
  company: string | null;
  correlation: string;
  occurred_at: string;
  echo: 0 | 1;
  state: string | null;
  entity_version: number | null;
}

export function eventTable({ connection, kysely }: OpenDatabase) {
  const rows = createBulk(connection, {
    table: 'event',
    shared: [
      ...['system', 'type', 'operation', 'fields', 'author', 'company', 'received_at', 'echo', 'lane'],
      'entity_version',
    ],
    each: ['id', 'object_id', 'correlation', 'occurred_at', 'state'],
    onConflict: 'on conflict (id) do nothing',
  });
  const open = prepare<{ system: string; lane: number; limit: number }, OpenRow>(
    connection,
    kysely
      .selectFrom('event')
      .select(['seq', 'id', 'system', 'type', 'object_id', 'operation', 'fields', 'author', 'company'])
      .select(['correlation', 'occurred_at', 'echo', 'state', 'entity_version'])
      .where('system', '=', slot<string>('system'))
      .where('lane', '=', slot<number>('lane'))
      .where('done_at', 'is', null)
      .orderBy('seq')
      .limit(slot<number>('limit')),
  );
  const openStatesBeside = prepare<
    { system: string; lane: number; limit: number; last: number },
    OpenRow & { state: string }
  >(
    connection,
    kysely
      .selectFrom('event')
      .select(['seq', 'id', 'system', 'type', 'object_id', 'operation', 'fields', 'author', 'company'])
      .select(['correlation', 'occurred_at', 'echo', sql<string>`state`.as('state'), 'entity_version'])
      .where('system', '=', slot<string>('system'))
      .where('done_at', 'is', null)
      .where('state', 'is not', null)
      .where(
        sql<boolean>`(type, object_id) in (select type, object_id from event as taken
          where taken.system = @system and taken.lane = @lane and taken.done_at is null order by taken.seq limit @limit)`,
      )
      .where(sql<boolean>`(lane <> @lane or seq > @last)`),
  );
  const finish = prepare<{ seqs: string; at: string; error: string | null }>(
    connection,
    kysely
      .updateTable('event')
      .set({ done_at: slot<string>('at'), error: slot<string | null>('error') })
      .where('seq', 'in', sql<number>`(select value from json_each(@seqs))`),
  );
  const openState = prepare<
    { system: string; type: string; objectId: string },
    { state: string; entity_version: number | null }
  >(
    connection,
    kysely
      .selectFrom('event')
      .select(['entity_version', sql<string>`state`.as('state')])
      .where('system', '=', slot<string>('system'))
      .where('type', '=', slot<string>('type'))
      .where('object_id', '=', slot<string>('objectId'))
      .where('done_at', 'is', null)
      .where('state', 'is not', null)
      .orderBy('seq', 'desc')
      .limit(sql.lit(1)),
  );

  const oldestOpen = prepare<{ system: string; lane: number }, { received_at: string }>(
    connection,
    kysely
      .selectFrom('event')
      .select('received_at')
      .where('system', '=', slot<string>('system'))
      .where('lane', '=', slot<number>('lane'))
      .where('done_at', 'is', null)
      .orderBy('seq')
      .limit(sql.lit(1)),
  );

  function insertAll(list: readonly NewEvent[], receivedAt: string): number {
    for (const event of list) {
      const { system, type, operation, author, company, lane = 1, state } = event;
      const version = state && isEntityName(type) ? storedVersion(type) : null;
      const fields = JSON.stringify(event.fields);
      const echo = event.echo ? 1 : 0;
      const stateJson = state === undefined ? null : JSON.stringify(state);
      rows.add(
        [system, type, operation, fields, author ?? null, company ?? null, receivedAt, echo, lane, version],
        [event.id, event.objectId, event.correlation, event.occurredAt, stateJson],
      );
    }
    return rows.takeCount();
  }

  return {
    /** Answers how many were not there already. */
    insertAll,
    /** False when the event was there already. */
    insert: (event: NewEvent, receivedAt: string): boolean => insertAll([event], receivedAt) === 1,
    /**
     * The oldest events of a system and lane that are not worked off, in the order in which they came. Besides those, up to
     * `limit`, the states of the same objects that stand in other lanes or further behind: taken in later, they would undo
     * what is newer.
     */
    open(system: string, lane: number, limit: number): StoredEvent[] {
      const taken = open.all({ system, lane, limit });
      const last = taken.at(-1)?.seq;
      if (last === undefined) return [];
      const beside = openStatesBeside.all({ system, lane, limit, last });
      const all =
        beside.length === 0 ? taken : [...taken, ...beside].sort((left, right) => left.seq - right.seq);
      return all.map(fromRow);
    },
    /** When the oldest event of a system and lane that is not worked off came in. */
    oldestOpen(system: string, lane: number): string | undefined {
      return oldestOpen.get({ system, lane })?.received_at;
    },
    /** The newest state that a poll delivered for an object and that is not worked off; `null` when it was gone. */
    openState(system: string, type: string, objectId: string): State | null | undefined {
      const row = openState.get({ system, type, objectId });
      return row === undefined ? undefined : stateOf(type, row);
    },
    finish(seqs: readonly number[], at: string, error?: string): void {
      if (seqs.length > 0) finish.run({ seqs: JSON.stringify(seqs), at, error: error ?? null });
    },
  };
}

function fromRow(row: OpenRow): StoredEvent {
  return {
    seq: row.seq,
    id: row.id,
    system: row.system,
    type: row.type,
    objectId: row.object_id,
    operation: row.operation,
    fields: JSON.parse(row.fields),
    ...(row.author === null ? {} : { author: row.author }),
    ...(row.company === null ? {} : { company: row.company }),
    correlation: row.correlation,
    occurredAt: row.occurred_at,
    echo: row.echo === 1,
    ...(row.state === null ? {} : { state: stateOf(row.type, { ...row, state: row.state }) }),
  };
}

/** A state of no entity that the bridge knows has no version, and is what it is. */
function stateOf(type: string, row: { state: string; entity_version: number | null }): State | null {
  const { state, entity_version: version } = row;
  return version !== null && isEntityName(type) ? readStored(type, version, state) : JSON.parse(state);
}
