import type { State, Value } from '../entities/field.ts';
import { type FlowCondition, type FlowStep, gone as goneName, subject, today as todayName } from './flow.ts';
import { type Author, compute, mapFields } from './mapping.ts';
import { holds } from './routes.ts';

/** The states of a flow's objects, by name; `undefined` for one that is not there. */
export type FlowStates = ReadonlyMap<string, State | undefined>;

/**
 * True when one of a flow's objects meets a condition. An object that is not there meets none; an expression that reads
 * an unknown field, or one of an object that is not there, is not true; nor is one that cannot be computed.
 *
 * @param own name of the object that plain names are fields of
 * @param today the day it is (UTC), for expressions: `2026-01-31`
 */
export function meets(condition: FlowCondition, states: FlowStates, own: string, today: string): boolean {
  const state = states.get(own);
  if (state === undefined || !holds(condition.when, state)) return false;
  const { where } = condition;
  if (where === undefined) return true;
  try {
    return (
      compute(where, readable(Object.keys(where.fields), states, own, today), '"where"', nobody) === true
    );
  } catch {
    return false;
  }
}

const nobody: Author = { id: '', is: 'flow' };

/**
 * What an action gets: the values of its input, as far as they are known.
 *
 * @param flow the flow's id, for messages
 * @throws MappingError for a value that has no counterpart in its table, or that cannot be computed
 */
export function inputOf(
  step: Extract<FlowStep, { kind: 'call' }>,
  states: FlowStates,
  today: string,
  flow: string,
): State {
  const fields = Object.keys(step.input);
  const reads = Object.values(step.input).flatMap((mapping) =>
    mapping.kind === 'field'
      ? [mapping.field]
      : mapping.kind === 'expression'
        ? Object.keys(mapping.expression.fields)
        : [],
  );
  const state = readable(reads, states, step.on, today);
  return mapFields({ id: flow, is: 'flow', fields, mappings: step.input }, state);
}

/** One state with all that is read: fields of `own` by their names, those of other objects as `project.status`. */
function readable(names: readonly string[], states: FlowStates, own: string, today: string): State {
  const result: Record<string, Value> = {};
  for (const name of names) {
    const value =
      name === todayName
        ? today
        : name === goneName
          ? states.get(subject)?.[goneName] === true
          : valueAt(name, states, own);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function valueAt(path: string, states: FlowStates, own: string): Value | undefined {
  const dot = path.indexOf('.');
  return dot < 0 ? states.get(own)?.[path] : states.get(path.slice(0, dot))?.[path.slice(dot + 1)];
}
