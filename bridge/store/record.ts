import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { canonicalJson, fingerprint } from '../entities/state.ts';
import { createBulk } from './bulk.ts';
import type { OpenDatabase } from './database.ts';
import { prepare, slot } from './statement.ts';
import { readStored, storedVersion } from './stored-state.ts';

/** One object of one system. */
export interface SystemObject {
  readonly system: string;
  readonly entity: EntityName;
  readonly id: string;
}

/** The last known canonical state of one object in one system. */
export interface StoredRecord extends SystemObject {
  /** Of the last state that was seen when the object is gone. */
  readonly state: State;
  readonly fingerprint: string;
  readonly gone: boolean;
  readonly readAt: string;
}

interface Row {
  state: string;
  entity_version: number;
  fingerprint: string;
  gone: 0 | 1;
  read_at: string;
}

export function recordTable({ connection, kysely }: OpenDatabase) {
  const get = prepare<SystemObject, Row>(
    connection,
    kysely
      .selectFrom('record')
      .select(['state', 'entity_version', 'fingerprint', 'gone', 'read_at'])
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id')),
    { ahead: true },
  );
  const getAll = prepare<{ system: string; entity: string; ids: string }, Row & { id: string }>(
    connection,
    kysely
      .selectFrom('record')
      .select(['external_id as id', 'state', 'entity_version', 'fingerprint', 'gone', 'read_at'])
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', 'in', sql<string>`(select value from json_each(@ids))`),
  );
  const getGone = prepare<SystemObject, { gone: number }>(
    connection,
    kysely
      .selectFrom('record')
      .select('gone')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id')),
    { ahead: true },
  );
  const rows = createBulk(connection, {
    table: 'record',
    shared: ['system', 'entity', 'entity_version', 'gone', 'read_at'],
    each: ['external_id', 'state', 'fingerprint'],
    onConflict: `on conflict (system, entity, external_id) do update set state = excluded.state,
      entity_version = excluded.entity_version, fingerprint = excluded.fingerprint, gone = excluded.gone,
      read_at = excluded.read_at`,
  });

  // What was put a moment ago is what its deliveries ask for next; what is not inserted yet is always among it.
  const recent = new Map<string, StoredRecord>();
  const keyOf = ({ system, entity, id }: SystemObject): string => `${system} ${entity} ${id}`;
  /** Found to have no record when they were looked up together. */
  const missing = new Set<string>();

  function makeRoom(): void {
    if (recent.size < mostRecent) return;
    rows.write();
    recent.clear();
  }

  return {
    get(object: SystemObject): StoredRecord | undefined {
      const key = keyOf(object);
      const kept = recent.get(key);
      if (kept !== undefined || missing.has(key)) return kept;
      const row = get.get(object);
      return row === undefined ? undefined : fromRow(object, row);
    },
    /** True for what was there and is not any more. */
    isGone(object: SystemObject): boolean {
      const key = keyOf(object);
      const kept = recent.get(key);
      if (kept !== undefined || missing.has(key)) return kept?.gone === true;
      return getGone.get(object)?.gone === 1;
    },
    /** Looks many up together, which takes a fraction of one after the other: `get` is about to be asked for each. */
    lookAhead(objects: readonly SystemObject[]): void {
      missing.clear();
      for (const group of Map.groupBy(objects, ({ system, entity }) => `${system} ${entity}`).values()) {
        const [{ system, entity }] = group as [SystemObject];
        const unknown = new Set(group.flatMap((object) => (recent.has(keyOf(object)) ? [] : [object.id])));
        for (const { id, ...row } of getAll.all({ system, entity, ids: JSON.stringify([...unknown]) })) {
          makeRoom();
          const object: SystemObject = { system, entity, id };
          recent.set(keyOf(object), fromRow(object, row));
          unknown.delete(id);
        }
        for (const id of unknown) missing.add(keyOf({ system, entity, id }));
      }
    },
    /** @param stateJson canonical JSON of its state */
    put(record: StoredRecord, stateJson: string): void {
      makeRoom();
      const key = keyOf(record);
      recent.set(key, record);
      missing.delete(key);
      const { system, entity, id, fingerprint: mark, gone, readAt } = record;
      rows.add([system, entity, storedVersion(entity), gone ? 1 : 0, readAt], [id, stateJson, mark]);
    },
    /** What was put in a transaction that was rolled back is not there. */
    forgetRecent(): void {
      recent.clear();
      missing.clear();
    },
  };
}

const mostRecent = 1000;

function fromRow({ system, entity, id }: SystemObject, row: Row): StoredRecord {
  const state = readStored(entity, row.entity_version, row.state);
  const upgraded = row.entity_version !== storedVersion(entity);
  return {
    system,
    entity,
    id,
    state,
    // The fingerprint of an older version would make a difference out of the version alone.
    fingerprint: upgraded ? fingerprint(canonicalJson(state)) : row.fingerprint,
    gone: row.gone === 1,
    readAt: row.read_at,
  };
}
