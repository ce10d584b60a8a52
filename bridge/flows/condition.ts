import type { State, Value } from '../entities/field.ts';
import { isList } from '../entities/state.ts';
import {
  type FlowCondition,
  gone as goneName,
  type Quantity,
  subject as subjectName,
  today as todayName,
} from '../rules/flow.ts';
import { meets } from '../rules/flow-condition.ts';
import type { Conditions } from '../rules/part.ts';
import { holds } from '../rules/routes.ts';
import type { SystemObject } from '../store/record.ts';
import { type Finder, type Found, named } from './find.ts';

/** What a condition on some of a flow's objects comes to. */
export type Verdict =
  | { readonly kind: 'holds' }
  | {
      /** `unread`: nobody knows yet, because an object was never read. */
      readonly kind: 'fails' | 'unread';
      /** The object that fails it. */
      readonly at: SystemObject;
      /** For people: a plain sentence. */
      readonly text: string;
    };

/** Names of objects that a condition on `own` reads. */
function namesIn(condition: FlowCondition, own: string): Set<string> {
  const names = new Set([own]);
  for (const field of Object.keys(condition.where?.fields ?? {})) {
    const dot = field.indexOf('.');
    if (dot >= 0) names.add(field.slice(0, dot));
    else if (field === goneName) names.add(subjectName);
  }
  return names;
}

/** True when a condition may come to something else tomorrow though nothing changes. */
export const readsToday = (condition: FlowCondition | undefined): boolean =>
  condition?.where !== undefined && Object.hasOwn(condition.where.fields, todayName);

/** @param optional names of the objects that need not be there */
export function judge(
  finder: Finder,
  optional: ReadonlySet<string>,
  { condition, quantity, on }: { condition: FlowCondition; quantity: Quantity; on: string },
  today: string,
): Verdict {
  const found = finder.all(on);
  const names = namesIn(condition, on);
  const states = finder.states(names);
  for (const name of names) if (name !== on && optional.has(name)) fillIn(states, name, finder, condition);
  const isMet = (one: Found): boolean => {
    if (one.absent !== undefined) return false;
    states.set(on, one.state);
    return meets(condition, states, on, today);
  };
  if (quantity === 'none') {
    const met = found.find(isMet);
    if (met?.object !== undefined)
      return fails(met.object, `${named(met.object)}: ${conditionText(condition)}, and none may be.`);
    return unread(found) ?? { kind: 'holds' };
  }
  if (found.length === 0)
    return fails(finder.anchor(on), `There is none that belongs to ${named(finder.anchor(on))}.`);
  if (quantity === 'any' && found.some(isMet)) return { kind: 'holds' };
  const failing = quantity === 'any' ? found[0] : found.find((one) => !isMet(one));
  if (failing === undefined) return { kind: 'holds' };
  if (quantity === 'any' && found.length > 1) {
    const at = finder.anchor(on);
    return unread(found) ?? fails(at, `None of ${found.length} is as needed: ${conditionText(condition)}.`);
  }
  if (failing.absent !== undefined)
    return {
      kind: failing.absent.kind === 'unread' ? 'unread' : 'fails',
      at: failing.absent.at,
      text: failing.absent.text,
    };
  const others = [...names].filter((name) => name !== on);
  return (
    others.map((name) => unread(finder.all(name))).find((one) => one !== undefined) ??
    fails(failing.object, `${named(failing.object)}: ${failureText(condition, failing.state)}.`)
  );
}

/** Every field of an object that is known not to be there is empty. */
function fillIn(
  states: Map<string, State | undefined>,
  name: string,
  finder: Finder,
  { where }: FlowCondition,
): void {
  const absence = finder.all(name)[0]?.absent;
  if (absence === undefined || absence.kind === 'unread') return;
  const own = Object.keys(where?.fields ?? {}).filter((path) => path.startsWith(`${name}.`));
  states.set(name, Object.fromEntries(own.map((path) => [path.slice(name.length + 1), null])));
}

const fails = (at: SystemObject, text: string): Verdict => ({ kind: 'fails', at, text });

function unread(found: readonly Found[]): Verdict | undefined {
  const one = found.find(({ absent }) => absent?.kind === 'unread')?.absent;
  return one === undefined ? undefined : { kind: 'unread', at: one.at, text: one.text };
}

/** What a state lacks: `status is closed, active is needed`. */
function failureText({ when, where }: FlowCondition, state: State): string {
  const parts = Object.entries(when).flatMap(([field, wanted]) =>
    holds({ [field]: wanted }, state)
      ? []
      : [`${field} is ${valueText(state[field])}, ${wantedText(wanted)} is needed`],
  );
  if (parts.length === 0 && where !== undefined) parts.push(`it does not meet ${where.text}`);
  return parts.join('; ');
}

/** `status active, kind a or b`. */
function conditionText({ when, where }: FlowCondition): string {
  const parts = Object.entries(when).map(([field, wanted]) => `${field} ${wantedText(wanted)}`);
  return [...parts, ...(where === undefined ? [] : [where.text])].join(', ');
}

const wantedText = (wanted: Conditions[string]): string =>
  Array.isArray(wanted) ? wanted.map(valueText).join(' or ') : valueText(wanted as Value);

function valueText(value: Value | undefined): string {
  if (value === undefined) return 'not known';
  if (value === null) return 'empty';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return isList(value) ? value.join(', ') : value;
}
