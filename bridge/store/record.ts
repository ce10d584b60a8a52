import type { EntityName } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { canonicalJson, fingerprint } from '../entities/state.ts';
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
  );
  const put = prepare<object>(
    connection,
    kysely
      .insertInto('record')
      .values({
        system: slot('system'),
        entity: slot('entity'),
        external_id: slot('id'),
        state: slot('state'),
        entity_version: slot('entityVersion'),
        fingerprint: slot('fingerprint'),
        gone: slot('gone'),
        read_at: slot('readAt'),
      })
      .onConflict((conflict) =>
        conflict.columns(['system', 'entity', 'external_id']).doUpdateSet((excluded) => ({
          state: excluded.ref('excluded.state'),
          entity_version: excluded.ref('excluded.entity_version'),
          fingerprint: excluded.ref('excluded.fingerprint'),
          gone: excluded.ref('excluded.gone'),
          read_at: excluded.ref('excluded.read_at'),
        })),
      ),
  );

  // What was put a moment ago is what its deliveries ask for next.
  const recent = new Map<string, StoredRecord>();
  const keyOf = ({ system, entity, id }: SystemObject): string => `${system} ${entity} ${id}`;

  return {
    get(object: SystemObject): StoredRecord | undefined {
      const kept = recent.get(keyOf(object));
      if (kept !== undefined) return kept;
      const row = get.get(object);
      if (row === undefined) return undefined;
      const state = readStored(object.entity, row.entity_version, row.state);
      const upgraded = row.entity_version !== storedVersion(object.entity);
      return {
        ...object,
        state,
        // The fingerprint of an older version would make a difference out of the version alone.
        fingerprint: upgraded ? fingerprint(canonicalJson(state)) : row.fingerprint,
        gone: row.gone === 1,
        readAt: row.read_at,
      };
    },
    /** @param stateJson canonical JSON of its state */
    put(record: StoredRecord, stateJson: string): void {
      if (recent.size >= mostRecent) recent.clear();
      recent.set(keyOf(record), record);
      put.run({
        system: record.system,
        entity: record.entity,
        id: record.id,
        state: stateJson,
        entityVersion: storedVersion(record.entity),
        fingerprint: record.fingerprint,
        gone: record.gone ? 1 : 0,
        readAt: record.readAt,
      });
    },
    /** What was put in a transaction that was rolled back is not there. */
    forgetRecent(): void {
      recent.clear();
    },
  };
}

const mostRecent = 2000;
