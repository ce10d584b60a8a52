import type { State } from '../entities/field.ts';
import { type Difference, differences, sameValue } from '../entities/state.ts';
import { MappingError } from '../rules/mapping.ts';
import { activeRule } from '../rules/routes.ts';
import type { Rule } from '../rules/rule.ts';
import type { News } from '../store/reconciliation.ts';
import type { FieldDifference, NewFinding } from '../store/reconciliation-finding.ts';
import type { StoredRecord, SystemObject } from '../store/record.ts';
import { type Direction, fieldsRead } from './direction.ts';
import { createDirectory } from './directory.ts';
import { judgeAll } from './look.ts';
import type { Means } from './means.ts';
import { correlationOf } from './track.ts';

/**
 * What it means that a system has something else than was known of it: nobody told what changed where it comes from, or
 * somebody changed what another system owns.
 *
 * @param asked by which run, and when the system was asked: what the bridge wrote after that cannot be in the answer
 */
export async function findingsOfNews(
  news: readonly News[],
  directions: readonly Direction[],
  asked: { readonly since: string; readonly run: string },
  means: Means,
): Promise<NewFinding[]> {
  const findings: NewFinding[] = [];
  for (const { event, before, told } of news) {
    const object = { system: event.system, entity: event.type, id: event.objectId } as SystemObject;
    const state = event.state;
    if (state === undefined || state === null) continue;
    for (const direction of directions) {
      const found =
        direction.source === object.system
          ? told
            ? undefined
            : await staleFinding(object, before, state, direction, means)
          : await driftFinding(object, before, state, direction, asked, means);
      if (found !== undefined) findings.push(found);
    }
  }
  return findings;
}

/** How what was known of an object differs from what is known now; nothing where no rule brings it. */
export function staleFields(
  before: State,
  after: State,
  direction: Direction,
): Record<string, FieldDifference> {
  if (!isBrought(direction, before) && !isBrought(direction, after)) return {};
  const read = fieldsRead(direction);
  const changed = Object.entries(differences(before, after)).filter(([field]) => read.has(field));
  return Object.fromEntries(changed.map(([field, difference]) => [field, sidesOf(difference)]));
}

/** Ours is what was known, theirs what the system says. */
const sidesOf = ({ before, after }: Difference): FieldDifference => ({
  ...(before === undefined ? {} : { ours: before }),
  ...(after === undefined ? {} : { theirs: after }),
});

export const changedCause = (system: string): string => `It changed in ${system}, and nobody told.`;

async function staleFinding(
  object: SystemObject,
  before: News['before'],
  state: State,
  direction: Direction,
  { store }: Means,
): Promise<NewFinding | undefined> {
  const finding = { kind: 'stale', object, effects: [], action: 'taken-in' } as const;
  if (before !== undefined && !before.gone) {
    const fields = staleFields(before.state, state, direction);
    return Object.keys(fields).length === 0
      ? undefined
      : { ...finding, fields, cause: changedCause(object.system) };
  }
  if (!isBrought(direction, state, ({ create }) => create === 'always')) return undefined;
  const { otherId } = await store.pairOf(object, direction.target);
  // What the bridge made there itself is seen for the first time.
  if (otherId !== undefined) return undefined;
  return { ...finding, fields: {}, cause: `It is new in ${object.system}, and nobody told.` };
}

/** True when a rule brings an object with this state. */
export function isBrought(
  { rules }: Direction,
  state: State,
  counts: (rule: Rule) => boolean = () => true,
): boolean {
  try {
    return rules.some((rule) => {
      const active = activeRule(rule, state);
      return active !== undefined && counts(active);
    });
  } catch (error) {
    // The delivery meets the same, where a person is told of it.
    if (error instanceof MappingError) return true;
    throw error;
  }
}

/**
 * Somebody changed in the target what the source decides. What is only different because it has not been brought yet is told
 * when both sides are compared.
 *
 * @param run the engine may be putting it right already, because of this run
 */
export async function driftFinding(
  object: SystemObject,
  before: StoredRecord | undefined,
  state: State,
  direction: Direction,
  { since, run }: { readonly since: string; readonly run: string },
  means: Means,
): Promise<NewFinding | undefined> {
  const { store } = means;
  const { source, target, entity } = direction;
  const [sourceId] = await store.idsIn(source, [object]);
  if (sourceId === undefined) return undefined;
  const here: SystemObject = { system: source, entity, id: sourceId };
  const pair = await store.pairOf(here, target);
  const other = { ...object, state, fingerprint: '', gone: false, readAt: since };
  const [judgement] = await judgeAll(direction, [{ ...pair, other }], means, createDirectory(store));
  if (judgement?.kind !== 'different') return undefined;
  const changed = Object.entries(judgement.fields).filter(
    ([field, { theirs }]) => before === undefined || !sameValue(before.state[field], theirs),
  );
  if (changed.length === 0) return undefined;
  const [[way], [written]] = await Promise.all([
    store.ways([{ target, source, entity, sourceId }]),
    store.writtenSince([{ ...object, since }]),
  ]);
  // It is being written, or was while the system was asked.
  const isOther = way !== undefined && way.state !== 'dead' && way.correlation !== correlationOf(run);
  if (isOther || written === true) return undefined;
  return {
    kind: 'different',
    object: here,
    other: { system: target, id: object.id },
    fields: Object.fromEntries(changed),
    effects: [],
    action: 'open',
  };
}
