import type { NewEvent } from '../store/event.ts';
import type { Hint } from '../systems/system.ts';

/** What everything that follows from a hint is known by: the transaction that made the change, where there is one. */
export const correlationOf = (hint: Hint, system: string): string =>
  hint.transaction === undefined ? hint.id : `${system}:${hint.transaction}`;

/**
 * The event that a hint stands for.
 *
 * @param lane how urgent it is
 */
export function eventOfHint(hint: Hint, system: string, lane: number): NewEvent {
  return {
    id: hint.id,
    system,
    type: hint.type,
    objectId: hint.objectId,
    operation: hint.operation,
    fields: hint.fields,
    ...(hint.author === undefined ? {} : { author: hint.author }),
    ...(hint.company === undefined ? {} : { company: hint.company }),
    correlation: correlationOf(hint, system),
    occurredAt: hint.occurredAt,
    echo: hint.echo,
    lane,
  };
}
