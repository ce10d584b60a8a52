// What the language's parser says, in the words of people who do not know it.

/** What is unexpected. Of a word, the parser names one letter. */
export function syntaxText(summary: string, text: string, offset: number): string {
  const word = /^\w+/.exec(text.slice(offset))?.[0];
  return summary.startsWith('Unexpected character') && word !== undefined
    ? `"${word}" does not belong here`
    : lowerFirst(summary);
}

/** How other languages say it, and how this one does. */
const others: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/^and\b/i, 'write "&&"'],
  [/^or\b/i, 'write "||"'],
  [/^[&|]/, 'write "&&" and "||"'],
  [/^=>/, 'write ">="'],
  [/^=/, 'compare with "=="'],
  [/^(is|like)\b/i, 'compare with "==", or ask with contains("…") or isEmpty()'],
  [/^[“”„‘’]/, 'write straight quotes'],
  [/^,\d/, 'write decimals with a point: 1.5'],
  [/^\.\d/, 'write a number before the point: 0.5'],
  [/^#/, 'put comments outside of the expression'],
];

/** What to do about what cannot be read at `offset`. */
export function syntaxAdvice(summary: string, text: string, offset: number): string | undefined {
  if (/EOF/.test(summary)) return 'something is missing at its end';
  const [before, rest] = [text.slice(0, offset), text.slice(offset)];
  if (/\bnot\s+$/i.test(before)) return 'write "!"';
  if (before.endsWith('<') && rest.startsWith('>')) return 'write "!="';
  return others.find(([pattern]) => pattern.test(rest))?.[1];
}

export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
