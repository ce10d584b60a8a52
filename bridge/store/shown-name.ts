import type { EntityName } from '../entities/catalogue.ts';

/** By what people know an object, the best first. */
const naming: Readonly<Partial<Record<EntityName, readonly string[]>>> = {
  timesheet: ['day', 'notes'],
  expense: ['day', 'category', 'notes'],
};

/** What people call an object; `undefined` where it has no name or is not known. */
export function shownName(
  state: Readonly<Record<string, unknown>> | undefined,
  entity: EntityName,
): string | undefined {
  const values = (naming[entity] ?? ['number', 'name']).flatMap((field) => {
    const value = state?.[field];
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
  return values.length === 0 ? undefined : values.join(' ');
}
