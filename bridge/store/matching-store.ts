import type { KeyPlan, MatchKey } from '../matching/key.ts';
import { createCounterparts, type KnownCounterpart, type Standing } from './counterpart.ts';
import type { createDecide, Decided, Decision } from './decide.ts';
import type { linkTable } from './link.ts';
import type { matchKeyTable } from './match-key.ts';
import type { Candidate, Proposal, proposalTable } from './proposal.ts';
import type { createReader } from './reader.ts';
import type { recordTable, StoredRecord, SystemObject } from './record.ts';
import { type Bring, bringNothing } from './reunite.ts';
import type { Writer } from './writer.ts';

/** Which objects of two systems are the same, or may be. */
export interface MatchingStore {
  /**
   * From now on keeps the match keys that the plan asks for with every record. Makes those of the records so far when the
   * plan is another one than before, which takes seconds for every hundred thousand.
   */
  keepMatchKeys(plan: KeyPlan): Promise<void>;
  /** Whether each candidate can become the counterpart of the object. */
  standings(object: SystemObject, candidates: readonly SystemObject[]): Promise<Standing[]>;
  /** Objects of `target` that are known by each exact key. */
  knownBy(object: SystemObject, target: string, keys: readonly MatchKey[]): Promise<KnownCounterpart[][]>;
  /** Known objects of `target` that are likely the same as each object, the likeliest first. */
  likely(target: string, records: readonly StoredRecord[]): Promise<Candidate[][]>;
  /** Proposals that are open, the oldest first. */
  openProposals(): Promise<Proposal[]>;
  /** A person decides about a proposal. */
  decide(id: string, decision: Decision, bring?: Bring): Promise<Decided>;
}

interface Means {
  readonly links: ReturnType<typeof linkTable>;
  readonly matchKeys: ReturnType<typeof matchKeyTable>;
  readonly proposals: ReturnType<typeof proposalTable>;
  readonly records: ReturnType<typeof recordTable>;
  readonly decide: ReturnType<typeof createDecide>;
  readonly writer: Writer;
  readonly read: ReturnType<typeof createReader>;
  readonly now: () => number;
}

export function createMatchingStore(means: Means): MatchingStore {
  const { links, matchKeys, proposals, records, decide, writer, read, now } = means;
  const counterparts = createCounterparts({ links, matchKeys, proposals, records });

  return {
    async keepMatchKeys(plan) {
      if (matchKeys.use(plan)) return;
      let last = await writer.write(() => matchKeys.rebuildAfter(undefined));
      while (last !== undefined) {
        const from = last;
        last = await writer.write(() => matchKeys.rebuildAfter(from));
      }
    },
    standings: async (object, candidates) =>
      read(() => candidates.map((candidate) => counterparts.standing(object, candidate))),
    knownBy: async (object, target, keys) =>
      read(() => keys.map((key) => counterparts.known(object, target, key))),
    likely: async (target, list) =>
      read(() => list.map((record) => counterparts.likely(record, record.state, target))),
    openProposals: async () => proposals.open(),
    decide: (id, decision, bring = bringNothing) =>
      writer.write(() => {
        const nowMs = now();
        return decide.decide(id, decision, bring, nowMs, new Date(nowMs).toISOString());
      }),
  };
}
