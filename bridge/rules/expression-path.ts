import type { ASTNode } from '@marcbachmann/cel-js';

/** `project.status`: a field of another object, as an expression reads it. */
export interface ExpressionPath {
  readonly object: string;
  readonly field: string;
  /** Where it begins and ends in the text, from 0. */
  readonly start: number;
  readonly end: number;
}

/** Every node below and with this one, in the order of the text. */
export function nodesOf(node: unknown): ASTNode[] {
  if (Array.isArray(node)) return node.flatMap(nodesOf);
  if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) return [];
  return [node as ASTNode, ...nodesOf(node.args)];
}

/**
 * The fields of other objects that an expression reads. No value of a field has parts of its own, so whatever stands
 * before a dot, and is not called, is an object.
 */
export const pathsIn = (nodes: readonly ASTNode[]): ExpressionPath[] =>
  nodes.flatMap(({ op, args, start, end }) => {
    if (op !== '.') return [];
    const [base, field] = args as [ASTNode, string];
    return base.op === 'id' ? [{ object: base.args as string, field, start, end }] : [];
  });

/** Fields and objects are written in lower case, so this makes a name that no other has. */
const joint = 'O';

/** A field's name as a variable of the language, which has no dots in names. It is as long as the name. */
export const variableName = (field: string): string => field.replace('.', joint);

/** The text with variables instead of paths. Every place in it stays where it was. */
export function withVariables(text: string, paths: readonly ExpressionPath[]): string {
  let result = text;
  for (const { object, field, start, end } of paths) {
    const name = variableName(`${object}.${field}`).padEnd(end - start);
    result = result.slice(0, start) + name + result.slice(end);
  }
  return result;
}
