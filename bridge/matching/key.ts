import type { EntityName } from '../entities/catalogue.ts';
import type { State } from '../entities/field.ts';
import { textOf } from './field.ts';
import { nameOf, withoutUmlauts } from './name.ts';
import { matchKindOf, normalise } from './normalise.ts';
import { fold, wordsOf } from './text.ts';

/** One text that an object is found by. */
export interface MatchKey {
  /** The canonical field that it was made of; for keys that only say where to look for likely ones, `~` and a name. */
  readonly field: string;
  readonly value: string;
}

/** Which keys are kept. */
export interface KeyPlan {
  /** By entity: the fields that a rule matches by. */
  readonly exact: Readonly<Partial<Record<EntityName, readonly string[]>>>;
  /** Entities of which likely ones are proposed. */
  readonly likely: readonly EntityName[];
}

/** Changes when the same states give other keys than before: all that is kept is then made anew. */
const keyVersion = 2;

/** A name for everything that decides which keys are kept. */
export const planName = (plan: KeyPlan): string => JSON.stringify([keyVersion, plan.exact, plan.likely]);

/** The exact key of a value of a field, on its own; `undefined` for one that identifies nothing. */
export function exactKey(entity: EntityName, field: string, state: State): string | undefined {
  const value = textOf(state, field);
  return value === undefined
    ? undefined
    : normalise(matchKindOf(entity, field), value, textOf(state, 'country'));
}

/** Every key of a state that the plan asks for, each field at most once. */
export function keysOf(plan: KeyPlan, entity: EntityName, state: State): MatchKey[] {
  const keys: MatchKey[] = [];
  for (const field of plan.exact[entity] ?? []) {
    const value = exactKey(entity, field, state);
    if (value !== undefined) keys.push({ field, value });
  }
  return plan.likely.includes(entity) ? [...keys, ...neighbourhoods(entity, state)] : keys;
}

/** Fields that no key of the entity is made of never change one. */
export function mayChangeKeys(plan: KeyPlan, entity: EntityName, fields: readonly string[]): boolean {
  const exact = plan.exact[entity];
  const likely = plan.likely.includes(entity);
  if (exact === undefined && !likely) return false;
  return fields.some(
    (field) => field === 'country' || exact?.includes(field) || (likely && neighbourly.has(field)),
  );
}

const neighbourly: ReadonlySet<string> = new Set([
  'name',
  'code',
  'email',
  'domain',
  'phone',
  'street',
  'postal_code',
]);
const prefixLength = 4;
const phoneEnd = 7;
/** Words of a name that are kept; hardly any has more that tell something. */
const wordSlots = ['~word1', '~word2', '~word3', '~word4'] as const;
/** Shorter ones are fillers. */
const leastWordLength = 3;

/**
 * Where objects live that may be the same: those that share one of these keys are compared, and no others, so that
 * one among a hundred thousand is compared with a handful. Beginnings of words, because slips are rarest there.
 */
export function neighbourhoods(entity: EntityName, state: State): MatchKey[] {
  const keys: MatchKey[] = [];
  const add = (field: string, value: string | undefined) => {
    if (value !== undefined && value !== '') keys.push({ field, value });
  };
  const beginnings = beginningsOf(entity, state);
  for (const [index, slot] of wordSlots.entries()) add(slot, beginnings[index]);
  // Many share a word like "global"; few share two.
  add('~pair', beginnings.slice(0, 2).sort().join(' '));
  for (const field of ['code', 'email', 'domain'] as const) add(`~${field}`, exactKey(entity, field, state));
  add('~phone', exactKey(entity, 'phone', state)?.slice(-phoneEnd));
  add('~address', placeOf(state));
  return keys;
}

/** Beginnings of the words of its name, each once. */
function beginningsOf(entity: EntityName, state: State): string[] {
  const name = textOf(state, 'name');
  const words = name === undefined ? [] : nameOf(entity, name).words.map(withoutUmlauts);
  const telling = words.filter((word) => word.length >= leastWordLength);
  return [...new Set((telling.length > 0 ? telling : words).map((word) => word.slice(0, prefixLength)))];
}

/** Postal code and the beginning of the street. */
function placeOf(state: State): string | undefined {
  const code = textOf(state, 'postal_code');
  const street = textOf(state, 'street');
  const word = street === undefined ? undefined : wordsOf(street).find((part) => !/^\d/.test(part));
  if (code === undefined || word === undefined) return undefined;
  return `${fold(code).replace(/[^a-z0-9]/g, '')} ${word.slice(0, prefixLength)}`;
}

/** True for keys that so many may share that they tell nothing then. */
export const isWord = ({ field }: MatchKey): boolean => (wordSlots as readonly string[]).includes(field);

/** How much it says that two share a key, in words of a name: an e-mail address says more than all words together. */
export const weightOf = (key: MatchKey): number => (isWord(key) || key.field === '~pair' ? 1 : 10);

/** Keys under which a neighbour stands when it has this one: words of a name change their place. */
export const lookedUpAs = (key: MatchKey): MatchKey[] =>
  isWord(key) ? wordSlots.map((field) => ({ field, value: key.value })) : [key];
