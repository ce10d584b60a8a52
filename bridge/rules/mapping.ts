import { dayPattern, decimalPattern, type State, type Value } from '../entities/field.ts';
import { evaluate } from './expression.ts';
import type { Expression, Mapping, ValueTable } from './part.ts';
import type { WrittenFields } from './rule.ts';

/** The rules cannot say what becomes of a value. A person has to correct the value or the rules. */
export class MappingError extends Error {
  /** Id of the rule, or the flow. */
  readonly rule: string;

  constructor(message: string, rule: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'MappingError';
    this.rule = rule;
  }
}

/** Who says what becomes of values; messages name it. */
export interface Author {
  readonly id: string;
  /** Usual: a rule. */
  readonly is?: 'flow';
}

const nameOf = ({ id, is }: Author): string => `${is ?? 'rule'} ${id}`;

/** Fields, and how their values are made. */
export type Mapped = Author & WrittenFields;

/**
 * What the rule writes in the target: its fields as far as they are known.
 *
 * @throws MappingError for a value that has no counterpart, or that cannot be computed
 */
export function mapFields(rule: Mapped, state: State): State {
  const mapped: Record<string, Value> = {};
  for (const name of rule.fields) {
    const mapping = rule.mappings[name];
    const value = mapping === undefined ? state[name] : mapValue(mapping, name, rule, state);
    if (value !== undefined) mapped[name] = value;
  }
  return mapped;
}

function mapValue(mapping: Mapping, field: string, rule: Author, state: State): Value | undefined {
  if (mapping.kind === 'constant') return mapping.value;
  if (mapping.kind === 'field') {
    const value = state[mapping.field];
    if (value === undefined || mapping.table === undefined) return value;
    return lookUp(mapping.table, value, field, rule);
  }
  const value = compute(mapping.expression, state, `the field "${field}"`, rule);
  if (value === undefined || value === null || fits(value, mapping.result)) return value;
  const allowed =
    mapping.result.values === undefined
      ? `a ${mapping.result.kind}`
      : `one of ${mapping.result.values.join(', ')}`;
  const message = `The ${nameOf(rule)} makes ${JSON.stringify(value)} for the field "${field}", which must be ${allowed}. Correct what it is made from, or the expression ${mapping.expression.text}`;
  throw new MappingError(message, rule.id);
}

function lookUp(table: ValueTable, value: Value, field: string, rule: Author): Value {
  if (value === null) return table.empty ?? null;
  const key = String(value);
  if (Object.hasOwn(table.values, key)) return table.values[key] as Value;
  if (table.otherwise !== undefined) return table.otherwise;
  const message = `The value table "${table.name}" does not say what "${key}" becomes, which the ${nameOf(rule)} needs for the field "${field}". Add it to the table, or correct the value.`;
  throw new MappingError(message, rule.id);
}

/**
 * The value of an expression of a rule or a flow.
 *
 * @param what what it is for, in messages
 * @throws MappingError when it cannot be computed
 */
export function compute(expression: Expression, state: State, what: string, rule: Author): Value | undefined {
  try {
    return evaluate(expression, state);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The ${nameOf(rule)} cannot compute ${what} by ${expression.text}: ${reason}. Correct the values that it reads, or the expression.`;
    throw new MappingError(message, rule.id, error);
  }
}

function fits(value: Value, { kind, values }: Extract<Mapping, { kind: 'expression' }>['result']): boolean {
  if (kind === 'flag') return typeof value === 'boolean';
  if (typeof value !== 'string') return false;
  if (kind === 'day') return dayPattern.test(value);
  if (kind === 'decimal') return decimalPattern.test(value);
  return values === undefined || values.includes(value);
}
