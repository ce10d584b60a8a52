import type { State } from '../entities/field.ts';

/** The text of a field; `undefined` where it is unknown, empty or no text. */
export function textOf(state: State, field: string): string | undefined {
  const value = state[field];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
