import type { State, Value } from '../entities/field.ts';
import { sameValue } from '../entities/state.ts';
import { lanes } from '../rules/rule.ts';
import type { SystemObject } from '../store/record.ts';
import type { Effect, Passage, SimulatedAction } from './simulate-world.ts';

/** Something under the present rules, and under the changed ones. */
export interface Sides<Side> {
  readonly present: Side;
  readonly changed: Side;
}

/** A field that would be written with another value; absent on the side whose rules do not write it. */
export interface FieldDifference {
  readonly field: string;
  readonly present?: Value;
  readonly changed?: Value;
  /** True when the changed rules would only record it, because of shadow. */
  readonly shadow?: true;
}

export interface ActionDifference {
  readonly present: SimulatedAction | 'nothing';
  readonly changed: SimulatedAction | 'nothing';
  /** Why a person would be asked, or what needs the object. */
  readonly cause?: string;
}

/** What would be written differently into one system for one object, over the whole period. */
export interface ObjectDifference {
  readonly target: string;
  readonly object: SystemObject;
  /** When the last change came in that would be brought differently; absent where only something else needs the object. */
  readonly at?: string;
  /** How many changes would be brought differently. */
  readonly changes: number;
  readonly actions: readonly ActionDifference[];
  /** Each with its last values. */
  readonly fields: readonly FieldDifference[];
  readonly lane?: Sides<string>;
  readonly timing?: Sides<string>;
  readonly shadow?: Sides<boolean>;
  /** Rules that bring it, on either side. */
  readonly rules: readonly string[];
}

/** Collects over the changes of one object what one target would get differently. */
export function createComparison(target: string, object: SystemObject) {
  const actions = new Map<string, ActionDifference>();
  const fields = new Map<string, FieldDifference>();
  const rules = new Set<string>();
  const sides: { lane?: Sides<string>; timing?: Sides<string>; shadow?: Sides<boolean> } = {};
  let last: string | undefined;
  let changes = 0;

  function noteRules(...effects: readonly (Effect | undefined)[]): void {
    for (const effect of effects) for (const rule of effect?.rules ?? []) rules.add(rule);
  }

  return {
    /** One change: what either side makes of it, with what each has in the target after it. */
    add(at: string, effects: Sides<Effect | undefined>, passages: Sides<Passage>): void {
      const { present, changed } = effects;
      const action = actionDifference(effects, passages, target);
      const different = fieldDifferences(effects, passages, target);
      const both = present !== undefined && changed !== undefined;
      const lane = both && present.lane !== changed.lane;
      const timing = both && present.timing !== changed.timing;
      const shadow = both && isShadowed(present) !== isShadowed(changed);
      if (action === undefined && different.length === 0 && !lane && !timing && !shadow) return;
      changes++;
      last = at;
      if (action !== undefined) actions.set(`${action.present} ${action.changed}`, action);
      for (const difference of different) fields.set(difference.field, difference);
      if (lane) sides.lane = { present: laneName(present), changed: laneName(changed) };
      if (timing) sides.timing = { present: present.timing, changed: changed.timing };
      if (shadow) sides.shadow = { present: isShadowed(present), changed: isShadowed(changed) };
      noteRules(present, changed);
    },
    result(): ObjectDifference | undefined {
      if (last === undefined) return undefined;
      return {
        target,
        object,
        at: last,
        changes,
        actions: [...actions.values()],
        fields: [...fields.values()].sort((left, right) => (left.field < right.field ? -1 : 1)),
        ...sides,
        rules: [...rules].sort(),
      };
    },
  };
}

const laneName = ({ lane }: Effect): string => lanes[lane] ?? String(lane);

const isShadowed = ({ fields, shadowed }: Effect): boolean =>
  shadowed.size > 0 && shadowed.size === Object.keys(fields).length;

/** An update that only one side makes shows in its fields. */
function actionDifference(
  { present, changed }: Sides<Effect | undefined>,
  passages: Sides<Passage>,
  target: string,
): ActionDifference | undefined {
  const left = present?.action ?? 'nothing';
  const right = changed?.action ?? 'nothing';
  if (left === right) return undefined;
  if (isPlain(left) && isPlain(right)) return undefined;
  // Brought by both, only by another change.
  if (left === 'create' && right === 'nothing' && passages.changed.linked(target)) return undefined;
  if (right === 'create' && left === 'nothing' && passages.present.linked(target)) return undefined;
  const cause = changed?.cause ?? present?.cause;
  return { present: left, changed: right, ...(cause === undefined ? {} : { cause }) };
}

const isPlain = (action: ActionDifference['present']): boolean => action === 'update' || action === 'nothing';

/** Fields that one side writes now and that the other does not write, or has written with another value. */
function fieldDifferences(
  { present, changed }: Sides<Effect | undefined>,
  passages: Sides<Passage>,
  target: string,
): FieldDifference[] {
  const left = written(present) ?? passages.present.written(target) ?? {};
  const right = written(changed) ?? passages.changed.written(target) ?? {};
  const names = new Set([...Object.keys(present?.fields ?? {}), ...Object.keys(changed?.fields ?? {})]);
  const found: FieldDifference[] = [];
  for (const field of names) {
    const before = left[field];
    const after = right[field];
    if (sameValue(before, after)) continue;
    found.push({
      field,
      ...(before === undefined ? {} : { present: before }),
      ...(after === undefined ? {} : { changed: after }),
      ...(changed?.shadowed.has(field) ? { shadow: true as const } : {}),
    });
  }
  return found;
}

const written = (effect: Effect | undefined): State | undefined =>
  effect?.action === 'create' || effect?.action === 'update' ? effect.fields : undefined;
