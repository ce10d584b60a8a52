import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import type { Difference } from '../entities/state.ts';
import { type OpenDatabase, openDatabaseForReading } from './database.ts';
import { recordTable, type StoredRecord, type SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';
import { readDifferences } from './stored-state.ts';

/** One stored change of an object. */
export interface PastChange {
  readonly at: string;
  readonly correlation: string;
  readonly differences: Readonly<Record<string, Difference>>;
  /** True when the object disappeared with this change. */
  readonly gone: boolean;
}

/** What happened to one object in a period, the oldest change first, and how it is now. */
export interface ObjectHistory extends SystemObject {
  readonly record: StoredRecord | undefined;
  readonly changes: readonly PastChange[];
  readonly links: readonly PastLink[];
}

/** The same business object in another system. */
export interface PastLink {
  readonly system: string;
  readonly id: string;
  /** Since when both are linked. */
  readonly linkedAt: string;
}

/** What a simulation reads. All of it is as it was at the moment of opening, whatever a running bridge writes meanwhile. */
export interface PastStore {
  /** The changes at `since` (an instant) or later, object by object: no more than one object is in memory. */
  histories(since: string): Iterable<ObjectHistory>;
  record(object: SystemObject): StoredRecord | undefined;
  links(object: SystemObject): PastLink[];
  close(): Promise<void>;
}

interface ChangeRow {
  system: string;
  entity: EntityName;
  id: string;
  correlation: string;
  differences: string;
  version: number;
  gone: 0 | 1;
  at: string;
}

/**
 * Opens the store for reading beside a running bridge. It holds one read transaction until it is closed: that blocks
 * nobody, only the write-ahead log cannot be folded back into the file meanwhile.
 *
 * @throws StoreError when there is no database
 */
export function openPast(path: string): PastStore {
  const database = openDatabaseForReading(path);
  const { connection, kysely } = database;
  // What has to be sorted goes to a temporary file, so that the length of the period costs no memory.
  connection.pragma('temp_store = FILE');
  connection.exec('begin');
  const records = recordTable(database);
  const links = linkStatement(database);
  const changes = kysely
    .selectFrom('change')
    .select(['system', 'entity', 'external_id as id', 'correlation', 'differences', 'gone', 'at'])
    .select('entity_version as version')
    .where('at', '>=', sql<string>`?`)
    .orderBy('system')
    .orderBy('entity')
    .orderBy('external_id')
    .orderBy('seq')
    .compile();

  function history(rows: readonly ChangeRow[]): ObjectHistory {
    const { system, entity, id } = rows[0] as ChangeRow;
    const object: SystemObject = { system, entity, id };
    return {
      ...object,
      record: records.get(object),
      changes: rows.map((row) => ({
        at: row.at,
        correlation: row.correlation,
        differences: readDifferences(entity, row.version, row.differences),
        gone: row.gone === 1,
      })),
      links: links.all(object),
    };
  }

  return {
    *histories(since) {
      let rows: ChangeRow[] = [];
      for (const row of connection.prepare<unknown[], ChangeRow>(changes.sql).iterate(since)) {
        const [first] = rows;
        if (first !== undefined && !sameObject(first, row)) {
          yield history(rows);
          rows = [];
        }
        rows.push(row);
      }
      if (rows.length > 0) yield history(rows);
    },
    record: (object) => records.get(object),
    links: (object) => links.all(object),
    async close() {
      if (connection.inTransaction) connection.exec('rollback');
      connection.close();
    },
  };
}

function linkStatement({ connection, kysely }: OpenDatabase) {
  return prepare<SystemObject, PastLink>(
    connection,
    kysely
      .selectFrom('link as own')
      .innerJoin('link as other', 'other.object_id', 'own.object_id')
      .select(['other.system', 'other.external_id as id'])
      .select(sql<string>`max(own.linked_at, other.linked_at)`.as('linkedAt'))
      .where('own.system', '=', slot<string>('system'))
      .where('own.entity', '=', slot<string>('entity'))
      .where('own.external_id', '=', slot<string>('id'))
      .whereRef('other.system', '<>', 'own.system'),
  );
}

const sameObject = (left: ChangeRow, right: ChangeRow): boolean =>
  left.id === right.id && left.entity === right.entity && left.system === right.system;
