import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import { openDatabaseForReading } from './database.ts';
import type { DeliveryState } from './delivery-state.ts';
import type { StepProgress } from './flow-instance.ts';
import { linkTable } from './link.ts';
import { recordTable, type StoredRecord, type SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';
import { readStored } from './stored-state.ts';

/** A delivery that is not done. */
export interface OpenDelivery {
  readonly id: string;
  readonly state: Extract<DeliveryState, 'pending' | 'leased' | 'waiting' | 'dead'>;
  readonly error: string | null;
  readonly cause: string | null;
  readonly createdAt: string;
  readonly tries: number;
}

/** A business process that is about an object and runs. */
export interface RunningProcess {
  readonly flow: string;
  /** The step whose turn it is, and since when: UTC ISO. */
  readonly step: string | undefined;
  readonly since: string;
  /** What it waits for, for people. */
  readonly waitsFor: string | null;
  /** What a person has to see to, where it is stuck. */
  readonly exception: OpenException | undefined;
}

export interface OpenException {
  readonly owner: string;
  readonly person: string | null;
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
  readonly openedAt: string;
}

/** How everything stands at one moment, whatever a running bridge writes meanwhile. Reads only. */
export interface Overview {
  /** All records of an entity in a system, those that are gone too, one after the other. */
  records(system: string, entity: EntityName): Iterable<StoredRecord>;
  record(object: SystemObject): StoredRecord | undefined;
  /** Id of the same business object in `system`. */
  idIn(object: SystemObject, system: string): string | undefined;
  /** What has to be brought there, or could not be. */
  openDelivery(object: SystemObject, target: string): OpenDelivery | undefined;
  /** The business processes that it is the subject of and that run, one that is stuck first. */
  processes(object: SystemObject): readonly RunningProcess[];
  close(): void;
}

interface Row {
  id: string;
  state: string;
  version: number;
  fingerprint: string;
  gone: 0 | 1;
  readAt: string;
}

interface ProcessRow {
  flow: string;
  steps: string;
  startedAt: string;
  waitsFor: string | null;
  exception: number | null;
}

/**
 * Opens the store for reading beside a running bridge.
 *
 * @throws StoreError when there is no database
 */
export function openOverview(path: string): Overview {
  const database = openDatabaseForReading(path);
  const { connection, kysely } = database;
  connection.exec('begin');
  const records = recordTable(database);
  const links = linkTable(database);
  const all = kysely
    .selectFrom('record')
    .select(['external_id as id', 'state', 'entity_version as version', 'fingerprint', 'gone'])
    .select('read_at as readAt')
    .where('system', '=', slot<string>('system'))
    .where('entity', '=', slot<string>('entity'))
    .compile();
  const open = prepare<SystemObject & { target: string }, OpenDelivery>(
    connection,
    // One look-up for each of the indexes that keep what is not done.
    [sql`state in ('pending', 'waiting')`, sql`state = 'leased'`, sql`state = 'dead'`]
      .map((inState) =>
        kysely
          .selectFrom('delivery')
          .select(['id', 'state', 'error', 'cause', 'created_at as createdAt', 'tries'])
          .where('target', '=', slot<string>('target'))
          .where('source', '=', slot<string>('system'))
          .where('entity', '=', slot<string>('entity'))
          .where('source_id', '=', slot<string>('id'))
          .where(sql<boolean>`${inState}`),
      )
      .reduce((left, right) => left.unionAll(right))
      .limit(sql.lit(1)),
  );
  const running = prepare<SystemObject, ProcessRow>(
    connection,
    kysely
      .selectFrom('flow_instance')
      .select(['flow', 'steps', 'started_at as startedAt', 'waits_for as waitsFor', 'exception'])
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '=', slot<string>('id'))
      .where('state', '=', sql.lit('running'))
      .orderBy('exception', 'desc'),
  );
  const exception = prepare<{ seq: number }, OpenException>(
    connection,
    kysely
      .selectFrom('exception')
      .select(['owner', 'person', 'title', 'cause', 'remedy', 'opened_at as openedAt'])
      .where('seq', '=', slot<number>('seq'))
      .where('closed_at', 'is', null),
  );

  return {
    *records(system, entity) {
      for (const row of connection.prepare<unknown[], Row>(all.sql).iterate({ system, entity }))
        yield {
          system,
          entity,
          id: row.id,
          state: readStored(entity, row.version, row.state),
          fingerprint: row.fingerprint,
          gone: row.gone === 1,
          readAt: row.readAt,
        };
    },
    record: (object) => records.get(object),
    idIn: (object, system) => links.idIn(object, system),
    openDelivery: (object, target) => open.get({ ...object, target }),
    processes: (object) =>
      running.all(object).map((row) => {
        const steps: StepProgress[] = JSON.parse(row.steps);
        const step = steps.find(({ state }) => state === 'waiting' || state === 'stuck');
        return {
          flow: row.flow,
          step: step?.id,
          since: step?.since ?? row.startedAt,
          waitsFor: row.waitsFor,
          exception: row.exception === null ? undefined : exception.get({ seq: row.exception }),
        };
      }),
    close() {
      if (connection.inTransaction) connection.exec('rollback');
      connection.close();
    },
  };
}
