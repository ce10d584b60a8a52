/** Letters that stand for themselves in Unicode but are written with plain ones where a keyboard lacks them. */
const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};
/** Elsewhere a mark makes another letter: ハ and バ, и and й, all vowels of Thai and Hindi. */
const diacritics = /([\p{Script=Latin}\p{Script=Greek}])[\u0300-\u036f]+/gu;
/** They only choose how a character looks. */
const variationSelectors = /[\ufe00-\ufe0f]/g;
const special = /[ßæœøłđðþı]/g;
const ascii = /^[ -~]*$/;

/** Lower case, Latin and Greek letters without diacritics, with single spaces: `" Café  ØRSTED"` becomes `"cafe orsted"`. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  const plain = ascii.test(lower)
    ? lower
    : lower
        .normalize('NFKD')
        .replace(diacritics, '$1')
        .replace(variationSelectors, '')
        .replace(special, (letter) => plainLetters[letter] as string)
        .normalize('NFC');
  return plain.replace(/\s+/g, ' ').trim();
}

/**
 * The words of a name, folded. Punctuation parts words, except what tells names apart (`&`, `+`, `#`); letters that stand
 * alone are one word, so that `G.m.b.H.` and `GmbH`, `J. P.` and `JP` are the same.
 */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  let letters = '';
  const endLetters = () => {
    if (letters !== '') words.push(letters);
    letters = '';
  };
  for (const word of fold(text)
    .replace(/['’`´]/g, '')
    .replace(/&/g, ' & ')
    .split(/[^\p{L}\p{M}\p{N}&+#]+/u)) {
    if (/^\p{L}$/u.test(word)) letters += word;
    else if (notOnlyMarks.test(word)) {
      endLetters();
      words.push(ands.has(word) ? '&' : word);
    }
  }
  endLetters();
  return words;
}

const notOnlyMarks = /\P{M}/u;
const ands: ReadonlySet<string> = new Set(['and', 'und', 'et']);
