import type { WriteDone } from '../system.ts';

export const done = (id: number | string, result: WriteDone['result']): WriteDone => ({
  ok: true,
  id: String(id),
  result,
});

/** Fields of `wanted` that differ from those of `current`; `undefined` when none does. */
export function changed<Fields extends object>(current: object, wanted: Fields): Partial<Fields> | undefined {
  const before = current as Readonly<Record<string, unknown>>;
  const entries = Object.entries(wanted).filter(
    ([name, value]) => value !== undefined && (before[name] ?? null) !== value,
  );
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Partial<Fields>);
}

/** Only the fields that have a value. */
export const present = <Fields extends object>(fields: Fields): Partial<Fields> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;
