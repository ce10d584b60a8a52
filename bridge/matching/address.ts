import type { State } from '../entities/field.ts';
import { textOf } from './field.ts';
import { nameSimilarity } from './name.ts';
import { fold, wordsOf } from './text.ts';

/** The parts of an address that are compared, with how much each says. */
const parts = [
  { field: 'street', weight: 0.5, similarity: streetSimilarity },
  { field: 'postal_code', weight: 0.3, similarity: postalCodeSimilarity },
  { field: 'city', weight: 0.2, similarity: wordsSimilarity },
] as const;

/** An address in one line, for people; `undefined` where there is too little to compare. */
export function addressOf(state: State): string | undefined {
  const known = ['street', 'postal_code', 'city', 'country'].flatMap((field) => textOf(state, field) ?? []);
  const telling = textOf(state, 'street') ?? textOf(state, 'postal_code');
  return telling === undefined ? undefined : known.join(', ');
}

/** How alike two addresses are, 0 to 1; `undefined` where no part is known on both sides. */
export function addressSimilarity(left: State, right: State): number | undefined {
  const [country, other] = [textOf(left, 'country'), textOf(right, 'country')];
  if (country !== undefined && other !== undefined && country !== other) return 0;
  let total = 0;
  let common = 0;
  for (const { field, weight, similarity } of parts) {
    const [here, there] = [textOf(left, field), textOf(right, field)];
    if (here === undefined || there === undefined) continue;
    total += weight;
    common += weight * similarity(here, there);
  }
  return total === 0 ? undefined : common / total;
}

function postalCodeSimilarity(left: string, right: string): number {
  const bare = (code: string) => fold(code).replace(/[^a-z0-9]/g, '');
  return Number(bare(left) === bare(right));
}

function wordsSimilarity(left: string, right: string): number {
  return nameSimilarity({ words: wordsOf(left), form: '' }, { words: wordsOf(right), form: '' });
}

/** The number of a house says as much as the street: next door is somebody else. */
function streetSimilarity(left: string, right: string): number {
  const [here, there] = [splitStreet(left), splitStreet(right)];
  const names = nameSimilarity({ words: here.names, form: '' }, { words: there.names, form: '' });
  if (here.numbers === '' || there.numbers === '') return names;
  return (names + Number(here.numbers === there.numbers)) / 2;
}

const streetEnding = /(strasse|str)$/;

function splitStreet(street: string) {
  const words = wordsOf(street).map((word) => word.replace(streetEnding, 'str'));
  const isNumber = (word: string) => /^\d/.test(word);
  return {
    names: words.filter((word) => !isNumber(word)),
    numbers: words.filter(isNumber).sort().join(' '),
  };
}
