import { type EntityName, entityOf } from '../entities/catalogue.ts';
import type { State, Value } from '../entities/field.ts';
import { type Difference, differences } from '../entities/state.ts';
import { upgradeState } from '../entities/version.ts';

/** Version that states of an entity are stored in now. */
export const storedVersion = (entity: EntityName): number => entityOf(entity).version;

/** The stored JSON of a state as the entity has it now, whichever version it was stored in. */
export const readStored = (entity: EntityName, version: number, json: string): State =>
  upgradeState(entityOf(entity), version, JSON.parse(json));

/**
 * The stored JSON of differences, as they are between states of the entity as it is now. Of an old version only the fields
 * that differed are known, so a field that is now made of several may be missing here.
 */
export function readDifferences(
  entity: EntityName,
  version: number,
  json: string,
): Record<string, Difference> {
  const stored: Record<string, Difference> = JSON.parse(json);
  if (version === storedVersion(entity)) return stored;
  const side = (name: 'before' | 'after'): State =>
    Object.fromEntries(
      Object.entries(stored)
        .map(([field, difference]) => [field, difference[name]] as const)
        .filter((entry): entry is [string, Value] => entry[1] !== undefined),
    );
  const upgrade = (state: State) => upgradeState(entityOf(entity), version, state);
  return differences(upgrade(side('before')), upgrade(side('after')));
}
