import { type ASTNode, type TypeError as ExpressionTypeError, ParseError } from '@marcbachmann/cel-js';
import type { FieldKind } from '../entities/field.ts';
import { environmentOf, functionNames } from './expression.ts';
import type { Expression } from './rule.ts';
import { suggest } from './suggest.ts';

/** What is wrong in an expression. */
export interface ExpressionProblem {
  /** Where in its text, from 0. */
  readonly offset: number;
  readonly message: string;
  readonly suggestion?: string;
  /** The name that is no field, where that is the problem. */
  readonly unknown?: string;
}

export type CheckedExpression =
  | {
      readonly expression: Expression /** Type of its result in the words of the language. */;
      readonly type: string;
    }
  | { readonly problem: ExpressionProblem };

/**
 * Checks an expression over the fields of an entity.
 *
 * @param owner what the fields belong to, for messages
 */
export function checkExpression(
  text: string,
  fields: Readonly<Record<string, FieldKind>>,
  owner: string,
): CheckedExpression {
  const environment = environmentOf(fields);
  let root: ASTNode;
  try {
    root = environment.parse(text).ast;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { problem: syntaxProblem(error) };
  }
  const nodes = nodesOf(root);
  const called = nodes.map((node) => callProblem(node, text)).find((problem) => problem !== undefined);
  if (called !== undefined) return { problem: called };
  const result = environment.check(text);
  if (!result.valid) return { problem: typeProblem(result.error as ExpressionTypeError, fields, owner) };
  const read = new Set(nodes.flatMap((node) => (node.op === 'id' ? [node.args] : [])));
  const used = Object.entries(fields).filter(([name]) => read.has(name));
  return { expression: { text, fields: Object.fromEntries(used) }, type: result.type ?? 'dyn' };
}

function syntaxProblem(error: ParseError): ExpressionProblem {
  const offset = error.range?.start ?? 0;
  const suggestion = syntaxAdvice(error.summary);
  const message = `the expression cannot be read here: ${lowerFirst(error.summary)}`;
  return { offset, message, ...(suggestion === undefined ? {} : { suggestion }) };
}

function syntaxAdvice(summary: string): string | undefined {
  if (summary === 'Unexpected character: =') return 'compare with "=="';
  if (/EOF/.test(summary)) return 'something is missing at its end';
  if (/character: '?[&|]/.test(summary)) return 'write "&&" and "||"';
  return undefined;
}

function callProblem(node: ASTNode, text: string): ExpressionProblem | undefined {
  if (node.op !== 'call' && node.op !== 'rcall') return undefined;
  const name = node.args[0];
  if ((functionNames as readonly string[]).includes(name)) return undefined;
  const offset = node.op === 'call' ? node.start : text.indexOf(name, node.args[1].end);
  return { offset, message: `there is no function "${name}"`, ...adviceOf(name, functionNames) };
}

function typeProblem(
  error: ExpressionTypeError,
  fields: Readonly<Record<string, FieldKind>>,
  owner: string,
): ExpressionProblem {
  const offset = error.range?.start ?? 0;
  if (error.code === 'unknown_variable') {
    const name = error.summary.replace('Unknown variable: ', '');
    const message = `the expression reads "${name}", which is no field of ${owner}`;
    return { offset, message, unknown: name, ...adviceOf(name, Object.keys(fields)) };
  }
  const [, left, operator, right] = /^no such overload: (\S+) (\S+) (\S+)$/.exec(error.summary) ?? [];
  if (left !== undefined && right !== undefined) {
    const message = `"${operator}" cannot stand between ${typeText(left)} and ${typeText(right)}`;
    const advice = typeAdvice(left, right);
    return { offset, message, ...(advice === undefined ? {} : { suggestion: advice }) };
  }
  return { offset, message: `the expression is not valid: ${lowerFirst(error.summary)}` };
}

function typeAdvice(left: string, right: string): string | undefined {
  const both = [left, right];
  if (both.includes('null')) return 'ask with isEmpty(): "name.isEmpty()"';
  if (both.includes('string') && (both.includes('decimal') || both.includes('int')))
    return 'make one like the other with string(…) or decimal(…)';
  if (both.includes('string') && both.includes('bool'))
    return 'a flag stands alone: "billable", or "!billable"';
  return undefined;
}

/** Types in the words of people. */
const typeTexts: Readonly<Record<string, string>> = {
  string: 'a text',
  bool: 'a flag',
  int: 'a whole number',
  double: 'a number',
  decimal: 'a decimal',
  null: 'null',
};

export const typeText = (type: string): string =>
  typeTexts[type] ?? (type.startsWith('list') ? 'a list' : type);

function adviceOf(word: string, known: readonly string[]): { suggestion?: string } {
  const suggestion = suggest(word, known);
  return suggestion === undefined ? {} : { suggestion };
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** Every node below and with this one, in the order of the text. */
function nodesOf(node: unknown): ASTNode[] {
  if (Array.isArray(node)) return node.flatMap(nodesOf);
  if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) return [];
  return [node as ASTNode, ...nodesOf(node.args)];
}
