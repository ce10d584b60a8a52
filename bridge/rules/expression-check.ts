import { type ASTNode, type TypeError as ExpressionTypeError, ParseError } from '@marcbachmann/cel-js';
import type { FieldKind } from '../entities/field.ts';
import { environmentOf, functionNames } from './expression.ts';
import { commentProblem, comparisonProblem, itemNames, numberProblem } from './expression-literal.ts';
import { type ExpressionPath, nodesOf, pathsIn, variableName, withVariables } from './expression-path.ts';
import type { ExpressionProblem } from './expression-problem.ts';
import { lowerFirst, syntaxAdvice, syntaxText } from './expression-syntax.ts';
import type { KnownField } from './field-set.ts';
import type { Expression } from './part.ts';
import { suggest } from './suggest.ts';

/** Another object whose fields an expression can read, by `name.field`. */
export interface ReadableObject {
  /** Its entity, for messages. */
  readonly owner: string;
  readonly fields: Readonly<Record<string, FieldKind>>;
  /** What is known about a field besides its kind. */
  fieldOf(name: string): KnownField | undefined;
  /** There may be several of it, and nobody knows which one is meant. */
  readonly several: boolean;
}

/** A field that an expression reads, and where it does so first. */
export interface ExpressionRead {
  readonly name: string;
  readonly offset: number;
}

export type CheckedExpression =
  | {
      readonly expression: Expression;
      readonly reads: readonly ExpressionRead[];
      /** Type of its result in the words of the language. */
      readonly type: string;
    }
  | { readonly problem: ExpressionProblem };

/**
 * Checks an expression over the fields of an entity, and perhaps of other objects.
 *
 * @param owner what the fields belong to, for messages
 * @param objects the other objects, by the names that the expression has for them
 * @param fieldOf what is known about the fields besides their kinds
 */
export function checkExpression(
  text: string,
  fields: Readonly<Record<string, FieldKind>>,
  owner: string,
  objects?: ReadonlyMap<string, ReadableObject>,
  fieldOf?: (name: string) => KnownField | undefined,
): CheckedExpression {
  const comment = commentProblem(text);
  if (comment !== undefined) return { problem: comment };
  let root: ASTNode;
  try {
    root = environmentOf({}).parse(text).ast;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { problem: syntaxProblem(error, text) };
  }
  const nodes = nodesOf(root);
  const called = nodes
    .map((node) => callProblem(node, text, fields))
    .find((problem) => problem !== undefined);
  if (called !== undefined) return { problem: called };
  const paths = objects === undefined ? [] : pathsIn(nodes);
  const known: Record<string, FieldKind> = { ...fields };
  for (const path of paths) {
    const found = kindAt(path, objects as ReadonlyMap<string, ReadableObject>);
    if (typeof found !== 'string') return { problem: found };
    known[`${path.object}.${path.field}`] = found;
  }
  const environment = environmentOf(known);
  const plain = withVariables(text, paths);
  const result = environment.check(plain);
  if (!result.valid) return { problem: typeProblem(result.error as ExpressionTypeError, fields, owner) };
  const items = itemNames(nodes);
  const fieldAt = (name: string): KnownField | undefined => {
    const [object, field] = name.split('.') as [string, string?];
    const kind = known[name];
    if (kind === undefined || items.has(object)) return undefined;
    return (field === undefined ? fieldOf?.(name) : objects?.get(object)?.fieldOf(field)) ?? { kind };
  };
  const meant = nodes
    .map((node) => numberProblem(node, text) ?? comparisonProblem(node, text, fieldAt))
    .find((problem) => problem !== undefined);
  if (meant !== undefined) return { problem: meant };
  const first = new Map<string, number>();
  for (const { op, args, start } of nodesOf(environment.parse(plain).ast))
    if (op === 'id' && !first.has(args as string)) first.set(args as string, start);
  const reads = Object.keys(known).flatMap((name) => {
    const offset = first.get(variableName(name));
    return offset === undefined ? [] : [{ name, offset }];
  });
  const used = reads.map(({ name }) => [name, known[name] as FieldKind]);
  return { expression: { text, fields: Object.fromEntries(used) }, reads, type: result.type ?? 'dyn' };
}

/** The kind of the field at the end of a path, or why there is none. */
function kindAt(
  { object, field, start, end }: ExpressionPath,
  objects: ReadonlyMap<string, ReadableObject>,
): FieldKind | ExpressionProblem {
  const found = objects.get(object);
  if (found === undefined) {
    const message = `the expression reads "${object}.${field}", and there is no object "${object}"`;
    if ((functionNames as readonly string[]).includes(field))
      return { offset: start, message, suggestion: `write "${object}.${field}()"` };
    return { offset: start, message, unknown: field, object, ...adviceOf(object, [...objects.keys()]) };
  }
  if (found.several) {
    const message = `the expression reads "${object}.${field}", and there may be several of "${object}"`;
    return { offset: start, message, suggestion: `use a step of its own, with "on: ${object}"` };
  }
  const kind = Object.hasOwn(found.fields, field) ? found.fields[field] : undefined;
  if (kind !== undefined) return kind;
  const message = `the expression reads "${object}.${field}", which is no field of ${found.owner}`;
  const offset = end - field.length;
  return { offset, message, unknown: field, object, ...adviceOf(field, Object.keys(found.fields)) };
}

function syntaxProblem(error: ParseError, text: string): ExpressionProblem {
  const offset = error.range?.start ?? 0;
  const suggestion = syntaxAdvice(error.summary, text, offset);
  const message = `the expression cannot be read here: ${syntaxText(error.summary, text, offset)}`;
  return { offset, message, ...(suggestion === undefined ? {} : { suggestion }) };
}

function callProblem(
  node: ASTNode,
  text: string,
  fields: Readonly<Record<string, FieldKind>>,
): ExpressionProblem | undefined {
  if (node.op !== 'call' && node.op !== 'rcall') return undefined;
  const name = node.args[0];
  if ((functionNames as readonly string[]).includes(name)) return undefined;
  const offset = node.op === 'call' ? node.start : text.indexOf(name, node.args[1].end);
  const message = `there is no function "${name}"`;
  if (node.op === 'call' && Object.hasOwn(fields, name))
    return { offset, message, suggestion: `write "${name}" without brackets` };
  return { offset, message, ...adviceOf(name, functionNames) };
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
    const advice = typeAdvice(left, operator, right);
    return { offset, message, ...(advice === undefined ? {} : { suggestion: advice }) };
  }
  const message = `the expression is not valid: ${lowerFirst(error.summary)}`;
  const called = /^found no matching overload for '(\w+)\(/.exec(error.summary)?.[1];
  if (called === 'isEmpty') return { offset, message, suggestion: 'write "name.isEmpty()"' };
  if (/^cannot index type/i.test(error.summary))
    return { offset, message, suggestion: 'a value has no parts; functions are called with "()"' };
  if (error.summary.startsWith('no such overload: !'))
    return { offset, message, suggestion: 'only a flag can be turned round; "name.isEmpty()" makes one' };
  return { offset, message };
}

function typeAdvice(left: string, operator: string | undefined, right: string): string | undefined {
  const both = [left, right];
  if (operator === 'in') return 'ask with contains("…")';
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
