import type { State } from '../entities/field.ts';
import type { Difference } from '../entities/state.ts';
import { createBulk } from './bulk.ts';
import type { OpenDatabase } from './database.ts';
import type { SystemObject } from './record.ts';
import { storedVersion } from './stored-state.ts';

/** The field-by-field difference between two states of a record. */
export interface Change extends SystemObject {
  /** `null` for an object that was not known, or was gone. */
  readonly before: State | null;
  /** `null` for an object that disappeared. */
  readonly after: State | null;
  readonly differences: Readonly<Record<string, Difference>>;
  readonly correlation: string;
}

export function changeTable({ connection }: OpenDatabase) {
  const rows = createBulk(connection, {
    table: 'change',
    shared: ['system', 'entity', 'entity_version', 'at'],
    each: ['external_id', 'correlation', 'before', 'after'],
  });

  return {
    /** @param stateJson canonical JSON of `after`, where there is one */
    insert(change: Change, stateJson: string | undefined, at: string): void {
      const { system, entity, id, correlation, before, after } = change;
      const fields = Object.keys(change.differences);
      const json = (state: State | null) => (state === null ? null : JSON.stringify(state, fields));
      // Of an object that was not there every field differs.
      const afterJson = before === null && stateJson !== undefined ? stateJson : json(after);
      rows.add([system, entity, storedVersion(entity), at], [id, correlation, json(before), afterJson]);
    },
  };
}
