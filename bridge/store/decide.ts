import type { MatchKey } from '../matching/key.ts';
import type { ClaimedDelivery } from './delivery.ts';
import { sourceObject } from './delivery.ts';
import type { deliveryTable } from './delivery-table.ts';
import { LinkConflictError, type linkTable, type Member } from './link.ts';
import type { matchKeyTable } from './match-key.ts';
import type { needTable } from './need.ts';
import { type Candidate, type Proposal, type proposalTable, sidesOf } from './proposal.ts';
import type { recordTable, SystemObject } from './record.ts';
import { type Bring, createReunite } from './reunite.ts';

/** What a person says about a proposal. */
export interface Decision {
  readonly accept: boolean;
  /** Who decides, as logs and traces show it. */
  readonly by: string;
  readonly reason?: string;
}

export type Decided =
  /** `woken`: targets of deliveries that waited for this. */
  | { readonly ok: true; readonly proposal: Proposal; readonly woken: readonly string[] }
  | { readonly ok: false; readonly error: 'not_found' | 'conflict'; readonly message: string };

/** A delivery that found no counterpart for sure, but candidates. */
interface Proposing {
  readonly delivery: ClaimedDelivery;
  readonly candidates: readonly Candidate[];
  readonly cause: string;
}

interface Tables {
  readonly deliveries: ReturnType<typeof deliveryTable>;
  readonly links: ReturnType<typeof linkTable>;
  readonly matchKeys: ReturnType<typeof matchKeyTable>;
  readonly needs: ReturnType<typeof needTable>;
  readonly proposals: ReturnType<typeof proposalTable>;
  readonly records: ReturnType<typeof recordTable>;
}

/**
 * Keeps proposals and what waits for them in step with everything else that happens. Every function runs inside a
 * transaction; those that wake deliveries answer their targets.
 */
export function createDecide(tables: Tables) {
  const reunite = createReunite(tables);
  const { deliveries, links, matchKeys, needs, proposals, records } = tables;

  /** Goes on when nothing is left for a person to decide. */
  function wakeIfFree(object: SystemObject, target: string, nowMs: number): string[] {
    const isFree = proposals.openOf(object, target).length === 0;
    return isFree && proposals.wake(object, target, nowMs) ? [target] : [];
  }

  function giveUp(list: readonly Proposal[], nowMs: number, at: string): string[] {
    for (const { id } of list) proposals.close(id, 'obsolete', { at });
    return list.flatMap((proposal) => {
      const { source, target } = sidesOf(proposal);
      return [...wakeIfFree(source, target.system, nowMs), ...wakeIfFree(target, source.system, nowMs)];
    });
  }

  function accept(proposal: Proposal, decision: Decision, bring: Bring, nowMs: number, at: string): Decided {
    const { source, target } = sidesOf(proposal);
    // One that the target was asked for may not have been read yet.
    const gone = [source, target].find((object) => records.get(object)?.gone === true);
    if (gone !== undefined) return conflict(`${nameOf(gone)} is gone, so there is nothing to link.`);
    let members: readonly Member[];
    try {
      members = links.link(source, target, at);
    } catch (error) {
      if (!(error instanceof LinkConflictError)) throw error;
      return conflict(takenText(proposal, links.idIn(target, source.system)));
    }
    proposals.close(proposal.id, 'accepted', { at, by: decision.by, reason: decision.reason });
    const woken = [
      ...needs.satisfyAmong(members, nowMs),
      ...reunite(members, bring, { correlation: `match:${proposal.id}` }, nowMs, at),
      ...linked(source, target, nowMs, at),
      ...wakeIfFree(source, target.system, nowMs),
      ...wakeIfFree(target, source.system, nowMs),
    ];
    return { ok: true, proposal: proposals.get(proposal.id) as Proposal, woken };
  }

  /** Two objects are one now: nothing else is proposed for either of them in the other's system. */
  function linked(left: SystemObject, right: SystemObject, nowMs: number, at: string): string[] {
    return [
      ...giveUp(proposals.openOf(left, right.system), nowMs, at),
      ...giveUp(proposals.openOf(right, left.system), nowMs, at),
    ];
  }

  return {
    linked,

    /** A delivery waits until a person has decided about the candidates. */
    propose({ delivery, candidates, cause }: Proposing, nowMs: number, at: string): string[] {
      const source = sourceObject(delivery);
      const { uncertain } = delivery;
      const newer = deliveries.openOne(delivery);
      if (newer !== undefined) {
        deliveries.move(delivery, 'superseded', { at, uncertain, cause });
        if (uncertain) deliveries.carryDoubt(newer, nowMs);
        return [];
      }
      const wanted = candidates.filter(
        ({ object, takenBy }) =>
          records.get(object)?.gone !== true &&
          (takenBy !== undefined || links.canLink(source, object)) &&
          !proposals.isRejected(source, object),
      );
      for (const candidate of wanted) proposals.put(source, candidate, at);
      const names = new Set(wanted.map(({ object }) => object.id));
      const others = proposals
        .openOf(source, delivery.target)
        .filter((proposal) => !names.has(otherSide(proposal, source).id));
      const woken = giveUp(others, nowMs, at);
      if (wanted.length > 0 && links.idIn(source, delivery.target) === undefined)
        deliveries.move(delivery, 'waiting', {
          at,
          uncertain,
          countTry: false,
          error: 'proposed',
          cause,
        });
      // It was decided, or linked, while this try was under way.
      else deliveries.move(delivery, 'pending', { at, dueMs: nowMs, uncertain, countTry: false });
      return woken;
    },

    /** A delivery of the object ended without waiting for a decision: what was proposed for it is over. */
    ended(object: SystemObject, target: string, nowMs: number, at: string): string[] {
      return giveUp(proposals.openOf(object, target), nowMs, at);
    },

    /**
     * A record became different: what is proposed for it is looked at again, and so is what waits for a decision and
     * has the same exact key now.
     */
    changed(object: SystemObject, gone: boolean, newKeys: readonly MatchKey[], nowMs: number, at: string) {
      const touched = proposals.openOf(object);
      if (gone) giveUp(touched, nowMs, at);
      else {
        for (const proposal of touched) {
          const { source, target } = sidesOf(proposal);
          proposals.wake(source, target.system, nowMs);
          proposals.wake(target, source.system, nowMs);
        }
      }
      if (!proposals.anyOpen()) return;
      for (const key of newKeys)
        for (const other of matchKeys.having(object.entity, key))
          if (other.system !== object.system) proposals.wake(other, object.system, nowMs);
    },

    decide(id: string, decision: Decision, bring: Bring, nowMs: number, at: string): Decided {
      const proposal = proposals.get(id);
      if (proposal === undefined)
        return { ok: false, error: 'not_found', message: `There is no proposal ${id}.` };
      if (proposal.state !== 'open') {
        const by = proposal.decidedBy === null ? '' : ` by ${proposal.decidedBy}`;
        return conflict(`This was ${stateWords[proposal.state]}${by} already, at ${proposal.decidedAt}.`);
      }
      if (decision.accept) return accept(proposal, decision, bring, nowMs, at);
      proposals.close(id, 'rejected', { at, by: decision.by, reason: decision.reason });
      const { source, target } = sidesOf(proposal);
      const woken = [
        ...wakeIfFree(source, target.system, nowMs),
        ...wakeIfFree(target, source.system, nowMs),
      ];
      return { ok: true, proposal: proposals.get(id) as Proposal, woken };
    },
  };
}

const stateWords = { accepted: 'accepted', rejected: 'rejected', obsolete: 'found obsolete' } as const;

const conflict = (message: string): Decided => ({ ok: false, error: 'conflict', message });

const nameOf = ({ system, entity, id }: SystemObject): string => `${entity} ${id} of ${system}`;

function otherSide(proposal: Proposal, object: SystemObject): SystemObject {
  const { source, target } = sidesOf(proposal);
  return source.system === object.system && source.id === object.id ? target : source;
}

function takenText(
  { entity, source, sourceId, target, targetId }: Proposal,
  other: string | undefined,
): string {
  return other === undefined
    ? `${entity} ${sourceId} of ${source} is linked to another ${entity} of ${target} already.`
    : `${entity} ${targetId} of ${target} is linked to ${entity} ${other} of ${source} already. If that and ${sourceId} are the same, merge them in ${source}; if not, reject this.`;
}
