import type { EntityName } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { exactKey } from '../matching/key.ts';
import { matchKindOf, spellingsOf } from '../matching/normalise.ts';
import type { KnownCounterpart } from '../store/counterpart.ts';
import type { Candidate } from '../store/proposal.ts';
import type { SystemObject } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { SystemError } from '../systems/error.ts';
import type { Connector } from '../systems/system.ts';
import { blamesItem } from './failure.ts';
import { contradicted, isShared } from './match-doubt.ts';

export interface Search {
  /** The object that a counterpart is looked for. */
  readonly object: SystemObject;
  /** Fields to compare, the most telling first. */
  readonly by: readonly string[];
  /** The values to look for. */
  readonly state: State;
}

export type Match =
  | None
  | { readonly kind: 'one'; readonly id: string }
  | { readonly kind: 'several'; readonly field: string; readonly ids: readonly string[] }
  /** The target does not take the value that was looked for. */
  | { readonly kind: 'refused'; readonly error: SystemError }
  /** Another object of the same batch has the same counterpart: look again when that is settled. */
  | { readonly kind: 'later' };

interface None {
  readonly kind: 'none';
  /** What the store knows by a key, and what is not so any more, or only a person may link. */
  readonly dismissed: ReadonlySet<string>;
  readonly taken?: Taken;
  /** The same by a key that others may share, and contradicted by what else is known. */
  readonly doubtful?: readonly Candidate[];
}

/** The same by an exact key, but linked to another object of the system that the searched one is in. */
export interface Taken {
  readonly field: string;
  readonly id: string;
  readonly by: string;
  readonly value: string;
  readonly otherValue: string;
}

interface Means {
  readonly connector: Connector;
  readonly store: Store;
  readonly signal: AbortSignal;
}

interface Asked {
  readonly index: number;
  readonly search: Search;
  readonly value: string;
  readonly key: string;
}

/**
 * Looks for objects that are already in the target, in the target itself and in what the store knows of it: the first
 * field with a hit decides, unless it is one that others may share and the rest contradicts it. Objects that have a counterpart in the source already do not count, nor do those of which
 * a person said that they are others.
 *
 * @throws SystemError when the target cannot be asked
 */
export async function findCounterparts(means: Means, searches: readonly Search[]): Promise<Match[]> {
  const matches: Match[] = searches.map(() => ({ kind: 'none', dismissed: new Set() }));
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
      if (field === undefined) continue;
      const asked = indexes.flatMap((index) => ask(index, searches[index] as Search, field) ?? []);
      if (asked.length === 0) continue;
      const found = await findBy(means, object.entity, field, asked);
      for (const [position, { index }] of asked.entries()) {
        const match = merge(matches[index] as Match, found[position] as Match);
        matches[index] = match;
        if (match.kind !== 'none') open.delete(index);
      }
    }
  }
  return oneEach(matches);
}

function ask(index: number, search: Search, field: string): Asked | undefined {
  const value = search.state[field];
  const key = exactKey(search.object.entity, field, search.state);
  return typeof value === 'string' && key !== undefined ? { index, search, value, key } : undefined;
}

function merge(before: Match, now: Match): Match {
  if (now.kind !== 'none' || before.kind !== 'none') return now;
  const taken = before.taken ?? now.taken;
  const dismissed = new Set([...before.dismissed, ...now.dismissed]);
  const doubtful = [...(before.doubtful ?? []), ...(now.doubtful ?? [])];
  return {
    kind: 'none',
    dismissed,
    ...(taken === undefined ? {} : { taken }),
    ...(doubtful.length === 0 ? {} : { doubtful }),
  };
}

/** One match per value that is looked for. */
async function findBy(means: Means, entity: EntityName, field: string, asked: readonly Asked[]) {
  const { connector, store } = means;
  const canFind = connector.entities[entity]?.find?.includes(field) === true;
  const hits = canFind ? await findSpellings(means, entity, field, asked) : asked.map(() => []);
  const known = await Promise.all(
    asked.map(async ({ search, key }) => {
      const [found = []] = await store.knownBy(search.object, connector.system, [{ field, value: key }]);
      return found;
    }),
  );
  const unseen = await notSoAnyMore(means, entity, field, asked, hits, known);
  const matches: Match[] = [];
  for (const [position, item] of asked.entries()) {
    const here = hits[position] as readonly string[] | SystemError;
    const there = (known[position] as KnownCounterpart[]).filter(({ id }) => !unseen.has(id));
    matches.push(
      here instanceof SystemError && there.length === 0
        ? { kind: 'refused', error: here }
        : await matchOf(means, item, field, here instanceof SystemError ? [] : here, there, unseen),
    );
  }
  return isShared(entity, field) ? withDoubts(means, asked, known, matches) : matches;
}

/** Matches that are contradicted become candidates. */
async function withDoubts(
  { connector, store, signal }: Means,
  asked: readonly Asked[],
  known: readonly (readonly KnownCounterpart[])[],
  matches: readonly Match[],
): Promise<Match[]> {
  const hits = matches.flatMap((match, position) => {
    const { search } = asked[position] as Asked;
    if (match.kind !== 'one') return [];
    const object = { system: connector.system, entity: search.object.entity, id: match.id };
    const own = known[position]?.find(({ id, direct }) => direct && id === match.id);
    return [{ position, state: search.state, object, other: own?.state }];
  });
  const found = await contradicted(connector, hits, signal);
  const result = [...matches];
  for (const [index, { position }] of hits.entries()) {
    const candidate = found[index];
    if (candidate === undefined) continue;
    const dismissed = new Set([candidate.object.id]);
    // What counts as gone until it is read again cannot be proposed.
    const isGone = (await store.record(candidate.object))?.gone === true;
    result[position] = { kind: 'none', dismissed, ...(isGone ? {} : { doubtful: [candidate] }) };
  }
  return result;
}

async function matchOf(
  { store, connector }: Means,
  { search, value }: Asked,
  field: string,
  hits: readonly string[],
  known: readonly KnownCounterpart[],
  dismissed: ReadonlySet<string>,
): Promise<Match> {
  // What is spelled the same comes before what only means the same.
  const same = known.filter(({ state }) => state[field] === value).map(({ id }) => id);
  const alike = known.map(({ id }) => id);
  let taken: Taken | undefined;
  for (const ids of [new Set([...hits, ...same]), new Set(alike)]) {
    const candidates = [...ids].map((id) => ({
      system: connector.system,
      entity: search.object.entity,
      id,
    }));
    const standings = await store.standings(search.object, candidates);
    const free = candidates.filter((_, index) => standings[index]?.kind === 'free').map(({ id }) => id);
    const [id, ...others] = free;
    if (id !== undefined)
      return others.length === 0 ? { kind: 'one', id } : { kind: 'several', field, ids: free };
    for (const [index, standing] of standings.entries()) {
      const candidate = candidates[index] as SystemObject;
      if (standing.kind !== 'taken' || standing.by === undefined || taken !== undefined) continue;
      const other = known.find((counterpart) => counterpart.id === candidate.id)?.state[field];
      const otherValue = typeof other === 'string' ? other : value;
      taken = { field, id: candidate.id, by: standing.by, value, otherValue };
    }
  }
  return { kind: 'none', dismissed, ...(taken === undefined ? {} : { taken }) };
}

/** Ids of objects that have one of the spellings of each value. */
async function findSpellings(means: Means, entity: EntityName, field: string, asked: readonly Asked[]) {
  const kind = matchKindOf(entity, field);
  const spellings = asked.map(({ value, key }) => spellingsOf(kind, value, key));
  const found = await find(means, entity, field, spellings.flat());
  let position = 0;
  return spellings.map((list) => {
    const own = found.slice(position, position + list.length);
    position += list.length;
    const error = own.find((hits) => hits instanceof SystemError);
    return error instanceof SystemError ? error : [...new Set((own as string[][]).flat())];
  });
}

/** Hits per value; a value that is refused must not keep the others from being found. */
async function find(
  means: Pick<Means, 'connector' | 'signal'>,
  entity: EntityName,
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

/**
 * What only the store knows is read before anything is linked to it: it may be gone, or bear another value by now.
 * Answers the ids of those.
 */
async function notSoAnyMore(
  { connector, signal }: Means,
  entity: EntityName,
  field: string,
  asked: readonly Asked[],
  hits: readonly (readonly string[] | SystemError)[],
  known: readonly (readonly KnownCounterpart[])[],
): Promise<ReadonlySet<string>> {
  const wanted = new Map<string, { key: string; direct: boolean }>();
  for (const [position, { key }] of asked.entries()) {
    const seen = hits[position] as readonly string[] | SystemError;
    for (const { id, direct } of known[position] ?? [])
      if (seen instanceof SystemError || !seen.includes(id)) wanted.set(id, { key, direct });
  }
  const batch = connector.entities[entity]?.read?.batch;
  const wrong = new Set<string>();
  if (batch === undefined) return wrong;
  const ids = [...wanted.keys()];
  for (let start = 0; start < ids.length; start += batch) {
    for (const { id, state, hidden } of await connector.read(
      entity,
      ids.slice(start, start + batch),
      signal,
    )) {
      // It is there; the write will say what the bridge's user may not do with it.
      if (hidden) continue;
      const { key, direct } = wanted.get(id) ?? { key: '', direct: true };
      if (state === null || (direct && exactKey(entity, field, state) !== key)) wrong.add(id);
    }
  }
  return wrong;
}

/** Two searches of one batch that hit the same object: the first takes it, the others look again afterwards. */
function oneEach(matches: readonly Match[]): Match[] {
  const taken = new Set<string>();
  return matches.map((match) => {
    if (match.kind !== 'one') return match;
    if (taken.has(match.id)) return { kind: 'later' };
    taken.add(match.id);
    return match;
  });
}
