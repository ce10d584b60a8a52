import { lanes } from '../rules/rule.ts';
import type { NewEvent } from '../store/event.ts';
import type { SystemObject } from '../store/record.ts';

/**
 * Has an object read.
 *
 * @param id the same id is worked off once
 * @param at UTC ISO
 */
export const reading = (
  id: string,
  { system, entity, id: objectId }: SystemObject,
  correlation: string,
  at: string,
): NewEvent => ({
  id,
  system,
  type: entity,
  objectId,
  operation: 'write',
  fields: [],
  correlation,
  occurredAt: at,
  echo: false,
  lane: lanes.indexOf('operations'),
});
