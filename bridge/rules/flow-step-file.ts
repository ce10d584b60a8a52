import { isMap, isScalar } from 'yaml';
import { roles } from '../entities/role.ts';
import { withArticle } from './article.ts';
import { durationAdvice, durationOf } from './duration.ts';
import { type FlowStep, type Quantity, subject } from './flow.ts';
import { readInput } from './flow-call-file.ts';
import { readFlowCondition } from './flow-condition-file.ts';
import type { FlowObjectDraft, FlowRequest } from './flow-draft.ts';
import { callKeys, deliverKeys, onlyKeys, stepConditionKeys, stepKeys } from './flow-keys.ts';
import { type FlowPath, type FlowScope, readPath } from './flow-scope.ts';
import { nameAdvice, namePattern } from './name.ts';
import type { Placed } from './problem.ts';
import type { Piece, Reader } from './reader.ts';
import { suggest } from './suggest.ts';
import { readTiming, realTime } from './timing-file.ts';

export const quantities = ['all', 'any', 'none'] as const satisfies Quantity[];
export const stepKinds = ['require', 'await', 'deliver', 'call'] as const satisfies FlowStep['kind'][];

type StepKind = FlowStep['kind'];
type Parts = Partial<Record<keyof typeof stepKeys, Piece>>;
type Common = Pick<
  FlowStep,
  'id' | 'on' | 'only' | 'within' | 'after' | 'owner' | 'person' | 'says' | 'remedy'
>;

/** A step as it was read. */
export interface ReadStep {
  readonly id: Placed<string> | undefined;
  /** `undefined` when a part of it could not be read. */
  readonly step: FlowStep | undefined;
  readonly request: FlowRequest | undefined;
}

/**
 * Reads one step.
 *
 * @param owner whose it is when the step does not say it
 */
export function readStep(
  reader: Reader,
  piece: Piece,
  scope: FlowScope,
  owner: Placed<string> | undefined,
): ReadStep {
  const parts = reader.keys(piece, 'the step', stepKeys);
  if (parts === undefined) return { id: undefined, step: undefined, request: undefined };
  const id = parts.id && readId(reader, parts.id);
  const kind = readKind(reader, piece, parts);
  const own = readOn(reader, parts.on, scope);
  const what =
    kind === undefined || own === undefined ? undefined : readWhat(reader, parts, kind, scope, own);
  const named = what?.request;
  const common = readCommon({ reader, piece, parts, scope, kind, own, id, owner, named });
  const step =
    common === undefined || what?.step === undefined ? undefined : ({ ...common, ...what.step } as FlowStep);
  return { id, step, request: what?.request };
}

function readId(reader: Reader, piece: Piece): Placed<string> | undefined {
  const id = reader.text(piece, '"id"');
  if (id === undefined || namePattern.test(id.value)) return id;
  reader.report(id.place, `a step cannot have the id "${id.value}"`, nameAdvice);
  return undefined;
}

function readKind(reader: Reader, piece: Piece, parts: Parts): StepKind | undefined {
  const [kind, ...others] = stepKinds.filter((candidate) => parts[candidate] !== undefined);
  const [other] = others;
  if (other !== undefined) {
    const message = `a step is one thing, and this is "${kind}" and "${other}"`;
    reader.report((parts[other] as Piece).place, message, 'make two steps of it');
    return undefined;
  }
  // With a key in it that is not known, which was reported.
  const misspelt = isMap(piece.value) && piece.value.items.length > Object.keys(parts).length;
  if (kind === undefined && !misspelt)
    reader.report(piece.place, 'the step does not say what it is', `add one of ${stepKinds.join(', ')}`);
  return kind;
}

function readOn(reader: Reader, piece: Piece | undefined, scope: FlowScope): FlowObjectDraft | undefined {
  if (piece === undefined) return scope.objects.get(subject);
  const on = reader.text(piece, '"on"');
  const own = on && scope.objects.get(on.value);
  if (on !== undefined && own === undefined)
    reader.report(on.place, `there is no object "${on.value}"`, suggest(on.value, [...scope.objects.keys()]));
  return own;
}

interface StepWork {
  readonly reader: Reader;
  readonly piece: Piece;
  readonly parts: Parts;
  readonly scope: FlowScope;
  readonly kind: StepKind | undefined;
  readonly own: FlowObjectDraft | undefined;
  readonly id: Placed<string> | undefined;
  readonly owner: Placed<string> | undefined;
  /** What it asks for. */
  readonly named: FlowRequest | undefined;
}

function readCommon(work: StepWork): Common | undefined {
  const { reader, piece, parts, scope, own, id } = work;
  const about = scope.objects.get(subject) as FlowObjectDraft;
  const only = parts.only && readOnly(reader, parts.only, scope, about);
  const within = parts.within && readWithin(reader, parts.within, parts.after !== undefined);
  const after = parts.after && own && readPathOf(work, parts.after, '"after"', 'day', own);
  if (parts.after !== undefined && parts.within === undefined)
    reader.report(parts.after.place, '"after" does not say how long it may take', 'add "within"');
  const person = parts.person && own && readPathOf(work, parts.person, '"person"', 'text', own);
  const owner = parts.owner === undefined ? work.owner : reader.text(parts.owner, '"owner"');
  if (owner === undefined && parts.owner === undefined)
    reader.report(piece.place, 'nobody owns the step', 'add "owner" to it, or to the flow');
  const says = readText(work, 'says');
  const remedy = readText(work, 'remedy');
  if (id === undefined || own === undefined || owner === undefined) return undefined;
  if (says === undefined || remedy === undefined) return undefined;
  return {
    id: id.value,
    on: own.name.value,
    ...(only === undefined ? {} : { only }),
    ...(within === undefined ? {} : { within }),
    ...(after === undefined ? {} : { after: { object: after.object.name.value, field: after.field } }),
    owner: owner.value,
    ...(person === undefined ? {} : { person: { object: person.object.name.value, field: person.field } }),
    says,
    remedy,
  };
}

function readOnly(reader: Reader, piece: Piece, scope: FlowScope, about: FlowObjectDraft) {
  const parts = reader.keys(piece, '"only"', onlyKeys);
  if (parts === undefined) return undefined;
  reportEmpty(reader, piece, parts, '"only"');
  return readFlowCondition(reader, parts, scope, about);
}

/** A condition that asks for nothing always holds, which nobody means. */
function reportEmpty(
  reader: Reader,
  piece: Piece,
  parts: { readonly when?: Piece; readonly where?: Piece },
  what: string,
): void {
  if (parts.when !== undefined || parts.where !== undefined) return;
  reader.report(piece.place, `${what} asks for nothing`, 'add "when" or "where"');
}

/** After a day it can be late at once: on the day after. */
const readWithin = (reader: Reader, piece: Piece, afterDay: boolean): number | undefined =>
  readDuration(reader, piece, '"within"', afterDay);

function readDuration(reader: Reader, piece: Piece, what: string, maybeNone: boolean): number | undefined {
  const value: unknown = isScalar(piece.value) ? piece.value.value : undefined;
  if (typeof value === 'number') {
    reader.report(piece.place, `${what} is no length of time: ${value}`, durationAdvice);
    return undefined;
  }
  const text = reader.text(piece, what);
  if (text === undefined) return undefined;
  const milliseconds = durationOf(text.value);
  if (milliseconds !== undefined && (milliseconds > 0 || maybeNone)) return milliseconds;
  reader.report(
    text.place,
    milliseconds === undefined
      ? `${what} is no length of time: "${text.value}"`
      : `${what} leaves no time at all`,
    durationAdvice,
  );
  return undefined;
}

function readPathOf(
  { reader, scope }: StepWork,
  piece: Piece,
  what: string,
  kind: 'day' | 'text',
  own: FlowObjectDraft,
): FlowPath | undefined {
  if (isScalar(piece.value) && /@/.test(String(piece.value.value))) {
    reader.report(
      piece.place,
      `${what} is an address itself`,
      'name the field that has it: project.manager_email',
    );
    return undefined;
  }
  const path = readPath(reader, piece, what, scope, own);
  if (path === undefined) return undefined;
  const wanted = kind === 'day' ? 'a day' : 'a text, such as an e-mail address';
  if (path.known.kind !== kind) {
    const { names, get } = path.object.fields as NonNullable<FlowObjectDraft['fields']>;
    const fitting = names.filter((name) => get(name)?.kind === kind);
    const message = `${what} names "${path.value}", which is ${withArticle(path.known.kind)}, not ${wanted}`;
    reader.report(path.place, message, suggest(path.field, fitting));
    return undefined;
  }
  if (kind !== 'day' || !path.object.several) return path;
  reader.report(path.place, `${what} names "${path.value}", and there may be several of it`);
  return undefined;
}

function readText(work: StepWork, key: 'says' | 'remedy'): string | undefined {
  const { reader, piece, parts, kind, own } = work;
  const given = parts[key];
  if (given !== undefined) return reader.text(given, `"${key}"`)?.value.trim();
  if (kind === undefined || own === undefined) return undefined;
  if (kind === 'deliver' || kind === 'call') return usualText(key, work);
  reader.report(piece.place, `the step lacks "${key}"`, `the people who have to see to it read it`);
  return undefined;
}

/** What a delivery or an action lacks stands with it, so much can be said without knowing more. */
function usualText(key: 'says' | 'remedy', { own, named }: StepWork): string {
  if (key === 'remedy') return 'See the cause; it goes on by itself when that is mended.';
  if (named?.kind === 'call') return `The action ${named.action.value} could not be done.`;
  return `The ${own?.entity ?? 'object'} could not be brought to the ${named?.to.value ?? 'other system'}.`;
}

interface What {
  /** What only this kind of step has. */
  readonly step: object | undefined;
  readonly request?: FlowRequest;
}

function readWhat(
  reader: Reader,
  parts: Parts,
  kind: StepKind,
  scope: FlowScope,
  own: FlowObjectDraft,
): What {
  const piece = parts[kind] as Piece;
  if (kind === 'deliver') return readDeliver(reader, piece, own);
  if (kind === 'call') return readCall(reader, piece, scope, own);
  const found = reader.keys(piece, `"${kind}"`, stepConditionKeys);
  if (found === undefined) return { step: undefined };
  if (isMap(piece.value) && piece.value.items.length === Object.keys(found).length)
    reportEmpty(reader, piece, found, `"${kind}"`);
  const quantity =
    found.quantity === undefined ? 'all' : reader.oneOf(found.quantity, '"quantity"', quantities)?.value;
  const condition = readFlowCondition(reader, found, scope, own);
  return { step: quantity === undefined ? undefined : { kind, condition, quantity } };
}

function readDeliver(reader: Reader, piece: Piece, own: FlowObjectDraft): What {
  const to = reader.keys(piece, '"deliver"', deliverKeys)?.to;
  const role = to && reader.oneOf(to, '"to"', roles);
  if (role === undefined) return { step: undefined };
  if (role.value !== own.role?.value)
    return { step: { kind: 'deliver', to: role.value }, request: { kind: 'deliver', object: own, to: role } };
  const message = `"${own.name.value}" is in the ${role.value} already`;
  reader.report(role.place, message, 'name the role that it is brought to');
  return { step: undefined };
}

function readCall(reader: Reader, piece: Piece, scope: FlowScope, own: FlowObjectDraft): What {
  const parts = reader.keys(piece, '"call"', callKeys);
  const action = parts?.action && reader.text(parts.action, '"action"');
  const timing = parts?.timing === undefined ? realTime : readTiming(reader, parts.timing);
  const pause = parts?.pause === undefined ? 0 : readDuration(reader, parts.pause, '"pause"', false);
  const { input, drafts } =
    parts?.with === undefined ? { input: {}, drafts: [] } : readInput(reader, parts.with, scope, own);
  if (action === undefined || pause === undefined) return { step: undefined };
  return {
    step: timing && {
      kind: 'call',
      action: action.value,
      input,
      timing,
      ...(pause === 0 ? {} : { pause }),
    },
    request: { kind: 'call', object: own, action, input: drafts },
  };
}
