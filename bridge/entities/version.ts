import type { Entity } from './entity.ts';
import type { State } from './field.ts';

/**
 * A state of an earlier version as the entity has it now; one of the present version comes back as it is.
 *
 * @throws Error for a version that is not known here: a newer bridge has stored it
 */
export function upgradeState(entity: Entity, version: number, state: State): State {
  if (version === entity.version) return state;
  let upgraded = state;
  for (let number = version; number < entity.version; number++) {
    const earlier = entity.earlier[number];
    if (earlier === undefined) throw unknownVersion(entity, version);
    upgraded = earlier.upgrade(upgraded);
  }
  if (version > entity.version) throw unknownVersion(entity, version);
  return upgraded;
}

const unknownVersion = ({ name, version }: Entity, stored: number): Error =>
  new Error(
    `A ${name} is stored in version ${stored}, and this bridge knows versions 1 to ${version}: run the newer bridge again`,
  );
