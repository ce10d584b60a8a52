import type { State } from '../entities/field.ts';
import type { SystemObject } from '../store/record.ts';

/** What looking at a step came to. */
export type Outcome =
  | { readonly kind: 'done' }
  | {
      /** `waiting`: it goes on by itself, and is stuck only when it is late. */
      readonly kind: 'waiting' | 'stuck';
      /** The object that it is about. */
      readonly at: SystemObject;
      /** What it waits for, or why it is stuck: a plain sentence. */
      readonly text: string;
      /** Number of the delivery that it is stuck by. */
      readonly delivery?: number;
      /** When it has to be looked at again at the latest: milliseconds since 1970. */
      readonly lookMs?: number;
    };

/** Something that a step asks for. */
export type Request =
  | { readonly kind: 'bring'; readonly object: SystemObject; readonly target: string }
  | {
      readonly kind: 'call';
      /** Where it was asked for before: the id it had then. */
      readonly again?: string;
      /** Calls with other objects that this takes the place of: their ids. */
      readonly instead: readonly string[];
      readonly step: string;
      readonly object: SystemObject;
      readonly action: string;
      readonly reference: string;
      readonly input: State;
      readonly dueMs: number;
    }
  | { readonly kind: 'read'; readonly object: SystemObject };

/** What a system refused may be right by now for a reason that nobody sees from here: then it is tried again. */
export const askAgainMs = 4 * 60 * 60_000;

/** The first that is stuck decides, then the first that waits. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  const stuck = outcomes.find(({ kind }) => kind === 'stuck');
  const waiting = outcomes.filter((outcome) => outcome.kind !== 'done');
  if (stuck !== undefined) return stuck;
  const [first] = waiting;
  if (first === undefined) return { kind: 'done' };
  const times = waiting.flatMap(({ lookMs }) => (lookMs === undefined ? [] : [lookMs]));
  return times.length === 0 ? first : { ...first, lookMs: Math.min(...times) };
}
