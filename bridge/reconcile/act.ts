import { policyOf } from '../engine/guard.ts';
import { createBring } from '../engine/route.ts';
import { lanes } from '../rules/rule.ts';
import type { NewException } from '../store/exception.ts';
import type { Deviation } from '../store/link.ts';
import type { Repair, SettledFinding } from '../store/reconciliation.ts';
import type { Finding } from '../store/reconciliation-finding.ts';
import type { Direction } from './direction.ts';
import { exceptionOf } from './exception.ts';
import { isDifference } from './judge.ts';
import { lookClosely, type Outcome } from './look.ts';
import { breathe, type Means } from './means.ts';
import { closeSolved, standsAlone } from './solved.ts';
import { correlationOf, type Track } from './track.ts';

const findingsPerRound = 100;

/** Does what the policy says about everything that was found. */
export async function act(
  track: Track,
  directions: readonly Direction[],
  means: Means,
  signal: AbortSignal,
): Promise<void> {
  const { store } = means;
  for (let after = Number(track.position.after ?? 0); ; ) {
    const findings = await store.findings(track.id, after, findingsPerRound);
    if (findings.length === 0) break;
    const settled: SettledFinding[] = [];
    const repairs: Repair[] = [];
    const raised: NewException[] = [];
    for (const finding of findings) {
      if (finding.action !== 'open') continue;
      const { action, cause, repair } = await decide(finding, track, directions, means);
      settled.push({ seq: finding.seq, action, ...(cause === undefined ? {} : { cause }) });
      if (repair !== undefined) repairs.push(repair);
      if (action === 'raised')
        raised.push(exceptionOf({ ...finding, ...(cause === undefined ? {} : { cause }) }, track));
      track.count(action);
    }
    after = findings.at(-1)?.seq as number;
    track.advance(findings.length);
    await track.save({ after }, { settled, repairs, raised });
    for (const target of new Set(repairs.map(({ delivery }) => delivery.target))) means.onRepairs(target);
    await breathe(signal);
  }
  await closeSolved(track, directions, means, signal);
}

interface Decision {
  readonly action: SettledFinding['action'];
  readonly cause?: string;
  readonly repair?: Repair;
}

async function decide(
  finding: Finding,
  track: Track,
  directions: readonly Direction[],
  means: Means,
): Promise<Decision> {
  const { policy } = track.scope;
  const { kind, object, other } = finding;
  if (policy === 'report') return { action: 'reported' };
  const direction = directions.find(({ source }) => source === object.system);
  const alone = other === undefined && kind === 'missing-here';
  // Somebody may have put it right meanwhile.
  if (kind === 'duplicate' || alone)
    return { action: (await standsAlone(object, track.scope, means.store)) ? 'raised' : 'solved' };
  if (direction === undefined) return { action: 'raised' };
  const pair = await means.store.pairOf(object, direction.target);
  const outcome = await lookClosely(direction, pair, means);
  if (!isDifference(outcome.judgement)) return { action: 'solved' };
  if (outcome.waiting) return { action: policy === 'repair' ? 'repaired' : 'taken-in' };
  if (policy === 'raise') return { action: 'raised' };
  return repairOf(outcome, direction, track, means);
}

function repairOf(outcome: Outcome, direction: Direction, track: Track, { landscape }: Means): Decision {
  const { pair, judgement, stuck, repairedInVain } = outcome;
  const { source, target, entity } = direction;
  if (judgement.left === 'kept') return { action: 'reported' };
  const conflict = policyOf(landscape.rules, entity);
  const isChangedThere = judgement.kind === 'different' && pair.written === judgement.wanted;
  if (conflict === 'keep' && isChangedThere)
    return { action: 'reported', cause: 'It was changed there, and the rules let that stay.' };
  // What a person has to decide is told once; nothing comes of bringing it again.
  if (judgement.left === 'raised' && stuck) return { action: 'raised' };
  const object = { system: source, entity, id: pair.id };
  const made = createBring(landscape)(object, target, correlationOf(track.id));
  if (made === undefined) return { action: 'raised', cause: 'No rule brings it there any more.' };
  const delivery = { ...made, lane: lanes.indexOf('bulk') };
  const deviations = deviationsOf(outcome);
  const repair: Repair = {
    delivery,
    ...(pair.other?.gone === true ? { lost: pair.other.id } : {}),
    ...(pair.otherId === undefined || deviations === undefined
      ? {}
      : { restore: { id: pair.otherId, deviations } }),
  };
  const asks = judgement.left === 'raised' || repairedInVain || (conflict === 'raise' && isChangedThere);
  return { action: asks ? 'raised' : 'repaired', repair };
}

/** What is written once more although nothing has changed here. */
function deviationsOf({ judgement }: Outcome): Record<string, Omit<Deviation, 'tries'>> | undefined {
  const found = Object.entries(judgement.fields).flatMap(([field, { ours, theirs }]) =>
    ours === undefined || theirs === undefined ? [] : [[field, { ours, theirs }] as const],
  );
  return judgement.kind !== 'different' || found.length === 0 ? undefined : Object.fromEntries(found);
}
