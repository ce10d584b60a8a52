import type { Snapshot } from '../system.ts';
import type { HarvestApi } from './api.ts';
import { inPath } from './objects.ts';
import type { Item, Source } from './sources.ts';

/** Objects are read one by one: more of them at a time would use up the account's requests. */
export const readLimit = 25;

/** Reads objects by id. */
export async function read(
  api: HarvestApi,
  source: Source,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Snapshot[]> {
  const { entity } = source;
  const distinct = [...new Set(ids)];
  if (distinct.length === 0) return [];
  const items = source.single
    ? await readSingly(api, source, distinct, signal)
    : await api.all<Item>(source.list, {}, signal);
  const wanted = new Set(distinct);
  const found = items.filter(({ id }) => wanted.has(String(id)));
  const states = await source.states(found, signal);
  const byId = new Map(found.map(({ id }, index) => [String(id), states[index]]));
  return distinct.map((id) => ({ entity, id, state: byId.get(id) ?? null }));
}

async function readSingly(
  api: HarvestApi,
  { list: { path } }: Source,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Item[]> {
  const items = await Promise.all(
    ids.map((id) => api.getIfThere<Item>(`${path}/${inPath(id)}`, `read ${path.slice(1)} ${id}`, signal)),
  );
  return items.filter((item) => item !== undefined);
}
