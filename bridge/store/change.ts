import type { Difference } from '../entities/state.ts';
import type { OpenDatabase } from './database.ts';
import type { SystemObject } from './record.ts';
import { prepare, slot } from './statement.ts';
import { storedVersion } from './stored-state.ts';

/** The field-by-field difference between two states of a record. */
export interface Change extends SystemObject {
  readonly correlation: string;
  readonly differences: Readonly<Record<string, Difference>>;
  /** True when the object disappeared with this change. */
  readonly gone: boolean;
  readonly at: string;
}

export function changeTable({ connection, kysely }: OpenDatabase) {
  const insert = prepare<object>(
    connection,
    kysely.insertInto('change').values({
      system: slot('system'),
      entity: slot('entity'),
      external_id: slot('id'),
      correlation: slot('correlation'),
      differences: slot('differences'),
      entity_version: slot('entityVersion'),
      gone: slot('gone'),
      at: slot('at'),
    }),
  );

  return {
    insert(change: Change): void {
      insert.run({
        ...change,
        differences: JSON.stringify(change.differences),
        entityVersion: storedVersion(change.entity),
        gone: change.gone ? 1 : 0,
      });
    },
  };
}
