import { type EntityName, entityOf } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { upgradeState } from '../entities/version.ts';

/** Version that states of an entity are stored in now. */
export const storedVersion = (entity: EntityName): number => entityOf(entity).version;

/** The stored JSON of a state as the entity has it now, whichever version it was stored in. */
export const readStored = (entity: EntityName, version: number, json: string): State =>
  upgradeState(entityOf(entity), version, JSON.parse(json));
