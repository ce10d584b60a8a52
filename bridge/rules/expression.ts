import { Environment } from '@marcbachmann/cel-js';
import type { FieldKind, State, Value } from '../entities/field.ts';
import { isList } from '../entities/state.ts';
import { Amount, amountOf, amountOperators, amountText, negated, type Operand, rounded } from './amount.ts';
import { nodesOf, pathsIn, variableName, withVariables } from './expression-path.ts';
import type { Expression } from './part.ts';

/**
 * The language of expressions is CEL (https://cel.dev) with exact decimals. It can neither loop without end nor reach
 * anything but the fields of the states that it is given.
 *
 * Empty values: an empty text, code, day or reference is `""`, an empty flag is `false`, an empty decimal stays empty
 * in whatever is computed with it. An empty text as a result is an empty value.
 */
const typeOfKind: Readonly<Record<FieldKind, string>> = {
  text: 'string',
  code: 'string',
  day: 'string',
  reference: 'string',
  flag: 'bool',
  decimal: 'decimal',
  references: 'list<string>',
};

/** Functions that an expression can call. `matches` is not among them: a regular expression can take for ever. */
export const functionNames = [
  'size',
  'string',
  'int',
  'decimal',
  'round',
  'isEmpty',
  'contains',
  'startsWith',
  'endsWith',
  'lowerAscii',
  'upperAscii',
  'trim',
  'substring',
  'indexOf',
  'split',
  'join',
  'exists',
  'all',
  'filter',
  'map',
] as const;

/** Far more than a person would write, far less than what would keep the bridge busy. */
const limits = { maxAstNodes: 500, maxDepth: 50, maxListElements: 200, maxMapEntries: 50 };

const language = new Environment({ unlistedVariablesAreDyn: false, limits }).registerType('decimal', {
  ctor: Amount,
  fields: {},
});
for (const [operator, operate] of Object.entries(amountOperators)) {
  const result = '+-*/'.includes(operator) ? 'decimal' : 'bool';
  for (const number of ['int', 'double']) {
    language.registerOperator(`decimal ${operator} ${number}: ${result}`, operate);
    // Equality of the other direction comes with it.
    if (operator !== '==') language.registerOperator(`${number} ${operator} decimal: ${result}`, operate);
  }
  language.registerOperator(`decimal ${operator} decimal: ${result}`, operate);
}
language
  .registerOperator('-decimal', negated)
  .registerFunction('decimal(string): decimal', (text: string) => amountOf(text === '' ? null : text))
  .registerFunction('decimal(int): decimal', (number: bigint) => amountOf(number.toString()))
  .registerFunction('string(decimal): string', (amount: Amount) => amountText(amount) ?? '')
  .registerFunction('round(decimal, int): decimal', rounded)
  .registerFunction('decimal.isEmpty(): bool', ({ value }: Amount) => value === null)
  .registerFunction('string.isEmpty(): bool', (text: string) => text === '')
  .registerFunction('list<string>.isEmpty(): bool', (list: readonly string[]) => list.length === 0);

/** The language with these fields as its variables; `project.status` is the field of another object. */
export function environmentOf(fields: Readonly<Record<string, FieldKind>>): Environment {
  const environment = language.clone();
  for (const [name, kind] of Object.entries(fields))
    environment.registerVariable(variableName(name), typeOfKind[kind]);
  return environment;
}

type Evaluate = (state: State) => Value | undefined;
const compiled = new WeakMap<Expression, Evaluate>();

/**
 * The value of an expression for a state; `undefined` when the state does not have one of the fields that it reads: it
 * is unknown then, like the field.
 *
 * @throws Error for what cannot be computed, e.g. a division by zero, with a message for people
 */
export function evaluate(expression: Expression, state: State): Value | undefined {
  let run = compiled.get(expression);
  if (run === undefined) {
    run = compile(expression);
    compiled.set(expression, run);
  }
  return run(state);
}

function compile({ text, fields }: Expression): Evaluate {
  const environment = environmentOf(fields);
  const paths = pathsIn(nodesOf(environment.parse(text).ast));
  const run = environment.parse(withVariables(text, paths));
  const names = Object.keys(fields);
  const variableNames = names.map(variableName);
  const kinds = Object.values(fields);
  return (state) => {
    const variables: Record<string, unknown> = {};
    for (let index = 0; index < names.length; index++) {
      const name = names[index] as string;
      const value = state[name];
      if (value === undefined) return undefined;
      variables[variableNames[index] as string] = variableOf(kinds[index] as FieldKind, value);
    }
    try {
      return valueFrom(run(variables));
    } catch (error) {
      throw new Error(plainly(error), { cause: error });
    }
  };
}

function variableOf(kind: FieldKind, value: Value): unknown {
  if (kind === 'decimal') return amountOf(value as string | null);
  if (kind === 'flag') return value ?? false;
  if (kind === 'references') return value ?? [];
  return value ?? '';
}

function valueFrom(result: unknown): Value {
  if (result instanceof Amount) return amountText(result);
  if (typeof result === 'bigint') return result.toString();
  if (typeof result === 'number') return amountText(resultOf(result));
  if (result === '') return null;
  if (typeof result === 'string' || typeof result === 'boolean' || isList(result as Value))
    return result as Value;
  throw new Error('the result is no value');
}

const resultOf = (number: Operand): Amount => amountOperators['+']?.(amountOf('0'), number) as Amount;

/** The library's messages end with a drawing of the place, which says little in one line. */
const plainly = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] as string;
