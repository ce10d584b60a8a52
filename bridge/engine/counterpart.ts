import type { State } from '../entities/field.ts';
import { madeAtMs } from '../entities/id.ts';
import { exactKey, type KeyPlan, type MatchKey } from '../matching/key.ts';
import { matchKindOf } from '../matching/normalise.ts';
import { lanes, type Rule, type RuleSet } from '../rules/rule.ts';

import { type ClaimedDelivery, sourceObject } from '../store/delivery.ts';
import type { DeliveryContext } from '../store/delivery-store.ts';
import type { Candidate } from '../store/proposal.ts';
import type { StoredRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { type Landscape, referenceOf } from './landscape.ts';
import type { Match, Taken } from './match.ts';
import type { Pairing } from './pairing.ts';
import { givenBy, isInShadow, type Plan, rulesBetween } from './plan.ts';

/** A delivery of an object that has no counterpart in the target yet. */
export interface Unpaired {
  readonly delivery: ClaimedDelivery;
  readonly context: DeliveryContext;
  readonly record: StoredRecord;
  readonly plan: Extract<Plan, { kind: 'write' }>;
}

/** How a search can end that leaves something to be decided here. */
export type Pairable = Extract<Match, { kind: 'none' | 'one' | 'later' }>;

/** What becomes of it. */
export type Pair =
  | { readonly kind: 'link'; readonly id: string }
  | { readonly kind: 'create' }
  /** It may be made only to be matched, and there is nothing to match. */
  | { readonly kind: 'unmatched' }
  | { readonly kind: 'propose'; readonly candidates: readonly Candidate[]; readonly cause: string }
  | Later;

/** Something that decides about it is still under way. */
export interface Later {
  readonly kind: 'later';
  readonly afterMs: number;
  readonly cause: string;
}

interface Means {
  readonly store: Store;
  readonly landscape: Landscape;
  readonly pairing: Pairing;
}

/** Which keys of records have to be kept for these rules. */
export function keyPlanOf(rules: RuleSet): KeyPlan {
  const exact: Record<string, string[]> = {};
  const likely = new Set<Unpaired['delivery']['entity']>();
  for (const rule of rules.rules) {
    const fields = new Set([...(exact[rule.entity] ?? []), ...rule.match]);
    if (fields.size > 0) exact[rule.entity] = [...fields].sort();
    if (rule.propose) likely.add(rule.entity);
  }
  return { exact, likely: [...likely].sort() };
}

/** The values that the target would have: as they are written there, else as they are in the source. */
export const soughtState = ({ record, plan }: Pick<Unpaired, 'record' | 'plan'>): State => ({
  ...record.state,
  ...givenBy(plan).fields,
});

/** False where a rule simply creates what is new: nothing is matched, proposed, or created the other way round. */
export function needsPairing(landscape: Landscape, item: Pick<Unpaired, 'delivery' | 'plan'>): boolean {
  const { bothWays, propose } = circumstancesOf(landscape, item);
  return bothWays || propose || item.plan.match.length > 0 || !item.plan.mayCreate;
}

/**
 * Decides for each object what its counterpart is. All that takes time is asked first; then one is decided about after
 * the other without a pause, so that what is reserved is reserved by what was just seen.
 */
export async function pairAll(
  means: Means,
  unpaired: readonly Unpaired[],
  matches: readonly Pairable[],
): Promise<Pair[]> {
  const { store, pairing } = means;
  const circumstances = unpaired.map((item) => circumstancesOf(means.landscape, item));
  const candidates = await candidatesOf(means, unpaired, matches, circumstances);
  const [target] = new Set(unpaired.map(({ delivery }) => delivery.target));
  // First what is unread and then what is known: what is read in between is not overlooked.
  const isUnread = await findUnread(means, unpaired, circumstances);
  const late = await Promise.all(
    unpaired.map((item, index) => knownSince(store, item, matches[index] as Match)),
  );
  const isEchoed = await findEchoes(means, unpaired, circumstances);
  // Last, because it ends what was in doubt: while the target was asked, another delivery may have made the link.
  const objects = unpaired.map(({ delivery }) => sourceObject(delivery));
  const linked = target === undefined ? [] : await store.idsIn(target, objects);
  const beingCreated = new Map<string, string>();

  const pairs = unpaired.map((item, index): Pair => {
    const match = matches[index] as Pairable;
    const { bothWays } = circumstances[index] as Circumstances;
    const { delivery, plan, record } = item;
    const { target, source, entity } = delivery;
    const wait = (cause: string): Later => {
      const vain = match.kind === 'none' ? { fingerprint: record.fingerprint, match } : undefined;
      return { kind: 'later', afterMs: pairing.wait(delivery.id, vain), cause };
    };
    if (linked[index] !== undefined)
      return { kind: 'later', afterMs: 0, cause: `Has just been linked to ${entity} ${linked[index]}.` };
    if (match.kind === 'later')
      return { kind: 'later', afterMs: 0, cause: `Waits for another ${entity} that may be the same.` };
    if (match.kind === 'one') {
      if (pairing.reserve(delivery, match.id)) return { kind: 'link', id: match.id };
      return wait(`Waits until ${source} has ${entity} ${match.id}.`);
    }
    if (late[index] === true)
      return { kind: 'later', afterMs: 0, cause: `${target} has just told of one that is the same.` };
    if (isUnread(index)) return wait(unreadText(delivery));
    if (isEchoed(index)) return wait(echoText(delivery));
    if (match.taken !== undefined && bothWays && plan.mayCreate && isTelling(entity, match.taken.field))
      return proposeTaken(delivery, match.taken);
    const { doubtful = [] } = match;
    const likely = (candidates[index] as readonly Candidate[]).filter(
      ({ object }) => !doubtful.some(({ object: { id } }) => id === object.id),
    );
    const possible = [...likely, ...doubtful];
    if (possible.length > 0)
      return { kind: 'propose', candidates: possible, cause: likelyText(delivery, possible) };
    if (!plan.mayCreate) return { kind: 'unmatched' };
    const keys = keysOf(item).map(({ field, value }) => `${entity} ${field} ${value}`);
    if (keys.some((key) => (beingCreated.get(key) ?? source) !== source))
      return { kind: 'later', afterMs: 0, cause: `Waits for another ${entity} that is the same.` };
    if (bothWays && !pairing.reserve(delivery, undefined)) return wait(echoText(delivery));
    for (const key of keys) beingCreated.set(key, source);
    return { kind: 'create' };
  });
  for (const [index, { kind }] of pairs.entries())
    if (kind !== 'later') pairing.goOn((unpaired[index] as Unpaired).delivery.id);
  return pairs;
}

/**
 * Those that were looked for in vain and still have to wait, so that the target is not asked again: since then the store
 * has come to know nothing that could be their counterpart. `undefined` for those that have to be looked for.
 */
export async function stillWaiting(
  means: Means,
  unpaired: readonly Unpaired[],
): Promise<(Later | undefined)[]> {
  const { store, landscape, pairing } = means;
  const later: (Later | undefined)[] = unpaired.map(() => undefined);
  const waiting = unpaired.flatMap((item, place) => {
    const vain = pairing.soughtInVain(item.delivery.id);
    return vain?.fingerprint === item.record.fingerprint ? [{ item, place, vain }] : [];
  });
  if (waiting.length === 0) return later;
  const items = waiting.map(({ item }) => item);
  const circumstances = items.map((item) => circumstancesOf(landscape, item));
  const isUnread = await findUnread(means, items, circumstances);
  const isEchoed = await findEchoes(means, items, circumstances);
  for (const [index, { item, place, vain }] of waiting.entries()) {
    const { delivery } = item;
    const unread = isUnread(index);
    if (!(unread || isEchoed(index)) || (await knownSince(store, item, vain.match))) continue;
    const cause = unread ? unreadText(delivery) : echoText(delivery);
    later[place] = { kind: 'later', afterMs: pairing.wait(delivery.id, vain), cause };
  }
  return later;
}

/** Asks the store; then tells by the place in the list whether the target told of something that is not read yet. */
async function findUnread(
  { store }: Means,
  unpaired: readonly Unpaired[],
  circumstances: readonly Circumstances[],
): Promise<(index: number) => boolean> {
  const target = unpaired[0]?.delivery.target;
  const oldest = target === undefined ? undefined : await store.oldestOpenEvent(target, lanes.length);
  return (index) => {
    const { delivery, plan } = unpaired[index] as Unpaired;
    const matters = circumstances[index]?.bothWays === true || plan.match.length > 0;
    // What it told of after the object was seen is not waited for.
    return matters && oldest !== undefined && Date.parse(oldest) <= madeAtMs(delivery.id);
  };
}

/** Asks the store; then tells by the place in the list whether the object may be what was just created the other way round. */
async function findEchoes(
  { store, pairing }: Means,
  unpaired: readonly Unpaired[],
  circumstances: readonly Circumstances[],
): Promise<(index: number) => boolean> {
  const inDoubt = circumstances.some(({ bothWays }) => bothWays)
    ? await store.creationsInDoubt(unpaired.map(({ delivery }) => delivery))
    : [];
  return (index) => {
    const { delivery } = unpaired[index] as Unpaired;
    const isPossible = circumstances[index]?.bothWays === true;
    return isPossible && (inDoubt[index] === true || pairing.mayBeEchoed(delivery));
  };
}

const unreadText = ({ target }: ClaimedDelivery): string => `Waits until what ${target} told of is read.`;
const echoText = ({ source, target }: ClaimedDelivery): string =>
  `Waits until it is known what of ${target} has just been created in ${source}.`;

/** Rules in shadow change nothing about what the others do, so they do not count here. */
interface Circumstances {
  /** Objects of this kind are also created the other way round. */
  readonly bothWays: boolean;
  /** A rule of either direction wants likely ones to be proposed: one decision serves both. */
  readonly propose: boolean;
}

const waysBackByRules = new WeakMap<RuleSet, Map<string, Circumstances>>();

function circumstancesOf(
  landscape: Landscape,
  { delivery, plan }: Pick<Unpaired, 'delivery' | 'plan'>,
): Circumstances {
  const back = wayBackOf(landscape, delivery);
  const propose = back.propose || plan.rules.some((rule) => rule.propose);
  return propose === back.propose ? back : { ...back, propose };
}

/** By the systems and the entity: the same for all of a kind, so found once. */
function wayBackOf(
  landscape: Landscape,
  { source, target, entity }: Pick<ClaimedDelivery, 'source' | 'target' | 'entity'>,
): Circumstances {
  let known = waysBackByRules.get(landscape.rules);
  if (known === undefined) {
    known = new Map();
    waysBackByRules.set(landscape.rules, known);
  }
  const kind = `${source} ${target} ${entity}`;
  let way = known.get(kind);
  if (way === undefined) {
    const rules = isInShadow(landscape, source)
      ? []
      : rulesBetween({ source: target, target: source, entity }, landscape).filter(mayWrite);
    way = {
      bothWays: rules.some((rule) => rule.create !== 'never'),
      propose: rules.some((rule) => rule.propose),
    };
    known.set(kind, way);
  }
  return way;
}

/** An override can take some objects out of the shadow of their rule. */
const mayWrite = ({ shadow, overrides }: Rule): boolean =>
  !shadow || overrides.some((override) => override.shadow === false);

async function candidatesOf(
  { store }: Means,
  unpaired: readonly Unpaired[],
  matches: readonly Match[],
  circumstances: readonly Circumstances[],
): Promise<readonly (readonly Candidate[])[]> {
  const result: (readonly Candidate[])[] = unpaired.map(() => []);
  for (const [index, { delivery, record, plan }] of unpaired.entries()) {
    if (matches[index]?.kind !== 'none' || delivery.uncertain || circumstances[index]?.propose !== true)
      continue;
    const state = soughtState({ record, plan });
    [result[index] = []] = await store.likely(delivery.target, [{ ...record, state }]);
  }
  return result;
}

/** True when the store learned of a counterpart while the target was asked. */
async function knownSince(store: Store, item: Unpaired, match: Match): Promise<boolean> {
  if (match.kind !== 'none' || item.plan.match.length === 0) return false;
  const { target, entity } = item.delivery;
  const object = sourceObject(item.delivery);
  const known = (await store.knownBy(object, target, keysOf(item))).flat();
  const candidates = known
    .filter(({ id }) => !match.dismissed.has(id))
    .map(({ id }) => ({ system: target, entity, id }));
  const standings = await store.standings(object, candidates);
  return standings.some(({ kind }) => kind === 'free');
}

function keysOf(item: Unpaired): MatchKey[] {
  const state = soughtState(item);
  return item.plan.match.flatMap((field) => {
    const value = exactKey(item.delivery.entity, field, state);
    return value === undefined ? [] : [{ field, value }];
  });
}

/** Names are shared by many; a number or an address belongs to one. */
function isTelling(entity: ClaimedDelivery['entity'], field: string): boolean {
  const kind = matchKindOf(entity, field);
  return kind !== 'name' && kind !== 'firm' && kind !== 'phone';
}

function proposeTaken(delivery: ClaimedDelivery, { field, id, by, value, otherValue }: Taken): Pair {
  const { source, sourceId, target, entity } = delivery;
  const evidence = [{ field, left: value, right: otherValue, similarity: 1, weight: 1 }];
  const object = { system: target, entity, id };
  const cause = `${target} has a ${entity} with the same ${field}, ${id}, but that is linked to ${entity} ${by} of ${source}. If ${by} and ${sourceId} are the same, merge them in ${source}; if not, say so: bridge matches.`;
  return { kind: 'propose', candidates: [{ object, score: 1, evidence, takenBy: by }], cause };
}

function likelyText({ target, entity, source, sourceId }: ClaimedDelivery, candidates: readonly Candidate[]) {
  const list = candidates.map(({ object, score }) => `${object.id} (${score.toFixed(2)})`).join(', ');
  const name = referenceOf(source, entity, sourceId);
  return `${target} may have this ${entity} already: ${list}. Say which one is ${name}, or none: bridge matches.`;
}
