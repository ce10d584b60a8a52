import Database from 'better-sqlite3';
import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import type { Difference } from '../entities/state.ts';
import { type Connection, type OpenDatabase, openDatabaseForReading } from './database.ts';
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
  /**
   * The changes at `since` (an instant) or later, object by object: no more than one object is in memory.
   *
   * @param entities only objects of these; absent: of all
   */
  histories(since: string, entities?: readonly EntityName[]): Iterable<ObjectHistory>;
  record(object: SystemObject): StoredRecord | undefined;
  links(object: SystemObject): PastLink[];
  readonly needed: NeedBook;
  close(): void;
}

/** The sides that a simulation compares, as bits of a set. */
const sideBits = { present: 1, changed: 2 } as const;
export type Side = keyof typeof sideBits;

/** An object that something refers to which goes to the target. */
export interface NeededObject {
  readonly target: string;
  readonly object: SystemObject;
  /** Under which rules. */
  readonly sides: readonly Side[];
  /** One that refers to it: `<system>:<entity>:<id>`. */
  readonly by: string;
  /** True when the period has changes of its own. */
  readonly changed: boolean;
}

/** Remembers what is needed where. It can be much, so it stands in a temporary file. */
export interface NeedBook {
  /** True when that is news. */
  add(side: Side, target: string, object: SystemObject, by: string): boolean;
  has(side: Side, target: string, object: SystemObject): boolean;
  /** The object has changes in the period. */
  markChanged(object: SystemObject): void;
  all(): Iterable<NeededObject>;
}

interface ChangeRow {
  system: string;
  entity: EntityName;
  id: string;
  correlation: string;
  before: string | null;
  after: string | null;
  version: number;
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
  // A connection that is being read from takes no writes, so notes have one of their own: a file that goes with it.
  const notes = new Database('');
  notes.pragma('synchronous = OFF');
  notes.pragma('journal_mode = OFF');
  const records = recordTable(database);
  const links = linkStatement(database);
  const changes = kysely
    .selectFrom('change')
    .select(['system', 'entity', 'external_id as id', 'correlation', 'before', 'after', 'at'])
    .select('entity_version as version')
    .where('at', '>=', slot<string>('since'))
    .where(sql<boolean>`(@entities is null or entity in (select value from json_each(@entities)))`)
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
        differences: readDifferences(entity, row.version, row),
        gone: row.after === null,
      })),
      links: links.all(object),
    };
  }

  return {
    *histories(since, entities) {
      let rows: ChangeRow[] = [];
      for (const row of connection
        .prepare<unknown[], ChangeRow>(changes.sql)
        .iterate({ since, entities: entities === undefined ? null : JSON.stringify(entities) })) {
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
    needed: createNeedBook(notes),
    close() {
      notes.close();
      if (connection.inTransaction) connection.exec('rollback');
      connection.close();
    },
  };
}

interface NeedRow {
  seq: number;
  target: string;
  system: string;
  entity: EntityName;
  id: string;
  sides: number;
  by: string;
  changed: 0 | 1;
}

function createNeedBook(connection: Connection): NeedBook {
  connection.exec(`create table needed (seq integer primary key, system text not null, entity text not null,
    id text not null, target text not null, sides integer not null, by text not null,
    changed integer not null default 0, unique (system, entity, id, target))`);
  const all = connection.prepare<unknown[], NeedRow>('select * from needed order by seq');
  const put = connection.prepare(`insert into needed (system, entity, id, target, sides, by)
    values (?, ?, ?, ?, ?, ?) on conflict (system, entity, id, target) do update set sides = sides | excluded.sides`);
  const get = connection
    .prepare<unknown[], number>(
      'select sides from needed where system = ? and entity = ? and id = ? and target = ?',
    )
    .pluck();
  const mark = connection.prepare('update needed set changed = 1 where system = ? and entity = ? and id = ?');

  function has(side: Side, target: string, { system, entity, id }: SystemObject): boolean {
    return ((get.get(system, entity, id, target) ?? 0) & sideBits[side]) !== 0;
  }

  return {
    has,
    add(side, target, object, by) {
      if (has(side, target, object)) return false;
      put.run(object.system, object.entity, object.id, target, sideBits[side], by);
      return true;
    },
    markChanged({ system, entity, id }) {
      mark.run(system, entity, id);
    },
    *all() {
      for (const { system, entity, id, target, sides, by, changed } of all.iterate())
        yield {
          target,
          object: { system, entity, id },
          sides: (Object.keys(sideBits) as Side[]).filter((side) => (sides & sideBits[side]) !== 0),
          by,
          changed: changed === 1,
        };
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
