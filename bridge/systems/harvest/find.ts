import type { HarvestApi } from './api.ts';
import type { Item, Source } from './sources.ts';

/** Ids of the objects whose field equals each value. Harvest has no search: the whole list is read. */
export async function find(
  api: HarvestApi,
  source: Source,
  field: string,
  values: readonly string[],
  signal: AbortSignal,
): Promise<string[][]> {
  if (!source.findable.includes(field))
    throw new TypeError(`Harvest cannot find ${source.entity} by ${field}`);
  const items = await api.all<Item>(source.list, {}, signal);
  const states = await source.states(items, signal);
  const found = new Map<string, string[]>(values.map((value) => [value, []]));
  for (const [index, { id }] of items.entries()) {
    const value = states[index]?.[field];
    if (typeof value === 'string') found.get(value)?.push(String(id));
  }
  return values.map((value) => found.get(value) ?? []);
}
