import type { State } from '../entities/field.ts';
import { isWord, lookedUpAs, type MatchKey, neighbourhoods, weightOf } from '../matching/key.ts';
import { likelyFrom, scoreOf } from '../matching/score.ts';
import type { linkTable } from './link.ts';
import type { matchKeyTable } from './match-key.ts';
import type { Candidate, proposalTable } from './proposal.ts';
import type { recordTable, SystemObject } from './record.ts';

/** Whether an object of another system can become the counterpart of an object. */
export type Standing =
  /** Neither has a counterpart in the other's system. */
  | { readonly kind: 'free' }
  /** It belongs to another object of the system that the object is in, if `by` is known. */
  | { readonly kind: 'taken'; readonly by: string | undefined }
  /** A person said that they are not the same. */
  | { readonly kind: 'rejected' };

/** An object of the target that the store knows by an exact key. */
export interface KnownCounterpart {
  readonly id: string;
  /** State by which it is known: its own, or that of the same business object in a third system. */
  readonly state: State;
  /** True when it is its own. */
  readonly direct: boolean;
}

interface Tables {
  readonly links: ReturnType<typeof linkTable>;
  readonly matchKeys: ReturnType<typeof matchKeyTable>;
  readonly proposals: ReturnType<typeof proposalTable>;
  readonly records: ReturnType<typeof recordTable>;
}

/** A person who is shown more than these looks at none. */
const mostCandidates = 5;
/** Records that are compared for one object; its neighbours are rarely more than a few. */
const mostCompared = 500;
/** A word that so many share tells nothing; then only those that share two words are compared. */
const commonFrom = 300;

/** Finds out which records of one system may be an object of another. Reads only. */
export function createCounterparts({ links, matchKeys, proposals, records }: Tables) {
  function standing(object: SystemObject, candidate: SystemObject): Standing {
    if (proposals.isRejected(object, candidate)) return { kind: 'rejected' };
    if (links.canLink(object, candidate)) return { kind: 'free' };
    return { kind: 'taken', by: links.idIn(candidate, object.system) };
  }

  return {
    standing,

    /** Objects of `target` with the key, also those known by it in a third system only. */
    known(object: SystemObject, target: string, key: MatchKey): KnownCounterpart[] {
      const found = new Map<string, KnownCounterpart>();
      for (const other of matchKeys.having(object.entity, key)) {
        if (other.system === object.system) continue;
        const direct = other.system === target;
        const id = direct ? other.id : links.idIn(other, target);
        const record = id === undefined ? undefined : records.get(other);
        if (id === undefined || record === undefined || record.gone) continue;
        if (direct || !found.has(id)) found.set(id, { id, state: record.state, direct });
      }
      return [...found.values()];
    },

    /** Records of `target` that are likely the same as the object, and could be linked to it; the likeliest first. */
    likely(object: SystemObject, state: State, target: string): Candidate[] {
      const { entity } = object;
      const shared = new Map<string, number>();
      for (const key of neighbourhoods(entity, state)) {
        const limit = isWord(key) ? commonFrom : mostCompared;
        const found = lookedUpAs(key).flatMap((as) => matchKeys.havingIn(target, entity, as, limit));
        if (isWord(key) && found.length >= commonFrom) continue;
        for (const id of new Set(found)) shared.set(id, (shared.get(id) ?? 0) + weightOf(key));
      }
      // There may be more than are compared: those that share most come first.
      const ids = [...shared].sort(([, left], [, right]) => right - left).map(([id]) => id);
      const candidates: Candidate[] = [];
      let compared = 0;
      for (const id of ids) {
        const other: SystemObject = { system: target, entity, id };
        if (standing(object, other).kind !== 'free') continue;
        const record = records.get(other);
        if (record === undefined || record.gone) continue;
        if (++compared > mostCompared) break;
        const { score, evidence } = scoreOf(entity, state, record.state);
        if (score >= likelyFrom) candidates.push({ object: other, score, evidence });
      }
      return candidates.sort((left, right) => right.score - left.score).slice(0, mostCandidates);
    },
  };
}
