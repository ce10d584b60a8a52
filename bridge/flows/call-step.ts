import { entityOf } from '../entities/catalogue.ts';
import type { State, Value } from '../entities/field.ts';
import type { Flow, FlowStep } from '../rules/flow.ts';
import { inputOf } from '../rules/flow-condition.ts';
import { MappingError } from '../rules/mapping.ts';
import { dueAt } from '../rules/timing.ts';
import type { CallStand } from '../store/flow-call.ts';
import type { SystemObject } from '../store/record.ts';
import { type Finder, type Found, flowObject, named } from './find.ts';
import type { Outcome, Request } from './outcome.ts';

type CallStep = Extract<FlowStep, { kind: 'call' }>;

export interface CallWorld {
  idIn(object: SystemObject, system: string): string | undefined;
  /** How the call of a step with an object stands, where it was asked for. */
  callOf(step: string, object: string): CallStand | undefined;
  isInShadow(system: string): boolean;
}

export interface CallCircumstances {
  readonly flow: Flow;
  readonly subject: SystemObject;
  readonly round: number;
  readonly finder: Finder;
  readonly nowMs: number;
  readonly today: string;
  /** Something that the step looks at has changed. */
  readonly fresh: boolean;
}

/** What a system refused may be right by now for a reason that nobody sees from here. */
const askAgainMs = 4 * 60 * 60_000;

/** True when it has been done, however long ago. */
export const isDone = ({ state }: CallStand): boolean =>
  state === 'done' || state === 'gone' || state === 'superseded';

/** How doing something with an object stands; asks for it where that is due. */
export function judgeCall(
  step: CallStep,
  { object, state }: Extract<Found, { object: SystemObject }>,
  circumstances: CallCircumstances,
  world: CallWorld,
): { readonly outcome: Outcome; readonly request?: Request } {
  const { nowMs, fresh } = circumstances;
  const stand = world.callOf(step.id, object.id);
  if (stand !== undefined && isDone(stand)) return { outcome: { kind: 'done' } };
  const text = `${step.action} of ${named(object)} is on its way.`;
  const waiting: Outcome = { kind: 'waiting', at: object, text: stand?.cause ?? text };
  if (stand?.state === 'shadowed') {
    if (world.isInShadow(object.system))
      return {
        outcome: {
          ...waiting,
          text: `${step.action} of ${named(object)} is only recorded, because of shadow.`,
        },
      };
  } else if (stand?.state === 'dead') {
    const lookMs = stand.askedMs + askAgainMs;
    if (!fresh && nowMs < lookMs) {
      const cause = stand.cause ?? `${object.system} refused it.`;
      return { outcome: { kind: 'stuck', at: object, text: cause, delivery: stand.delivery, lookMs } };
    }
  } else if (stand !== undefined) return { outcome: waiting };
  let input: State;
  try {
    input = inputFor(step, object, state, circumstances, world);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    return { outcome: { kind: 'stuck', at: object, text: error.message } };
  }
  const request: Request = {
    kind: 'call',
    ...(stand === undefined ? {} : { again: stand.id }),
    step: step.id,
    object,
    action: step.action,
    reference: referenceFor(step, object, circumstances),
    input,
    dueMs: dueAt(step.timing, nowMs),
  };
  return { outcome: { ...waiting, text }, request };
}

/** The name of what is done, the same at every try: what a system makes bears it, and is made once. */
function referenceFor(
  step: CallStep,
  object: SystemObject,
  { flow, subject, round }: CallCircumstances,
): string {
  const whose = `${subject.system}:${subject.entity}:${subject.id}`;
  const own =
    object.system === subject.system && object.entity === subject.entity && object.id === subject.id;
  return `flow:${flow.id}:${step.id}:${whose}:${round}${own ? '' : `:${object.id}`}`;
}

/** What the action gets, with every reference as an id of the system that it is done in. */
function inputFor(
  step: CallStep,
  { system }: SystemObject,
  own: State,
  { flow, finder, today, subject }: CallCircumstances,
  world: CallWorld,
): State {
  const names = new Set<string>();
  for (const mapping of Object.values(step.input)) {
    const reads =
      mapping.kind === 'field'
        ? [mapping.field]
        : mapping.kind === 'expression'
          ? Object.keys(mapping.expression.fields)
          : [];
    for (const read of reads) if (read.includes('.')) names.add(read.slice(0, read.indexOf('.')));
  }
  const states = finder.states(names);
  states.set(step.on, own);
  const input: Record<string, Value> = { ...inputOf(step, states, today, flow.id) };
  for (const [name, mapping] of Object.entries(step.input)) {
    const value = input[name];
    if (mapping.kind !== 'field' || mapping.table !== undefined || typeof value !== 'string') continue;
    const [object, field] = splitPath(mapping.field, step.on);
    const definition = flowObject(flow, object);
    const referred = entityOf(definition?.entity ?? flow.entity).fields[field];
    const from = finder.all(object)[0]?.object?.system ?? subject.system;
    if (referred?.kind !== 'reference' || referred.entity === undefined || from === system) continue;
    const entity = referred.entity as SystemObject['entity'];
    input[name] = world.idIn({ system: from, entity, id: value }, system) ?? null;
  }
  return input;
}

export function splitPath(path: string, own: string): readonly [string, string] {
  const dot = path.indexOf('.');
  return dot < 0 ? [own, path] : [path.slice(0, dot), path.slice(dot + 1)];
}
