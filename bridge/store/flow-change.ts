import { sql } from 'kysely';
import type { EntityName } from '../entities/catalogue.ts';
import type { Difference } from '../entities/state.ts';
import type { OpenDatabase } from './database.ts';
import type { SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';
import { readDifferences } from './stored-state.ts';

/** A change as it was kept. */
export interface KeptChange extends SystemObject {
  readonly seq: number;
  readonly correlation: string;
  readonly differences: Readonly<Record<string, Difference>>;
}

interface Row {
  seq: number;
  system: string;
  entity: EntityName;
  external_id: string;
  correlation: string;
  before: string | null;
  after: string | null;
  entity_version: number;
}

/** Changes in the order in which they were kept. */
export function flowChangeReader({ connection, kysely }: OpenDatabase) {
  const after = prepare<{ seq: number; limit: number }, Row>(
    connection,
    kysely
      .selectFrom('change')
      .select(['seq', 'system', 'entity', 'external_id', 'correlation', 'before', 'after', 'entity_version'])
      .where('seq', '>', slot<number>('seq'))
      .orderBy('seq')
      .limit(slot<number>('limit')),
  );
  const last = prepare<object, { seq: number | null }>(
    connection,
    kysely.selectFrom('change').select(sql<number | null>`max(seq)`.as('seq')),
  );

  return {
    after: (seq: number, limit: number): KeptChange[] =>
      after.all({ seq, limit }).map((row) => ({
        seq: row.seq,
        system: row.system,
        entity: row.entity,
        id: row.external_id,
        correlation: row.correlation,
        differences: readDifferences(row.entity, row.entity_version, row),
      })),
    /** Number of the last change; 0 where there is none. */
    last: (): number => last.get({})?.seq ?? 0,
  };
}
