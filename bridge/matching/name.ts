import { jaroWinkler } from '@skyra/jaro-winkler';
import type { EntityName } from '../entities/catalogue.ts';
import { type FirmName, splitLegalForm } from './legal-form.ts';
import { wordsOf } from './text.ts';

/** Words that are less alike have nothing to do with each other. */
const leastAlike = 0.8;
/** Written as one word, names must be nearly the same: Jaro-Winkler is kind to a common beginning. */
const leastAlikeAsOne = 0.96;
const otherForm = 0.95;
const articles: ReadonlySet<string> = new Set(['the', 'die', 'der', 'das', 'le', 'la', 'les', 'de', 'het']);

/** A name, ready to be compared with many others. */
export interface Name {
  /** Without legal form and article. */
  readonly words: readonly string[];
  readonly form: string;
}

export function nameOf(entity: EntityName, text: string): Name {
  const words = wordsOf(text);
  const { core, form }: FirmName = entity === 'customer' ? splitLegalForm(words) : { core: words, form: '' };
  const [first, ...others] = core;
  return { words: first !== undefined && others.length > 0 && articles.has(first) ? others : core, form };
}

/**
 * How alike two names are, 0 to 1. Each word is compared with the one on the other side that is most like it
 * (Jaro-Winkler), so their order does not count; a word without counterpart counts against, the longer the more.
 */
export function nameSimilarity(left: Name, right: Name): number {
  const forms = left.form !== '' && right.form !== '' && left.form !== right.form ? otherForm : 1;
  return forms * Math.max(wordSimilarity(left.words, right.words), asOneWord(left.words, right.words));
}

function wordSimilarity(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 || right.length === 0) return 0;
  return (foundAmong(left, right) + foundAmong(right, left)) / 2;
}

/** The part of the words' letters that is found on the other side. */
function foundAmong(words: readonly string[], others: readonly string[]): number {
  let letters = 0;
  let found = 0;
  for (const word of words) {
    const best = Math.max(...others.map((other) => alike(word, other)));
    letters += word.length;
    found += best < leastAlike ? 0 : best * word.length;
  }
  return found / letters;
}

function alike(left: string, right: string): number {
  if (left === right) return 1;
  // One letter more or less makes two short words others.
  if (left.length < 3 || right.length < 3) return 0;
  return withoutUmlauts(left) === withoutUmlauts(right) ? 1 : similarityOf(left, right);
}

/** Jaro-Winkler can depend on which text comes first; nothing here does. */
const similarityOf = (left: string, right: string): number =>
  left < right ? jaroWinkler(left, right) : jaroWinkler(right, left);

/** `mueller` is how `müller` is written where there is no such letter; `muller` is what is left without diacritics. */
export const withoutUmlauts = (word: string): string => word.replace(/([aou])e/g, '$1');

function asOneWord(left: readonly string[], right: readonly string[]): number {
  const similarity = similarityOf(left.join(''), right.join(''));
  return similarity < leastAlikeAsOne ? 0 : similarity;
}
