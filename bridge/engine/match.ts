import type { EntityName } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import type { Store } from '../store/store.ts';
import type { Connector } from '../systems/system.ts';

export interface Search {
  readonly entity: EntityName;
  /** Fields to compare, the most telling first. */
  readonly by: readonly string[];
  readonly state: State;
}

export type Match =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly id: string }
  | { readonly kind: 'several'; readonly field: string; readonly ids: readonly string[] };

/**
 * Looks in the target for objects that are already there: the first field with a hit decides. Objects that are linked
 * to something else already do not count.
 */
export async function findCounterparts(
  { connector, store, signal }: { connector: Connector; store: Store; signal: AbortSignal },
  searches: readonly Search[],
): Promise<Match[]> {
  const matches: Match[] = searches.map(() => ({ kind: 'none' }));
  const open = new Set(searches.keys());
  const rounds = Math.max(0, ...searches.map((search) => search.by.length));
  for (let round = 0; round < rounds && open.size > 0; round++) {
    const groups = Map.groupBy(open, (index) => `${searches[index]?.entity}.${searches[index]?.by[round]}`);
    for (const indexes of groups.values()) {
      const { entity, by } = searches[indexes[0] as number] as Search;
      const field = by[round];
      if (field === undefined || !connector.entities[entity]?.find?.includes(field)) continue;
      const asked = indexes.filter((index) => isKey(searches[index]?.state[field]));
      if (asked.length === 0) continue;
      const values = asked.map((index) => searches[index]?.state[field] as string);
      const found = await connector.find(entity, field, values, signal);
      for (const [position, index] of asked.entries()) {
        const ids = await withoutLinked(store, connector.system, entity, found[position] ?? []);
        if (ids.length === 0) continue;
        matches[index] =
          ids.length === 1 ? { kind: 'one', id: ids[0] as string } : { kind: 'several', field, ids };
        open.delete(index);
      }
    }
  }
  return oneEach(matches);
}

const isKey = (value: unknown): boolean => typeof value === 'string' && value !== '';

async function withoutLinked(store: Store, system: string, entity: EntityName, ids: readonly string[]) {
  const linked = await store.linked(ids.map((id) => ({ system, entity, id })));
  return ids.filter((_, index) => linked[index] === false);
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
