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
const orders = new Map<string, Shape>();
const mostOrders = 1000;

interface Shape {
  /** As they come. */
  readonly names: readonly string[];
  readonly ordered: readonly string[];
}

/** Mostly one state comes in the shape of the one before. */
let latest: Shape = { names: [], ordered: [] };

function orderedNames(state: State): readonly string[] {
  const names = Object.keys(state);
  if (sameNames(names, latest.names)) return latest.ordered;
  const key = names.join();
  let shape = orders.get(key);
  if (shape === undefined) {
    shape = { names, ordered: names.toSorted() };
    if (orders.size >= mostOrders) orders.clear();
    orders.set(key, shape);
  }
  latest = shape;
  return shape.ordered;
}

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
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
  if (before === null && after !== null) {
    for (const name of Object.keys(after)) {
      const value = after[name];
      if (value !== undefined) result[name] = { after: value };
    }
    return result;
  }
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
