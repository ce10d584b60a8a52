import { isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import type { Keys } from './keys.ts';
import type { Place, Placed, Report } from './problem.ts';
import {
  aliasAdvice,
  listAdvice,
  mapAdvice,
  type Said,
  shapeOf,
  textAdvice,
  twiceIn,
  yamlAdvice,
} from './reader-advice.ts';
import { sourceOffset } from './source-offset.ts';
import { suggest } from './suggest.ts';

/** A piece of YAML that has not been looked into yet. */
export type Piece = Placed<ParsedNode | null>;

/** One `key: value` of a map. */
export interface Entry {
  /** Quoted keys never have a meaning of their own, such as `otherwise` in a value table. */
  readonly key: Placed<string> & { readonly quoted: boolean };
  readonly value: Piece;
}

/**
 * Takes a rules file apart. Every method reports what is not as it should be, with its place, and answers
 * `undefined` for it. `what` names the piece in messages.
 */
export interface Reader {
  readonly report: Report;
  /** The file's content; `undefined` when it is no YAML. */
  readonly root: Piece | undefined;
  /** The entries of a map with any keys. `twice` says what a key that stands twice means, with what to do. */
  entries(piece: Piece, what: string, twice?: (key: string, line: number) => Said): Entry[] | undefined;
  /** The values of a map with these keys, by key. */
  keys<Name extends string>(
    piece: Piece,
    what: string,
    known: Keys<Name>,
  ): Partial<Record<Name, Piece>> | undefined;
  /** True for a map that has this key. */
  holds(piece: Piece, key: string): boolean;
  list(piece: Piece, what: string): Piece[] | undefined;
  text(piece: Piece, what: string): Placed<string> | undefined;
  flag(piece: Piece, what: string): Placed<boolean> | undefined;
  /** The place of one character of a text, counted from 0 in its value. */
  within(piece: Piece, offset: number): Place;
  /** A text that is one of `known`. */
  oneOf<Known extends string>(piece: Piece, what: string, known: readonly Known[]): Placed<Known> | undefined;
}

/** @param file path that messages show */
export function readDocument(file: string, content: string, report: Report): Reader {
  const lines = new LineCounter();
  const document = parseDocument<ParsedNode>(content, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    // Reported by `entries`, with the place of the first one.
    uniqueKeys: false,
  });

  function placeAt(offset: number): Place {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  }

  const faults = [...document.errors, ...document.warnings];
  const reportedLines = new Set<number>();
  for (const fault of faults) {
    const place = placeAt(fault.pos[0]);
    // One slip makes the parser stumble over the rest of its line too.
    if (reportedLines.has(place.line)) continue;
    reportedLines.add(place.line);
    if (fault.message.includes('alias')) {
      const star = content.indexOf('*', lines.lineStarts[place.line - 1]);
      report(placeAt(star), 'not valid YAML: "*" at the start of a value is an alias', aliasAdvice);
    } else {
      const message = fault.code === 'MULTIPLE_DOCS' ? 'a second document starts here' : fault.message;
      report(place, `not valid YAML: ${message}`, yamlAdvice[fault.code]);
    }
  }

  const pieceOf = (node: ParsedNode | null, otherwise: Place): Piece => ({
    value: node,
    // A value that is left out (`key:`) has no place of its own.
    place: node === null || node.range[0] === node.range[1] ? otherwise : placeAt(node.range[0]),
  });

  function wrong(piece: Piece, what: string, wanted: string, advice?: string): undefined {
    const suggestion = isAlias(piece.value) ? aliasAdvice : advice;
    report(piece.place, `${what} must be ${wanted}, not ${kindOf(piece.value)}`, suggestion);
    return undefined;
  }

  function entries(piece: Piece, what: string, twice = twiceIn(what), shape?: string): Entry[] | undefined {
    if (!isMap<ParsedNode, ParsedNode | null>(piece.value))
      return wrong(piece, what, 'a map', shape ?? mapAdvice(piece.value));
    const first = new Map<string, Place>();
    const result: Entry[] = [];
    for (const pair of piece.value.items) {
      const quoted = isScalar(pair.key) && pair.key.type !== 'PLAIN';
      const key = { value: keyText(pair.key), place: placeAt(pair.key.range[0]), quoted };
      const earlier = first.get(key.value);
      if (earlier === undefined) {
        first.set(key.value, key.place);
        result.push({ key, value: pieceOf(pair.value, key.place) });
      } else {
        report(key.place, ...twice(key.value, earlier.line));
      }
    }
    return result;
  }

  function text(piece: Piece, what: string): Placed<string> | undefined {
    if (isScalar(piece.value) && typeof piece.value.value === 'string') {
      if (piece.value.value.trim() !== '') return { value: piece.value.value, place: piece.place };
      report(piece.place, `${what} must not be empty`);
      return undefined;
    }
    return wrong(piece, what, 'text', textAdvice(piece.value));
  }

  return {
    report,
    root: faults.length > 0 ? undefined : pieceOf(document.contents, { file, line: 1, column: 1 }),
    entries,
    keys<Name extends string>(piece: Piece, what: string, known: Keys<Name>) {
      const names = Object.keys(known) as Name[];
      const found = entries(piece, what, twiceIn(what), shapeOf(known, names));
      if (found === undefined) return undefined;
      const result: Partial<Record<Name, Piece>> = {};
      for (const { key, value } of found) {
        const name = names.find((candidate) => candidate === key.value);
        if (name === undefined)
          report(key.place, `${what} has an unknown key "${key.value}"`, suggest(key.value, names));
        else result[name] = value;
      }
      for (const name of names)
        if (known[name].required === true && result[name] === undefined)
          report(piece.place, `${what} lacks "${name}"`);
      return result;
    },
    holds: (piece, key) => isMap(piece.value) && piece.value.has(key),
    list(piece, what) {
      if (!isSeq<ParsedNode | null>(piece.value))
        return wrong(piece, what, 'a list', listAdvice(piece.value));
      return piece.value.items.map((item) => ({
        value: item,
        // Also an item that is left out (`- `) stands somewhere.
        place: item === null ? piece.place : placeAt(item.range[0]),
      }));
    },
    text,
    flag(piece, what) {
      const value: unknown = isScalar(piece.value) ? piece.value.value : undefined;
      return typeof value === 'boolean' ? { value, place: piece.place } : wrong(piece, what, 'true or false');
    },
    within(piece, offset) {
      const node = piece.value;
      if (!isScalar(node) || typeof node.value !== 'string') return piece.place;
      return placeAt(sourceOffset(content, node, offset));
    },
    oneOf<Known extends string>(piece: Piece, what: string, known: readonly Known[]) {
      const found = text(piece, what);
      if (found === undefined) return undefined;
      const value = known.find((candidate) => candidate === found.value);
      if (value !== undefined) return { value, place: found.place };
      const close = suggest(found.value, known);
      report(
        found.place,
        `${what} must be one of ${known.join(', ')}, not "${found.value}"`,
        didYouMean(close),
      );
      return undefined;
    },
  };
}

/** The message itself lists what is known; only a likely word adds to it. */
const didYouMean = (suggestion: string | undefined): string | undefined =>
  suggestion?.startsWith('did') ? suggestion : undefined;

const keyText = (key: ParsedNode): string => (isScalar(key) ? String(key.value ?? '') : '');

/** What a piece is, in the words of someone who writes YAML. */
export function kindOf(node: ParsedNode | null): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  if (isAlias(node)) return 'a YAML alias';
  const value = node === null ? null : node.value;
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'boolean') return `the flag ${value}`;
  return typeof value === 'string' ? `the text "${value}"` : `the number ${value}`;
}
