import type { Scalar } from 'yaml';

type TextScalar = Pick<Scalar.Parsed, 'range' | 'type' | 'value'>;

/**
 * Where in a YAML file one character of a text stands, however the text is written: plain, in quotes, or as a block of
 * lines.
 *
 * @param content the file
 * @param offset which character of the text's value, from 0; its length for the place behind the last
 */
export function sourceOffset(content: string, node: TextScalar, offset: number): number {
  const value = String(node.value);
  let at = startOf(content, node);
  for (let index = 0; index < offset && index < value.length; index++) {
    // Line breaks and indentation stand for one space, for one line break, or for nothing.
    if (isSpace(value[index])) {
      if (node.type === 'QUOTE_DOUBLE' && content[at] === '\\') at += lengthAt(content, at, node.type);
      continue;
    }
    at = skipSpace(content, at) + lengthAt(content, skipSpace(content, at), node.type);
  }
  return offset < value.length && !isSpace(value[offset]) ? skipSpace(content, at) : at;
}

function startOf(content: string, { range, type }: TextScalar): number {
  const [start] = range;
  if (type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE') return start + 1;
  if (type === 'BLOCK_FOLDED' || type === 'BLOCK_LITERAL') return content.indexOf('\n', start) + 1;
  return start;
}

/** How many characters of the file one character of the value takes. */
function lengthAt(content: string, at: number, type: TextScalar['type']): number {
  if (type === 'QUOTE_SINGLE') return content.startsWith("''", at) ? 2 : 1;
  if (type !== 'QUOTE_DOUBLE' || content[at] !== '\\') return 1;
  const digits = { x: 2, u: 4, U: 8 }[content[at + 1] ?? ''] ?? 0;
  return 2 + digits;
}

function skipSpace(content: string, from: number): number {
  let at = from;
  while (isSpace(content[at])) at++;
  return at;
}

const isSpace = (character: string | undefined): boolean => character !== undefined && /\s/.test(character);
