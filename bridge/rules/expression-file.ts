import type { FieldKind } from '../entities/field.ts';
import { checkExpression, type ReadableObject, typeText } from './expression-check.ts';
import type { FieldSet } from './field-set.ts';
import type { Expression } from './part.ts';
import type { Placed } from './problem.ts';
import type { Piece, Reader } from './reader.ts';

/** An expression as far as it could be read, with the fields that it reads. */
export interface ExpressionDraft {
  readonly expression: Expression;
  /** The fields that it reads, each with the place of its first mention. */
  readonly reads: readonly Placed<string>[];
}

/** Types of results that a field of a kind can take. References are ids of one system, which nothing can make. */
const typesOfKind: Readonly<Record<FieldKind, readonly string[]>> = {
  text: ['string'],
  code: ['string'],
  day: ['string'],
  flag: ['bool'],
  decimal: ['decimal', 'int', 'double'],
  reference: [],
  references: [],
};

const makingAdvice: Readonly<Partial<Record<FieldKind, string>>> = {
  text: 'make it a text with string(…)',
  decimal: 'make it a decimal with decimal(…)',
  flag: 'compare it with something',
};

/** What an expression can read besides the fields of its own object. */
export interface ExpressionScope {
  /** Variables that are no fields, by name. */
  readonly variables: Readonly<Record<string, FieldKind>>;
  readonly objects: ReadonlyMap<string, ReadableObject>;
  /** True for a name that might be a field of an object after all: a file could not be read that may have it. */
  maybe(object: string, field: string): boolean;
}

/** An expression that can be read, and the type of its result in the words of the language. */
export interface TypedExpression extends ExpressionDraft {
  readonly type: string;
}

/**
 * Reads an expression, whatever it makes.
 *
 * @param what what it makes, for messages: `"where"`
 */
export function readTyped(
  reader: Reader,
  piece: Piece,
  fields: FieldSet,
  what: string,
  scope?: ExpressionScope,
): TypedExpression | undefined {
  const text = reader.text(piece, `the expression of ${what}`);
  if (text === undefined) return undefined;
  const known = scope === undefined ? fields.kinds : { ...fields.kinds, ...scope.variables };
  const result = checkExpression(text.value, known, fields.entity, scope?.objects, fields.get);
  if ('problem' in result) {
    const { offset, message, suggestion, unknown, object } = result.problem;
    const mayBeThere =
      unknown !== undefined && (object === undefined ? fields.maybe(unknown) : scope?.maybe(object, unknown));
    if (mayBeThere !== true) reader.report(reader.within(piece, offset), message, suggestion);
    return undefined;
  }
  const reads = result.reads.map(({ name, offset }) => ({
    value: name,
    place: reader.within(piece, offset),
  }));
  return { expression: result.expression, reads, type: result.type };
}

/** Reads an expression that makes a value of a kind. */
export function readExpression(
  reader: Reader,
  piece: Piece,
  fields: FieldSet,
  what: string,
  kind: FieldKind,
  scope?: ExpressionScope,
): ExpressionDraft | undefined {
  const typed = readTyped(reader, piece, fields, what, scope);
  if (typed === undefined) return undefined;
  const { type, ...draft } = typed;
  const wanted = typesOfKind[kind];
  if (wanted.includes(type)) return draft;
  if (wanted.length === 0) {
    const message = `an expression cannot make ${what}, which refers to other objects`;
    reader.report(piece.place, message, 'carry the field over as it stands');
  } else {
    const message = `the expression makes ${typeText(type)}, and ${what} is a ${kind}`;
    reader.report(piece.place, message, makingAdvice[kind]);
  }
  return undefined;
}
