import type { Landscape } from '../engine/landscape.ts';
import type { Pair } from '../store/reconciliation-pair.ts';
import type { OpenWay } from '../store/reconciliation-way.ts';
import type { Store } from '../store/store.ts';
import type { Direction } from './direction.ts';
import { createDirectory, type Directory } from './directory.ts';
import { settleHeld } from './held.ts';
import { isDifference, type Judgement, judge, sketch } from './judge.ts';
import { isOfRun } from './track.ts';

/** How an object was found to be once it was looked at closely. */
export interface Outcome {
  readonly pair: Pair;
  readonly judgement: Judgement;
  /** True when a delivery that goes on by itself puts it right. */
  readonly waiting: boolean;
  /** Why the delivery that should have put it right did not. */
  readonly obstacle?: string;
  /** True when a delivery of it stands that only a person can make go on. */
  readonly stuck: boolean;
  /** True when that delivery was a repair itself. */
  readonly repairedInVain: boolean;
}

/** Judges many pairs by what is known. */
export async function judgeAll(
  direction: Direction,
  pairs: readonly Pair[],
  { store, landscape }: { readonly store: Store; readonly landscape: Landscape },
  directory: Directory,
): Promise<Judgement[]> {
  const { source, target } = direction;
  const sketches = pairs.map((pair) => sketch(direction, pair, landscape));
  await directory.findIds(
    target,
    sketches.flatMap((each) => each.referred),
  );
  const judgements = sketches.map((each) =>
    judge(direction, each, landscape, (entity, id) => directory.idIn(target, source, entity, id)),
  );
  for (const [index, judgement] of judgements.entries())
    if (judgement.kind === 'held')
      judgements[index] = await settleHeld(direction, pairs[index] as Pair, judgement, store);
  return judgements;
}

/**
 * Looks at a pair once more, as it is now: whether it still differs, whether what the bridge wrote was only not read yet, and
 * whether something is on its way.
 */
export async function lookClosely(
  direction: Direction,
  pair: Pair,
  means: { readonly store: Store; readonly landscape: Landscape },
): Promise<Outcome> {
  const { store } = means;
  const { source, target, entity } = direction;
  const fresh =
    pair.record === undefined ? pair : await store.pairOf({ system: source, entity, id: pair.id }, target);
  const [found] = await judgeAll(direction, [fresh], means, createDirectory(store));
  const judgement = found as Judgement;
  const calm = { waiting: false, stuck: false, repairedInVain: false };
  if (!isDifference(judgement)) return { pair: fresh, judgement, ...calm };
  if (await isWrittenSince(direction, fresh, judgement, store)) {
    const { due = {} } = judgement;
    const agreed: Judgement = { kind: 'same', due, there: due, assumed: true, fields: {} };
    return { pair: fresh, judgement: agreed, ...calm };
  }
  const [way] = await store.ways([{ target, source, entity, sourceId: fresh.id }]);
  const waiting = way !== undefined && goesOn(way);
  const obstacle = way === undefined || waiting ? undefined : (way.cause ?? undefined);
  const stuck = way !== undefined && !waiting;
  return {
    pair: fresh,
    judgement,
    waiting,
    stuck,
    repairedInVain: stuck && isOfRun(way.correlation),
    ...(obstacle === undefined ? {} : { obstacle }),
  };
}

/** The bridge wrote just this, later than it read the object. */
async function isWrittenSince(
  { target, entity }: Direction,
  { other, written }: Pair,
  { wanted }: Judgement,
  store: Store,
): Promise<boolean> {
  if (other === undefined || wanted === undefined || written !== wanted) return false;
  const [since] = await store.writtenSince([{ system: target, entity, id: other.id, since: other.readAt }]);
  return since === true;
}

/** A delivery that a person has to help does not count. */
function goesOn({ state, error }: OpenWay): boolean {
  if (state === 'dead' || error === 'unmatched') return false;
  return state !== 'waiting' || (error !== 'unmet' && error !== 'proposed');
}
