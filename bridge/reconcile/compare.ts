import type { State } from '../entities/field.ts';
import type { NewFinding } from '../store/reconciliation-finding.ts';
import type { Pair, Stretch } from '../store/reconciliation-pair.ts';
import type { Scratch } from '../store/reconciliation-scratch.ts';
import { createAmounts, type Sides } from './amounts.ts';
import type { Direction } from './direction.ts';
import { createDirectory } from './directory.ts';
import { isDifference, type Judgement } from './judge.ts';
import { createLikeness } from './likeness.ts';
import { judgeAll, lookClosely, type Outcome } from './look.ts';
import { breathe, chunksOf, type Means } from './means.ts';
import { extentOf } from './scope.ts';
import { createStrangers } from './strangers.ts';
import { type Amount, type Column, createSums, effectsOf } from './sums.ts';
import type { Track } from './track.ts';

/** Objects after which a run keeps how far it is. */
const objectsPerSave = 5000;
const findingsPerSave = 200;
/** Close looks take longer. */
const looksPerTurn = 50;

const steps = ['strangers', 'pairs', 'rest'] as const;
type Step = (typeof steps)[number];

/**
 * Compares what the rules bring with what is on the other side, object by object, and adds both sides up. Walks along the
 * records in small stretches, so it needs no more memory for more of them.
 */
export async function compare(
  track: Track,
  directions: readonly Direction[],
  scratch: Scratch,
  means: Means,
  signal: AbortSignal,
): Promise<void> {
  const { store } = means;
  const { scope } = track;
  const sums = createSums(await store.totals(track.id));
  const directory = createDirectory(store);
  const amounts = createAmounts(scope, directory);
  let findings: NewFinding[] = [];
  let amended: NewFinding[] = [];
  let unsaved = 0;

  async function save(way: number, step: Step, after: string): Promise<void> {
    const results = { findings, amended, totals: sums.takeChanged() };
    findings = [];
    amended = [];
    unsaved = 0;
    directory.forget();
    amounts.forget();
    await track.save({ way, step, after }, results);
  }

  const strangers = createStrangers(track, { scratch, store, sums, amounts, note });

  /** Compares pairs of one way, and finds those that the target has twice. */
  async function takePairs(
    direction: Direction,
    pairs: readonly Pair[],
    likeness: ((state: State) => string | undefined) | undefined,
  ): Promise<void> {
    const judgements = await judgeAll(direction, pairs, means, directory);
    const outcomes: (Outcome | undefined)[] = [];
    for (const [index, judgement] of judgements.entries())
      if (isDifference(judgement)) {
        outcomes[index] = await lookClosely(direction, pairs[index] as Pair, means);
        if (index % looksPerTurn === 0) await breathe(signal);
      }
    const looked = judgements.map((judgement, index) => ({
      pair: outcomes[index]?.pair ?? (pairs[index] as Pair),
      judgement: outcomes[index]?.judgement ?? judgement,
      outcome: outcomes[index],
    }));
    if (direction.main) {
      await amounts.prepare(looked.map(({ pair }) => sidesOf(pair)));
      strangers.forgetLinked(looked.map(({ pair }) => pair));
    }
    for (const { pair, judgement, outcome } of looked) {
      const { here, there } = direction.main ? addUp(pair, judgement) : { here: none, there: none };
      if (judgement.kind === 'unread' || judgement.kind === 'held') track.count(judgement.kind);
      // Whoever holds it back says why it does: the process.
      if (judgement.kind === 'held') sums.add(['waiting'], here);
      if (isDifference(judgement)) {
        if (outcome?.waiting === true) {
          track.count('waiting');
          sums.add(['waiting'], here);
          sums.subtract('waiting', there);
        } else if (judgement.left !== 'kept' || (direction.main && scope.totals.length > 0))
          await note(findingOf(direction, pair, judgement, outcome, here, there));
      }
      if (likeness !== undefined) await strangers.lookForTwins(direction, pair, likeness);
    }
    track.advance(pairs.length);
    track.count('compared', pairs.length);
    unsaved += pairs.length;
  }

  /** Counts both sides of an object; answers what of it counts on each. */
  function addUp(pair: Pair, { due, there, assumed }: Judgement): { here: Amount[]; there: Amount[] } {
    const { record, other } = pair;
    const sides = sidesOf(pair);
    const own =
      record !== undefined && !record.gone && amounts.inExtent(record.state) ? record.state : undefined;
    const theirs =
      other !== undefined && !other.gone && amounts.inExtent(other.state) ? other.state : undefined;
    const mine = due !== undefined && amounts.inExtent(due) ? amounts.here(due, sides) : none;
    const isAlike = own !== undefined && due !== undefined && mine !== none && amounts.alike(own, due);
    if (own !== undefined && !isAlike) sums.add(['wholeHere'], amounts.here(own, sides));
    const dueInto: readonly Column[] = isAlike ? ['here', 'wholeHere'] : ['here'];
    const whole = theirs === undefined ? none : amounts.there(theirs, sides);
    if (assumed) {
      // What could not be read is only said to be there where nobody was asked.
      if (other !== undefined || scope.known) sums.add(['wholeThere'], other === undefined ? mine : whole);
      sums.add([...dueInto, 'there'], mine);
      return { here: mine, there: mine };
    }
    // What one side does not know at all says nothing about the other.
    const here = there === undefined ? mine : mine.filter(({ field }) => there[field] !== undefined);
    if (here.length === mine.length) sums.add(dueInto, mine);
    else {
      if (isAlike) sums.add(['wholeHere'], mine);
      sums.add(['here'], here);
    }
    const counted =
      there === undefined
        ? none
        : due === undefined
          ? whole
          : whole.filter(({ field }) => due[field] !== undefined);
    if (counted.length === whole.length) sums.add(['there', 'wholeThere'], whole);
    else {
      sums.add(['wholeThere'], whole);
      sums.add(['there'], counted);
    }
    return { here, there: counted };
  }

  /** Told already while the systems were read: then only what it means for the totals is added. */
  async function note(finding: NewFinding): Promise<void> {
    const [known] = await store.foundOf(track.id, [finding.object]);
    if (known?.includes(finding.kind) === true) {
      amended.push(finding);
      return;
    }
    track.count(finding.kind);
    findings.push(finding);
  }

  type Walk = (after: string) => Promise<Stretch<Pair>>;

  async function walk(
    from: string,
    next: Walk,
    take: (pairs: readonly Pair[]) => Promise<void>,
    keep: (after: string) => Promise<void>,
  ): Promise<void> {
    for (let after: string | undefined = from; after !== undefined; ) {
      const stretch: Stretch<Pair> = await next(after);
      for (const chunk of chunksOf(stretch.items)) {
        await take(chunk);
        await breathe(signal);
      }
      after = stretch.next;
      if (after !== undefined && (unsaved >= objectsPerSave || findings.length >= findingsPerSave))
        await keep(after);
      await breathe(signal);
    }
  }

  const start = {
    way: Number(track.position.way ?? 0),
    step: steps.indexOf((track.position.step ?? 'strangers') as Step),
    after: String(track.position.after ?? ''),
  };
  for (let way = start.way; way < directions.length; way++) {
    const direction = directions[way] as Direction;
    const { source, target } = direction;
    const likeness = direction.main ? createLikeness(direction) : undefined;
    const first = way === start.way ? start.step : 0;
    const afterOf = (step: Step) => (way === start.way && steps[start.step] === step ? start.after : '');
    scratch.clearStrangers();
    const alone: Walk = (after) => store.strangers(extentOf(target, track), source, after);
    const linked = (pairs: readonly Pair[]) =>
      takePairs(
        direction,
        pairs.filter(({ id }) => id !== ''),
        undefined,
      );
    // Those that were met before the run was taken up again are remembered once more.
    if (likeness !== undefined && (first > 0 || start.after !== '') && way === start.way)
      await walk(
        '',
        alone,
        (pairs) => strangers.meetAgain(pairs, likeness),
        async () => undefined,
      );
    if (first === 0) {
      await walk(
        afterOf('strangers'),
        alone,
        async (pairs) => {
          if (likeness !== undefined) await strangers.meet(pairs, likeness);
          await linked(pairs);
        },
        (after) => save(way, 'strangers', after),
      );
      await save(way, 'pairs', '');
    }
    if (first <= 1) {
      await walk(
        afterOf('pairs'),
        (after) => store.pairs(extentOf(source, track), target, after),
        (pairs) => takePairs(direction, pairs, likeness),
        (after) => save(way, 'pairs', after),
      );
      await save(way, 'rest', '');
    }
    if (direction.main && scope.strangers === 'raise') {
      for (let after = afterOf('rest'); ; ) {
        const rest = scratch.strangersAfter(after, 200);
        if (rest.length === 0) break;
        await strangers.raise(
          direction,
          rest.map(({ id }) => id),
        );
        after = rest.at(-1)?.id as string;
        await save(way, 'rest', after);
        await breathe(signal);
      }
    }
    await save(way + 1, 'strangers', '');
  }
}

const none: Amount[] = [];

const sidesOf = ({ record, other }: Pair): Sides => ({ here: record?.state, there: other?.state });

function findingOf(
  { source, target, entity }: Direction,
  pair: Pair,
  { kind, fields, cause, left }: Judgement,
  outcome: Outcome | undefined,
  here: readonly Amount[],
  there: readonly Amount[],
): NewFinding {
  const why = cause ?? outcome?.obstacle;
  return {
    kind: kind as NewFinding['kind'],
    object: { system: source, entity, id: pair.id },
    ...(pair.otherId === undefined ? {} : { other: { system: target, id: pair.otherId } }),
    fields,
    effects: effectsOf(here, there),
    ...(why === undefined ? {} : { cause: why }),
    action: left === 'kept' ? 'reported' : 'open',
  };
}
