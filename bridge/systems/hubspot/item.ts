import type { SystemError } from '../error.ts';
import { valueProblem } from '../extension.ts';
import { failed, failedBy } from '../failed.ts';
import type { WriteChange, WriteFailed } from '../system.ts';
import type { BatchError } from './api.ts';
import { kindOf, readable } from './explain.ts';
import { type EntityMapping, toProperty } from './mapping.ts';
import { referenceProperty } from './properties.ts';

/** One change on its way: `index` is its place in the results. */
export interface Item {
  readonly index: number;
  readonly change: WriteChange;
  /** What HubSpot is sent; stage and pipeline are added later. */
  readonly properties: Record<string, string>;
}

export function itemOf(mapping: EntityMapping, change: WriteChange, index: number): Item | WriteFailed {
  const properties: Record<string, string> = { [referenceProperty]: change.reference };
  for (const [name, value] of Object.entries(change.fields)) {
    const field = mapping.fields[name];
    if (field !== undefined && field.readOnly !== true) {
      const problem = field.extension && valueProblem(field.extension, value);
      if (problem !== undefined) return failed('invalid', problem);
      properties[field.property] = toProperty(field.kind, value);
    } else if (!mapping.writable.includes(name))
      return failed('invalid', `HubSpot's ${mapping.type} have no place for the field "${name}".`);
  }
  return { index, change, properties };
}

/**
 * The failure of a whole call, as the result of an item that it left undone. An expired token or a missing scope is no
 * fault of the item: it waits, and the next call then fails as a whole.
 */
export const leftUndone = (error: SystemError): WriteFailed =>
  error.kind === 'denied' ? { ...failedBy(error), error: 'unavailable' } : failedBy(error);

/** What HubSpot said of a single input of a batch. */
export function itemFailed(error: BatchError | undefined): WriteFailed {
  if (error === undefined)
    return {
      ...failed('unavailable', 'HubSpot answered without saying what became of this object.'),
      mayBeDone: true,
    };
  const kind = kindOf(error.category, error.message);
  return failed(kind, `HubSpot answered: ${readable(error.message)}`);
}
