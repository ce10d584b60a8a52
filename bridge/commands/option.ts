/**
 * What an option of a command names.
 *
 * @param option as people write it: `--format`
 * @throws Error with a plain sentence
 */
export function readChoice<Choice>(
  option: string,
  offered: Readonly<Record<string, Choice>>,
  text: string,
): Choice {
  // What every object has, such as "constructor", is not offered.
  if (Object.hasOwn(offered, text)) return offered[text] as Choice;
  throw new Error(`${option} is ${Object.keys(offered).join(', ')}, not "${text}".`);
}

/**
 * Reads `--limit 20`.
 *
 * @throws Error with a plain sentence
 */
export function readLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 0 && text.trim() !== '') return limit;
  throw new Error(`--limit is a whole number, not "${text}".`);
}
