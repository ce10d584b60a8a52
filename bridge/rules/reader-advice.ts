import { type ErrorCode, isScalar, type ParsedNode } from 'yaml';
import type { Keys } from './keys.ts';

// What to do about a piece of a rules file that is not of the kind that it has to be.

/** A problem in words, with what to do about it. */
export type Said = readonly [message: string, suggestion?: string];

export const twiceIn =
  (what: string) =>
  (key: string, line: number): Said => [
    `${what} has "${key}" twice, first in line ${line}`,
    'leave one of them',
  ];

/** What a map with these keys looks like. */
export function shapeOf<Name extends string>(known: Keys<Name>, names: readonly Name[]): string {
  const required = names.filter((name) => known[name].required === true);
  if (required.length > 0) return `write {${required.map((name) => `${name}: …`).join(', ')}}`;
  return `write ${names
    .slice(0, 2)
    .map((name) => `{${name}: …}`)
    .join(' or ')}`;
}

const nothingAdvice = 'give it a value, or leave it out';

export const mapAdvice = (node: ParsedNode | null): string =>
  node === null || isNothing(node) ? nothingAdvice : 'write "<name>: …", one in each line';

export function listAdvice(node: ParsedNode | null): string {
  if (node === null || isNothing(node)) return nothingAdvice;
  return isScalar(node) ? `put it in brackets: [${textOf(node)}]` : 'begin each of them with "- "';
}

export function textAdvice(node: ParsedNode | null): string {
  if (node === null || isNothing(node)) return nothingAdvice;
  return isScalar(node) ? `put it in quotes: "${textOf(node)}"` : 'write a single one';
}

const isNothing = (node: ParsedNode): boolean => isScalar(node) && node.value === null;

/** A number or a flag as it is written. */
const textOf = (node: ParsedNode): string => (isScalar(node) ? (node.source ?? String(node.value)) : '');

export const aliasAdvice = 'put a value that starts with "*" in quotes';

export const yamlAdvice: Readonly<Partial<Record<ErrorCode, string>>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_SCALAR_START: 'put the value in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'put a value that contains ": " in quotes',
  MULTIPLE_DOCS: 'use one file for each',
  TAG_RESOLVE_FAILED: 'leave the tag out',
};
