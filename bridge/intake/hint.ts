import type { NewEvent } from '../store/event.ts';
import type { Hint } from '../systems/system.ts';

/**
 * The event that a hint stands for; the correlation is the transaction that made the change, where it is known.
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
    correlation: hint.transaction === undefined ? hint.id : `${system}:${hint.transaction}`,
    occurredAt: hint.occurredAt,
    echo: hint.echo,
    lane,
  };
}
