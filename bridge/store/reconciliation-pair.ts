import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import type { OpenDatabase } from './database.ts';
import type { Drift } from './link.ts';
import type { StoredRecord } from './record.ts';
import { prepare, slot } from './statement.ts';
import { readStored } from './stored-state.ts';

/** Which records are looked at. */
export interface RecordExtent {
  readonly system: string;
  readonly entity: EntityName;
  /** The field with the day that `from` and `to` are about; absent: all records. */
  readonly day?: string;
  readonly from?: string;
  readonly to?: string;
}

/** One object of a system, and what is known of the same business object in another one. */
export interface Pair {
  readonly id: string;
  /** Absent where it was never read; then only its counterpart is known. */
  readonly record?: StoredRecord;
  /** Id in the other system, where it is linked. */
  readonly otherId?: string;
  readonly other?: StoredRecord;
  /** Fingerprint of what the bridge wrote there last. */
  readonly written?: string;
  /** Number of the delivery that did. */
  readonly writtenBy?: number;
  readonly drift?: Drift;
}

/** A stretch of records along their key. */
export interface Stretch<Item> {
  readonly items: readonly Item[];
  /** Where the next one goes on; absent when there is none. */
  readonly next?: string;
}

interface Row {
  id: string | null;
  state: string | null;
  version: number;
  fingerprint: string;
  gone: 0 | 1;
  read_at: string;
  other_id: string | null;
  written: string | null;
  written_by: number | null;
  drift: string | null;
  other_state: string | null;
  other_version: number;
  other_fingerprint: string;
  other_gone: 0 | 1;
  other_read_at: string;
}

interface Place {
  system: string;
  entity: string;
  after: string;
}

type Limits = Place & {
  until: string | null;
  path: string | null;
  from: string;
  to: string;
  otherSystem: string;
};

/** Records that are walked over in one stretch: a few milliseconds. */
const mostPerStretch = 250;
/** Where most of them lie outside of the extent, so many are walked over. */
const mostSkipped = 500;

/** Walks along the records of a system in the order of their ids. Reads only. */
export function pairTable({ connection, kysely }: OpenDatabase) {
  const bound = prepare<Place & { skip: number }, { id: string }>(
    connection,
    kysely
      .selectFrom('record')
      .select('external_id as id')
      .where('system', '=', slot<string>('system'))
      .where('entity', '=', slot<string>('entity'))
      .where('external_id', '>', slot<string>('after'))
      .orderBy('external_id')
      .limit(sql.lit(1))
      .offset(slot<number>('skip')),
  );
  // A blob stands behind every text.
  const within = sql<boolean>`mine.external_id > @after and mine.external_id <= coalesce(@until, x'ff')`;
  const inExtent = (table: 'mine' | 'source') =>
    sql<boolean>`(@path is null or coalesce(json_extract(${sql.ref(table)}.state, @path) between @from and @to, 0))`;

  /** Each record of the extent, with its counterpart where it has one. */
  const mineAndOther = kysely
    .selectFrom('record as mine')
    .leftJoin('link as own', (join) =>
      join
        .onRef('own.system', '=', 'mine.system')
        .onRef('own.entity', '=', 'mine.entity')
        .onRef('own.external_id', '=', 'mine.external_id'),
    )
    .leftJoin('link as there', (join) =>
      join
        .onRef('there.object_id', '=', 'own.object_id')
        .on('there.system', '=', slot<string>('otherSystem')),
    )
    .leftJoin('record as other', (join) =>
      join
        .onRef('other.system', '=', 'there.system')
        .onRef('other.entity', '=', 'there.entity')
        .onRef('other.external_id', '=', 'there.external_id'),
    )
    .where('mine.system', '=', slot<string>('system'))
    .where('mine.entity', '=', slot<string>('entity'))
    .where(within)
    .where(inExtent('mine'))
    .orderBy('mine.external_id');

  const pairs = prepare<Limits, Row>(
    connection,
    mineAndOther
      .select(['mine.external_id as id', 'mine.state', 'mine.entity_version as version', 'mine.fingerprint'])
      .select(['mine.gone', 'mine.read_at', 'there.external_id as other_id'])
      .select(['there.written_fingerprint as written', 'there.written_by', 'there.drift'])
      .select(['other.state as other_state', 'other.entity_version as other_version'])
      .select(['other.fingerprint as other_fingerprint', 'other.gone as other_gone'])
      .select('other.read_at as other_read_at')
      .$castTo<Row>(),
  );

  // The other way round: what is in the extent there, while its source is not, or is unknown.
  const strangers = prepare<Limits, Row>(
    connection,
    kysely
      .selectFrom('record as mine')
      .leftJoin('link as there', (join) =>
        join
          .onRef('there.system', '=', 'mine.system')
          .onRef('there.entity', '=', 'mine.entity')
          .onRef('there.external_id', '=', 'mine.external_id'),
      )
      .leftJoin('link as own', (join) =>
        join
          .onRef('own.object_id', '=', 'there.object_id')
          .on('own.system', '=', slot<string>('otherSystem')),
      )
      .leftJoin('record as source', (join) =>
        join
          .onRef('source.system', '=', 'own.system')
          .onRef('source.entity', '=', 'own.entity')
          .onRef('source.external_id', '=', 'own.external_id'),
      )
      .select(['own.external_id as id', 'source.state', 'source.entity_version as version'])
      .select(['source.fingerprint', 'source.gone', 'source.read_at', 'mine.external_id as other_id'])
      .select(['there.written_fingerprint as written', 'there.written_by', 'there.drift'])
      .select(['mine.state as other_state', 'mine.entity_version as other_version'])
      .select(['mine.fingerprint as other_fingerprint', 'mine.gone as other_gone'])
      .select('mine.read_at as other_read_at')
      .where('mine.system', '=', slot<string>('system'))
      .where('mine.entity', '=', slot<string>('entity'))
      .where('mine.gone', '=', sql.lit<0>(0))
      .where(within)
      .where(inExtent('mine'))
      .where(sql<boolean>`(source.external_id is null or not ${inExtent('source')})`)
      .orderBy('mine.external_id')
      .$castTo<Row>(),
  );

  const plain = prepare<Limits, Row>(
    connection,
    kysely
      .selectFrom('record as mine')
      .select(['mine.external_id as id', 'mine.state', 'mine.entity_version as version', 'mine.fingerprint'])
      .select(['mine.gone', 'mine.read_at'])
      .where('mine.system', '=', slot<string>('system'))
      .where('mine.entity', '=', slot<string>('entity'))
      .where('mine.gone', '=', sql.lit<0>(0))
      .where(within)
      .where(inExtent('mine'))
      .orderBy('mine.external_id')
      .$castTo<Row>(),
  );

  const unread = prepare<Limits, { id: string | null }>(
    connection,
    mineAndOther.select('there.external_id as id').where('other.external_id', 'is', null),
  );

  function limitsOf(extent: RecordExtent, otherSystem: string, after: string): Limits {
    const { system, entity, day } = extent;
    const skip = (day === undefined ? mostPerStretch : mostSkipped) - 1;
    const until = bound.get({ system, entity, after, skip })?.id ?? null;
    return {
      system,
      entity,
      after,
      until,
      path: day === undefined ? null : `$.${day}`,
      from: extent.from ?? '',
      to: extent.to ?? '9999',
      otherSystem,
    };
  }

  function stretch<Item>(limits: Limits, items: readonly Item[]): Stretch<Item> {
    return limits.until === null ? { items } : { items, next: limits.until };
  }

  return {
    /** What is in the extent in one system, with its counterparts. Also what is gone, with its last state. */
    pairs(extent: RecordExtent, target: string, after: string): Stretch<Pair> {
      const limits = limitsOf(extent, target, after);
      const rows = pairs.all(limits);
      return stretch(
        limits,
        rows.map((row) => pairOf(row, extent, extent.system, target)),
      );
    },
    /** What is in the extent, while the object of `source` that it belongs to is not; also what belongs to none. */
    strangers(extent: RecordExtent, source: string, after: string): Stretch<Pair> {
      const limits = limitsOf(extent, source, after);
      const rows = strangers.all(limits);
      return stretch(
        limits,
        rows.map((row) => pairOf(row, extent, source, extent.system)),
      );
    },
    /** Ids in another system that were never read, of what is in the extent. */
    unread(extent: RecordExtent, system: string, after: string): Stretch<string> {
      const limits = limitsOf(extent, system, after);
      const rows = unread.all(limits);
      return stretch(
        limits,
        rows.flatMap(({ id }) => id ?? []),
      );
    },
    /** Records that are not gone. */
    records(extent: RecordExtent, after: string): Stretch<StoredRecord> {
      const limits = limitsOf(extent, '', after);
      const rows = plain.all(limits);
      return stretch(
        limits,
        rows.flatMap((row) => recordOf(row, extent.entity, extent.system) ?? []),
      );
    },
  };
}

function pairOf(row: Row, { entity }: RecordExtent, system: string, target: string): Pair {
  const record = recordOf(row, entity, system);
  const other =
    row.other_id === null || row.other_state === null
      ? undefined
      : {
          system: target,
          entity,
          id: row.other_id,
          state: readStored(entity, row.other_version, row.other_state),
          fingerprint: row.other_fingerprint,
          gone: row.other_gone === 1,
          readAt: row.other_read_at,
        };
  return {
    id: row.id ?? '',
    ...(record === undefined ? {} : { record }),
    ...(row.other_id === null ? {} : { otherId: row.other_id }),
    ...(other === undefined ? {} : { other }),
    ...(row.written === null ? {} : { written: row.written }),
    ...(row.written_by === null ? {} : { writtenBy: row.written_by }),
    ...(row.drift === null ? {} : { drift: JSON.parse(row.drift) as Drift }),
  };
}

const recordOf = (row: Row, entity: EntityName, system: string): StoredRecord | undefined =>
  row.id === null || row.state === null
    ? undefined
    : {
        system,
        entity,
        id: row.id,
        state: readStored(entity, row.version, row.state),
        fingerprint: row.fingerprint,
        gone: row.gone === 1,
        readAt: row.read_at,
      };
