import type { State } from '../entities/field.ts';
import type { NewFinding } from '../store/reconciliation-finding.ts';
import type { Pair } from '../store/reconciliation-pair.ts';
import type { Scratch } from '../store/reconciliation-scratch.ts';
import type { StoredRecord, SystemObject } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import type { Amounts } from './amounts.ts';
import type { Direction } from './direction.ts';
import { type Amount, effectsOf, type Sums } from './sums.ts';
import type { Track } from './track.ts';

/** What an object says in the fields that the rules bring, as one text. */
type Likeness = (state: State) => string | undefined;

/** What only the target has: its own, the twin of something that was brought, or what only the bridge may make. */
export interface Strangers {
  /** Counts them, and keeps them until it is known whether they are twins. */
  meet(pairs: readonly Pair[], likeness: Likeness): Promise<void>;
  /** Those that were counted before; those that are told already stay as they are. */
  meetAgain(pairs: readonly Pair[], likeness: Likeness): Promise<void>;
  /** These count as pairs: whichever was a stranger was linked since it was met. */
  forgetLinked(pairs: readonly Pair[]): void;
  lookForTwins(direction: Direction, pair: Pair, likeness: Likeness): Promise<void>;
  /** Those that only the bridge may make. */
  raise(direction: Direction, ids: readonly string[]): Promise<void>;
}

export function createStrangers(
  { id: run, scope }: Pick<Track, 'id' | 'scope'>,
  {
    scratch,
    store,
    sums,
    amounts,
    note,
  }: {
    readonly scratch: Scratch;
    readonly store: Store;
    readonly sums: Sums;
    readonly amounts: Amounts;
    readonly note: (finding: NewFinding) => Promise<void>;
  },
): Strangers {
  const aloneAmong = (pairs: readonly Pair[]): StoredRecord[] =>
    pairs.flatMap(({ id, other }) => (id !== '' || other === undefined ? [] : [other]));

  const amountsOf = (state: State): Amount[] =>
    amounts.inExtent(state) ? amounts.there(state, { here: undefined, there: state }) : [];

  /** Whether it is a twin shows when its likeness is met. */
  function remember(alone: readonly StoredRecord[], likeness: Likeness): void {
    for (const { id, state } of alone) {
      const like = likeness(state) ?? (scope.strangers === 'raise' ? `alone ${id}` : undefined);
      if (like !== undefined) scratch.noteStranger({ id, likeness: like });
    }
  }

  /** Those that are there and still belong to nothing. */
  async function stillAlone(objects: readonly SystemObject[]): Promise<StoredRecord[]> {
    const [records, linked] = [await store.records(objects), await store.idsIn(scope.source, objects)];
    const alone = records.filter(
      (record, index): record is StoredRecord =>
        record !== undefined && !record.gone && linked[index] === undefined,
    );
    await amounts.prepare(alone.map(({ state }) => ({ here: undefined, there: state })));
    return alone;
  }

  return {
    async meet(pairs, likeness) {
      const alone = aloneAmong(pairs);
      await amounts.prepare(alone.map(({ state }) => ({ here: undefined, there: state })));
      for (const { state } of alone) sums.add(['wholeThere'], amountsOf(state));
      remember(alone, likeness);
    },
    async meetAgain(pairs, likeness) {
      const alone = aloneAmong(pairs);
      const found = await store.foundOf(run, alone);
      remember(
        alone.filter((_, index) => found[index]?.length === 0),
        likeness,
      );
    },
    forgetLinked(pairs) {
      for (const { other } of pairs) {
        if (other === undefined || !scratch.isStranger(other.id)) continue;
        sums.subtract('wholeThere', amountsOf(other.state));
        scratch.dropStranger(other.id);
      }
    },
    async lookForTwins({ target, entity }, { other }, likeness) {
      if (other === undefined || other.gone || !scratch.hasStrangers()) return;
      const like = likeness(other.state);
      if (like === undefined) return;
      const alike = scratch.alike(like).map((id): SystemObject => ({ system: target, entity, id }));
      for (const record of await stillAlone(alike)) {
        const { system, id, state } = record;
        scratch.dropStranger(id);
        const there = amountsOf(state);
        sums.add(['there'], there);
        await note({
          kind: 'duplicate',
          object: { system, entity, id },
          other: { system: target, id: other.id },
          fields: {},
          effects: effectsOf([], there),
          cause: `${target} has it twice: ${other.id} says the same, and only that belongs to something elsewhere.`,
          action: 'open',
        });
      }
    },
    async raise({ source, target, entity }, ids) {
      for (const { id, state } of await stillAlone(ids.map((id) => ({ system: target, entity, id })))) {
        const there = amountsOf(state);
        sums.add(['there'], there);
        await note({
          kind: 'missing-here',
          object: { system: target, entity, id },
          fields: {},
          effects: effectsOf([], there),
          cause: `Nothing in ${source} belongs to it, and only the bridge may make it in ${target}.`,
          action: 'open',
        });
      }
    },
  };
}
