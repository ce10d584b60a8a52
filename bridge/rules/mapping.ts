import type { State, Value } from '../entities/field.ts';
import type { Mapping, Rule, ValueTable } from './rule.ts';

/** A value that the rules cannot bring to the other side. A person has to correct the value or the rules. */
export class MappingError extends Error {
  readonly rule: string;
  readonly field: string;

  constructor(
    message: string,
    at: { readonly rule: string; readonly field: string; readonly cause?: unknown },
  ) {
    super(message, { cause: at.cause });
    this.name = 'MappingError';
    this.rule = at.rule;
    this.field = at.field;
  }
}

/**
 * What the rule writes in the target: its fields as far as they are known.
 *
 * @throws MappingError for a value that has no counterpart
 */
export function mapFields(rule: Rule, state: State): State {
  const mapped: Record<string, Value> = {};
  for (const name of rule.fields) {
    const mapping = rule.mappings[name];
    const value = mapping === undefined ? state[name] : mapValue(mapping, name, rule, state);
    if (value !== undefined) mapped[name] = value;
  }
  return mapped;
}

function mapValue(mapping: Mapping, field: string, rule: Rule, state: State): Value | undefined {
  if (mapping.kind === 'constant') return mapping.value;
  if (mapping.kind === 'expression') throw new Error(`The expression of "${field}" was not compiled`);
  const value = state[mapping.field];
  if (value === undefined || mapping.table === undefined) return value;
  return lookUp(mapping.table, value, field, rule);
}

function lookUp(table: ValueTable, value: Value, field: string, rule: Rule): Value {
  if (value === null) return table.empty ?? null;
  const key = String(value);
  if (Object.hasOwn(table.values, key)) return table.values[key] as Value;
  if (table.otherwise !== undefined) return table.otherwise;
  const message = `The table "${table.name}" does not say what "${key}" is for the field "${field}". Add it to the table, or correct the value.`;
  throw new MappingError(message, { rule: rule.id, field });
}
