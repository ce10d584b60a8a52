import { type EntityName, entityOf } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { type Difference, differences } from '../entities/state.ts';
import { upgradeState } from '../entities/version.ts';

/** Version that states of an entity are stored in now. */
export const storedVersion = (entity: EntityName): number => entityOf(entity).version;

/** The stored JSON of a state as the entity has it now, whichever version it was stored in. */
export const readStored = (entity: EntityName, version: number, json: string): State =>
  upgradeState(entityOf(entity), version, JSON.parse(json));

/** A stored change: JSON of the fields that differ, on both sides. */
interface StoredSides {
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * What a stored change differs in, as it is between states of the entity as it is now. Of an old version only the fields
 * that differed are known, so a field that is now made of several may be missing here.
 */
export function readDifferences(
  entity: EntityName,
  version: number,
  { before, after }: StoredSides,
): Record<string, Difference> {
  const read = (json: string | null) => (json === null ? null : readStored(entity, version, json));
  return differences(read(before), read(after));
}
