import { hash } from 'node:crypto';
import type { State, Value } from './field.ts';

/**
 * JSON of a state with its fields in a fixed order, so that equal states are equal texts.
 * A list counts as a set: its order has no meaning.
 */
export function canonicalJson(state: State): string {
  const ordered: Record<string, Value> = {};
  for (const name of orderedNames(state)) {
    const value = state[name] as Value;
    ordered[name] = isList(value) ? [...value].sort() : value;
  }
  return JSON.stringify(ordered);
}

/** Names in order, by the names as they come: states of one entity come in few shapes, again and again. */
const orders = new Map<string, readonly string[]>();
const mostOrders = 1000;

function orderedNames(state: State): readonly string[] {
  const names = Object.keys(state);
  const shape = names.join();
  let ordered = orders.get(shape);
  if (ordered === undefined) {
    ordered = names.sort();
    if (orders.size >= mostOrders) orders.clear();
    orders.set(shape, ordered);
  }
  return ordered;
}

/** Short fingerprint of a state's canonical JSON: equal states have equal fingerprints on every machine. */
export function fingerprint(json: string): string {
  return hash('sha256', json, 'base64url').slice(0, 22);
}

export const isList = (value: Value): value is readonly string[] => Array.isArray(value);

export function sameValue(left: Value | undefined, right: Value | undefined): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined || !isList(left) || !isList(right)) return false;
  return left.length === right.length && [...left].sort().join('\0') === [...right].sort().join('\0');
}

/** Before and after of one field; `undefined` on a side where the field was not known. */
export interface Difference {
  readonly before?: Value;
  readonly after?: Value;
}

/** The fields in which two states differ, by name. An absent state counts as one without fields. */
export function differences(before: State | null, after: State | null): Record<string, Difference> {
  const result: Record<string, Difference> = {};
  for (const name of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])) {
    const left = before?.[name];
    const right = after?.[name];
    if (sameValue(left, right)) continue;
    result[name] = {
      ...(left === undefined ? {} : { before: left }),
      ...(right === undefined ? {} : { after: right }),
    };
  }
  return result;
}
