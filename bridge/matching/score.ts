import type { EntityName } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { addressOf, addressSimilarity } from './address.ts';
import { textOf } from './field.ts';
import { nameOf, nameSimilarity } from './name.ts';
import { type MatchKind, normalise } from './normalise.ts';
import { differInPrefix } from './vat.ts';

/** What one field says about whether two objects are the same. */
export interface Evidence {
  readonly field: string;
  /** The values as the two systems hold them. */
  readonly left: string;
  readonly right: string;
  /** 0 (nothing in common) to 1 (the same). */
  readonly similarity: number;
  /** How much it counts. */
  readonly weight: number;
}

export interface Score {
  /** 0 to 1. */
  readonly score: number;
  /** The most telling first; only fields that both sides have. */
  readonly evidence: readonly Evidence[];
}

/**
 * From here on a person is asked. Two names that are the same and nothing else that is known come to 0.95, a name with a
 * slip in it to 0.87 and more, names that share only their first word to less than 0.75. The tests hold more examples.
 */
export const likelyFrom = 0.85;

interface Comparison {
  readonly field: string;
  /** How much it counts when the values are alike. */
  readonly weight: number;
  /** How much it counts when they are not: firms have many telephones and addresses, but one VAT number. */
  readonly against: number;
  readonly similarity: (left: string, right: string, sides: Sides) => number | undefined;
  /** The value of one side; usually that of the field. */
  readonly take?: (state: State) => string | undefined;
}

interface Sides {
  readonly entity: EntityName;
  readonly left: State;
  readonly right: State;
}

const comparisons: readonly Comparison[] = [
  {
    field: 'name',
    weight: 0.4,
    against: 0.4,
    similarity: (left, right, { entity }) => nameSimilarity(nameOf(entity, left), nameOf(entity, right)),
  },
  { field: 'vat', weight: 0.4, against: 0.4, similarity: vatSimilarity },
  { field: 'code', weight: 0.2, against: 0.2, similarity: same('reference') },
  { field: 'email', weight: 0.15, against: 0.08, similarity: emailSimilarity },
  { field: 'domain', weight: 0.15, against: 0.08, similarity: same('domain') },
  { field: 'phone', weight: 0.15, against: 0.04, similarity: phoneSimilarity },
  { field: 'mobile', weight: 0.15, against: 0.04, similarity: phoneSimilarity },
  {
    field: 'address',
    weight: 0.15,
    against: 0.06,
    similarity: (_left, _right, sides) => addressSimilarity(sides.left, sides.right),
    take: addressOf,
  },
];

/** Half of it and less speaks against. */
const half = 0.5;
/** Where only the names can be compared, some doubt is left even when they are the same. */
const nameAlone = 0.95;
/** With so much weight compared, no doubt is left. */
const weightWithoutDoubt = 0.55;
const nameWeight = 0.4;

/** How likely two objects of an entity are the same, with what speaks for it and against. Symmetric. */
export function scoreOf(entity: EntityName, left: State, right: State): Score {
  const evidence: Evidence[] = [];
  let possible = 0;
  for (const comparison of comparisons) {
    const { field, weight, against, take = (state: State) => textOf(state, field) } = comparison;
    const [here, there] = [take(left), take(right)];
    if (here === undefined || there === undefined) continue;
    const similarity = comparison.similarity(here, there, { entity, left, right });
    if (similarity === undefined) continue;
    possible += weight;
    const counts = similarity > half ? weight : against;
    evidence.push({ field, left: here, right: there, similarity: rounded(similarity), weight: counts });
  }
  const total = evidence.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return { score: 0, evidence };
  const mean = evidence.reduce((sum, { similarity, weight }) => sum + similarity * weight, 0) / total;
  const share = Math.min(1, Math.max(0, (possible - nameWeight) / (weightWithoutDoubt - nameWeight)));
  evidence.sort((one, other) => other.similarity * other.weight - one.similarity * one.weight);
  return { score: rounded(mean * (nameAlone + (1 - nameAlone) * share)), evidence };
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

function same(kind: MatchKind): Comparison['similarity'] {
  return (left, right) => {
    const [here, there] = [normalise(kind, left), normalise(kind, right)];
    return here === undefined || there === undefined ? undefined : Number(here === there);
  };
}

/** The prefix may be missing on one side; otherwise a number is the same or another one. */
function vatSimilarity(left: string, right: string, sides: Sides): number | undefined {
  const here = normalise('vat', left, textOf(sides.left, 'country'));
  const there = normalise('vat', right, textOf(sides.right, 'country'));
  if (here === undefined || there === undefined) return undefined;
  if (here === there) return 1;
  return differInPrefix(here, there) ? 0.95 : 0;
}

const sameHost = 0.6;

function emailSimilarity(left: string, right: string): number | undefined {
  const [here, there] = [normalise('email', left), normalise('email', right)];
  if (here === undefined || there === undefined) return undefined;
  if (here === there) return 1;
  const host = normalise('domain', here);
  return host !== undefined && host === normalise('domain', there) ? sameHost : 0;
}

/** Numbers with and without country or area code are the same when the rest is. */
const leastCommonDigits = 7;

function phoneSimilarity(left: string, right: string): number | undefined {
  const [here, there] = [normalise('phone', left), normalise('phone', right)];
  if (here === undefined || there === undefined) return undefined;
  const [short, long] = here.length <= there.length ? [here, there] : [there, here];
  if (here === there) return 1;
  return short.length >= leastCommonDigits && long.endsWith(short) ? 0.95 : 0;
}
