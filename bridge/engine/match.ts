import type { State } from '../entities/field.ts';
import type { SystemObject } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { SystemError } from '../systems/error.ts';
import type { Connector } from '../systems/system.ts';
import { blamesItem } from './failure.ts';

export interface Search {
  /** The object that a counterpart is looked for. */
  readonly object: SystemObject;
  /** Fields to compare, the most telling first. */
  readonly by: readonly string[];
  readonly state: State;
}

export type Match =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly id: string }
  | { readonly kind: 'several'; readonly field: string; readonly ids: readonly string[] }
  /** The target does not take the value that was looked for. */
  | { readonly kind: 'refused'; readonly error: SystemError };

interface Means {
  readonly connector: Connector;
  readonly store: Store;
  readonly signal: AbortSignal;
}

/**
 * Looks in the target for objects that are already there: the first field with a hit decides. Objects that have a
 * counterpart in the source already do not count.
 *
 * @throws SystemError when the target cannot be asked
 */
export async function findCounterparts(means: Means, searches: readonly Search[]): Promise<Match[]> {
  const { connector, store } = means;
  const matches: Match[] = searches.map(() => ({ kind: 'none' }));
  const open = new Set(searches.keys());
  const rounds = Math.max(0, ...searches.map((search) => search.by.length));
  for (let round = 0; round < rounds && open.size > 0; round++) {
    const groups = Map.groupBy(
      open,
      (index) => `${searches[index]?.object.entity}.${searches[index]?.by[round]}`,
    );
    for (const indexes of groups.values()) {
      const { object, by } = searches[indexes[0] as number] as Search;
      const field = by[round];
      if (field === undefined || !connector.entities[object.entity]?.find?.includes(field)) continue;
      const asked = indexes.filter((index) => isKey(searches[index]?.state[field]));
      if (asked.length === 0) continue;
      const values = asked.map((index) => searches[index]?.state[field] as string);
      const found = await find(means, object.entity, field, values);
      for (const [position, index] of asked.entries()) {
        const hits = found[position] ?? [];
        const match =
          hits instanceof SystemError
            ? ({ kind: 'refused', error: hits } as const)
            : matchOf(field, await withoutLinked(store, searches[index] as Search, connector.system, hits));
        if (match.kind === 'none') continue;
        matches[index] = match;
        open.delete(index);
      }
    }
  }
  return oneEach(matches);
}

const isKey = (value: unknown): boolean => typeof value === 'string' && value !== '';

function matchOf(field: string, ids: readonly string[]): Match {
  const [id, ...others] = ids;
  if (id === undefined) return { kind: 'none' };
  return others.length === 0 ? { kind: 'one', id } : { kind: 'several', field, ids };
}

/** Hits per value; a value that is refused must not keep the others from being found. */
async function find(
  means: Pick<Means, 'connector' | 'signal'>,
  entity: SystemObject['entity'],
  field: string,
  values: readonly string[],
): Promise<(readonly string[] | SystemError)[]> {
  try {
    return await means.connector.find(entity, field, values, means.signal);
  } catch (error) {
    if (!(error instanceof SystemError) || !blamesItem(error)) throw error;
    if (values.length === 1) return [error];
    const found: (readonly string[] | SystemError)[] = [];
    for (const value of values) found.push(...(await find(means, entity, field, [value])));
    return found;
  }
}

async function withoutLinked(store: Store, { object }: Search, system: string, ids: readonly string[]) {
  if (ids.length === 0) return ids;
  const candidates = ids.map((id) => ({ system, entity: object.entity, id }));
  const linkable = await store.linkable(object, candidates);
  return ids.filter((_, index) => linkable[index]);
}

/** Two searches of one batch that hit the same object: the first takes it, the others find nothing. */
function oneEach(matches: readonly Match[]): Match[] {
  const taken = new Set<string>();
  return matches.map((match) => {
    if (match.kind !== 'one') return match;
    if (taken.has(match.id)) return { kind: 'none' };
    taken.add(match.id);
    return match;
  });
}
