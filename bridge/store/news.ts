import type { State } from '../entities/field.ts';
import { canonicalJson, fingerprint } from '../entities/state.ts';
import type { eventTable, NewEvent } from './event.ts';
import type { linkTable } from './link.ts';
import type { recordTable, SystemObject } from './record.ts';

interface Tables {
  readonly events: ReturnType<typeof eventTable>;
  readonly links: ReturnType<typeof linkTable>;
  readonly records: ReturnType<typeof recordTable>;
}

/**
 * Finds out what of a page is worth an event: whoever reads everything repeats what is known, and only what differs from
 * the record matters.
 *
 * @returns the event, as a creation where the object is new in a system that had been read `complete`; else nothing
 */
export function createNews({ events, links, records }: Tables) {
  return function newsOf(event: NewEvent, complete: boolean): NewEvent | undefined {
    if (event.state === undefined) return event;
    const open = events.openState(event.system, event.type, event.objectId);
    if (open !== undefined) return sameState(open, event.state) ? undefined : event;
    const known = records.get({
      system: event.system,
      entity: event.type,
      id: event.objectId,
    } as SystemObject);
    if (event.state === null) return known !== undefined && !known.gone ? event : undefined;
    if (known === undefined) return complete ? { ...event, operation: 'create' } : event;
    const isNew = known.gone || known.fingerprint !== fingerprint(canonicalJson(event.state));
    // Where somebody changed what another system owns, whoever reads the same again has to look once more; also where the
    // bridge wrote something since that should be there.
    return isNew || links.drift(known) !== undefined || links.writtenSince(known, known.readAt)
      ? event
      : undefined;
  };
}

function sameState(left: State | null, right: State | null): boolean {
  if (left === null || right === null) return left === right;
  return canonicalJson(left) === canonicalJson(right);
}
