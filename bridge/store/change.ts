import type { Difference } from '../entities/state.ts';
import { createBulk } from './bulk.ts';
import type { OpenDatabase } from './database.ts';
import type { SystemObject } from './record.ts';
import { storedVersion } from './stored-state.ts';

/** The field-by-field difference between two states of a record. */
export interface Change extends SystemObject {
  readonly correlation: string;
  readonly differences: Readonly<Record<string, Difference>>;
  /** True when the object disappeared with this change. */
  readonly gone: boolean;
  readonly at: string;
}

export function changeTable({ connection }: OpenDatabase) {
  const rows = createBulk(connection, {
    table: 'change',
    shared: ['system', 'entity', 'entity_version', 'gone', 'at'],
    each: ['external_id', 'correlation', 'differences'],
  });

  return {
    insert({ system, entity, id, correlation, differences, gone, at }: Change): void {
      rows.add(
        [system, entity, storedVersion(entity), gone ? 1 : 0, at],
        [id, correlation, JSON.stringify(differences)],
      );
    },
  };
}
