import type { FieldKind } from '../entities/field.ts';
import { checkExpression, typeText } from './expression-check.ts';
import type { FieldSet } from './field-set.ts';
import type { Place, Placed } from './problem.ts';
import type { Piece, Reader } from './reader.ts';
import type { Expression } from './rule.ts';

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

/**
 * Reads an expression that makes a value of a kind.
 *
 * @param what what it makes, for messages: `"where"`
 */
export function readExpression(
  reader: Reader,
  piece: Piece,
  fields: FieldSet,
  what: string,
  kind: FieldKind,
): ExpressionDraft | undefined {
  const text = reader.text(piece, `the expression of ${what}`);
  if (text === undefined) return undefined;
  const result = checkExpression(text.value, fields.kinds, fields.entity);
  if ('problem' in result) {
    const { offset, message, suggestion, unknown } = result.problem;
    if (unknown === undefined || !fields.maybe(unknown))
      reader.report(reader.within(piece, offset), message, suggestion);
    return undefined;
  }
  const wanted = typesOfKind[kind];
  if (wanted.length === 0) {
    const message = `an expression cannot make ${what}, which refers to other objects`;
    reader.report(piece.place, message, 'carry the field over as it stands');
    return undefined;
  }
  if (!wanted.includes(result.type)) {
    const message = `the expression makes ${typeText(result.type)}, and ${what} is a ${kind}`;
    reader.report(text.place, message, makingAdvice[kind]);
    return undefined;
  }
  const placeOf = (name: string): Place => {
    const offset = text.value.search(new RegExp(`\\b${name}\\b`));
    return reader.within(piece, Math.max(0, offset));
  };
  const reads = Object.keys(result.expression.fields).map((name) => ({ value: name, place: placeOf(name) }));
  return { expression: result.expression, reads };
}
