// What the language takes without a word, and what is not what somebody meant who wrote it.

import type { ASTNode } from '@marcbachmann/cel-js';
import { Decimal } from 'decimal.js';
import type { ExpressionProblem } from './expression-problem.ts';
import type { KnownField } from './field-set.ts';
import { textProblem } from './value-file.ts';

const stringsAndComments =
  /\b[rR](?:""".*?"""|'''.*?'''|"[^"]*"|'[^']*')|"""(?:\\.|[^\\])*?"""|'''(?:\\.|[^\\])*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\/\//gs;

/** YAML folds lines into one, so a comment would take with it what is written below. */
export function commentProblem(text: string): ExpressionProblem | undefined {
  const comment = [...text.matchAll(stringsAndComments)].find(([found]) => found === '//');
  if (comment === undefined) return undefined;
  const message = 'the expression cannot be read here: "//" begins a comment';
  return { offset: comment.index, message, suggestion: 'put comments outside of the expression' };
}

const calculations = ['+', '-', '*', '/'] as const;
type Calculation = Extract<ASTNode, { op: (typeof calculations)[number] }>;
const isCalculation = (node: ASTNode): node is Calculation =>
  (calculations as readonly string[]).includes(node.op);

/** Amounts are exact. Numbers that only meet each other are not: whole ones lose the rest, others their last digits. */
export function numberProblem(node: ASTNode, text: string): ExpressionProblem | undefined {
  const written = text.slice(node.start, node.end);
  if (node.op === 'value' && typeof node.args === 'number' && !isExact(written, node.args)) {
    const message = `"${written}" has more digits than a number can have`;
    return { offset: node.start, message, suggestion: `write decimal("${written}")` };
  }
  if (!isCalculation(node)) return undefined;
  const number = numberOf(node);
  if (number === undefined || (number === 'int' && node.op !== '/')) return undefined;
  const message =
    number === 'int'
      ? '"/" between two whole numbers leaves out the rest'
      : `"${node.op}" between two numbers is not exact`;
  return { offset: node.start, message, suggestion: exactly(node.args, text) };
}

function isExact(written: string, value: number): boolean {
  try {
    return new Decimal(written).equals(value);
  } catch {
    return true;
  }
}

function exactly(operands: readonly ASTNode[], text: string): string {
  const literal = operands.find(({ op }) => op === 'value');
  return literal === undefined
    ? 'make one of them a decimal with decimal(…)'
    : `make one of them a decimal: decimal("${text.slice(literal.start, literal.end)}")`;
}

const countingFunctions: readonly string[] = ['int', 'size', 'indexOf'];

/** What kind of number something is that is no amount; `undefined` for all else. */
function numberOf(node: ASTNode): 'int' | 'double' | undefined {
  if (node.op === 'value') {
    if (typeof node.args === 'bigint') return 'int';
    return typeof node.args === 'number' ? 'double' : undefined;
  }
  if (node.op === '-_') return numberOf(node.args);
  if (node.op === '?:') return numberOf(node.args[1]);
  if (node.op === 'call' || node.op === 'rcall')
    return countingFunctions.includes(node.args[0]) ? 'int' : undefined;
  if (!isCalculation(node)) return undefined;
  const [left, right] = node.args.map(numberOf);
  return left === right ? left : undefined;
}

const comparisons: readonly string[] = ['==', '!=', '<', '<=', '>', '>=', 'in'];

/**
 * A field that is compared with what it never is: such a condition would always hold, or never.
 *
 * @param fieldOf the field that a name or path stands for, if it is one
 */
export function comparisonProblem(
  node: ASTNode,
  text: string,
  fieldOf: (name: string) => KnownField | undefined,
): ExpressionProblem | undefined {
  if (!comparisons.includes(node.op)) return undefined;
  const [left, right] = node.args as [ASTNode, ASTNode];
  for (const [side, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (side.op !== 'id' && side.op !== '.') continue;
    const name = text.slice(side.start, side.end);
    const field = fieldOf(name);
    if (field === undefined) continue;
    for (const literal of other.op === 'list' ? other.args : [other]) {
      // An empty value is "".
      if (literal.op !== 'value' || typeof literal.args !== 'string' || literal.args === '') continue;
      const [message, suggestion] = textProblem(name, field, literal.args) ?? [];
      if (message !== undefined)
        return { offset: literal.start, message, ...(suggestion === undefined ? {} : { suggestion }) };
    }
  }
  return undefined;
}

/** Names that stand for the items of a list: `id` in `exists(id, id == "7")`. */
export const itemNames = (nodes: readonly ASTNode[]): ReadonlySet<string> =>
  new Set(
    nodes.flatMap((node) => {
      const [first] = node.op === 'rcall' ? node.args[2] : [];
      return first?.op === 'id' && node.op === 'rcall' && macros.includes(node.args[0]) ? [first.args] : [];
    }),
  );

const macros: readonly string[] = ['exists', 'all', 'filter', 'map'];
